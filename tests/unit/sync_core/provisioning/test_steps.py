from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync_core.assets.record import AssetRecord, AssetStatus, Origin
from sync_core.cluedin.client import Made
from sync_core.provisioning.steps import Proof, with_source

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
BEFORE = NOW - timedelta(days=2)


def record(**changes: Any) -> AssetRecord:
    """Return the record of an asset that is asked for again."""
    made: dict[str, Any] = {"source_id": "9", "source_origin": Origin.CREATED, "synced_at": BEFORE}
    asked = {"key": "a", "guid": "g", "type_name": "t", "qualified_name": "q", "status": AssetStatus.QUEUED}
    seen = {"first_seen_at": BEFORE, "first_seen_run_id": "run", "refreshed_at": BEFORE}
    return AssetRecord.model_validate({**asked, **seen, **made, **changes})


@pytest.mark.parametrize(
    ("asked", "source", "origin", "at"),
    [
        (record(), "9", Origin.CREATED, BEFORE),
        (record(), "10", Origin.ADOPTED, NOW),  # CluedIn was restored, or a person made it anew
        (record(gone_at=BEFORE), "9", Origin.ADOPTED, NOW),  # proven to be gone, and shown again
        (record(source_id="", source_origin=None, synced_at=None), "9", Origin.ADOPTED, NOW),
    ],
)
def test_a_source_that_stands_as_before_keeps_how_and_when_it_came_there(
    asked: AssetRecord, source: str, origin: Origin, at: datetime
) -> None:
    after = with_source(asked, Made(source, ""), Origin.ADOPTED, Proof("later", NOW, {}))(asked)
    assert (after.status, after.source_id, after.gone_at) == (AssetStatus.SYNCED, source, None)
    assert (after.source_origin, after.synced_at) == (origin, at)
