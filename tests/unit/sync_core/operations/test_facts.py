"""Which assets and data sets are shown."""

import pytest

from sync_core.operations.status import parse_filter
from tests.unit.sync_core.builders import make_synced_record

CLASSIC = "5f0c6f4e-3d2a-4a53-9d43-0b2a5c6d7e8f"
CATALOG = "6f0c6f4e-3d2a-4a53-9d43-0b2a5c6d7e8f"


@pytest.mark.parametrize(
    "term",
    [
        *("", CLASSIC, CLASSIC.upper(), f"{{{CLASSIC}}}", CLASSIC.replace("-", "")),
        *(f"terms/{CATALOG}", f"terms/{CATALOG.upper()}", CATALOG, CATALOG.upper()),
    ],
)
def test_a_term_is_known_by_its_guid_or_key_however_they_are_spelled(term: str) -> None:
    asset = make_synced_record("one", terms=[CLASSIC, f"terms/{CATALOG}"])

    assert parse_filter({"term": term}).accepts(asset)


@pytest.mark.parametrize("term", ["7" + CLASSIC[1:], "terms", f"dataProducts/{CATALOG}", CLASSIC[:8], "/"])
def test_another_term_selects_another_asset(term: str) -> None:
    asset = make_synced_record("one", terms=[CLASSIC, f"terms/{CATALOG}"])

    assert not parse_filter({"term": term}).accepts(asset)
