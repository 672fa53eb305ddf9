"""An address that leads to somebody else: the doctor confirms no right there, and runs name the setting."""

import pytest

from local.cluedin.simulator import CluedIn
from local.purview import Purview
from sync_core.errors import AddressError
from sync_core.operations.doctor import Verdict
from tests.kit.estate import NewEstate
from tests.kit.services import Services

SOMEBODY = pytest.mark.parametrize("somebody", ["a page", "nothing", "other json", "no such path"])


def verdicts(estate: NewEstate, prefix: str, **settings: str) -> tuple[list[Verdict], list[str]]:
    findings = [one for one in estate(**settings).app.doctor.examine() if one.check.startswith(prefix)]
    return [one.verdict for one in findings], [one.detail for one in findings if one.verdict is Verdict.FAIL]


@SOMEBODY
def test_who_is_not_purview_confirms_no_right(new_estate: NewEstate, purview: Purview, somebody: str) -> None:
    purview.patch_switches({"answers_as": somebody})
    found, details = verdicts(new_estate, "Purview:", PURVIEW_COLLECTION="clu3dn")
    assert Verdict.PASS not in found
    assert len(details) == 3
    assert all("check PURVIEW_ENDPOINT" in detail for detail in details)


@SOMEBODY
def test_who_is_not_cluedin_confirms_no_right(new_estate: NewEstate, cluedin: CluedIn, somebody: str) -> None:
    cluedin.patch_switches({"answers_as": somebody})
    found, details = verdicts(new_estate, "CluedIn:")
    assert Verdict.PASS not in found
    assert len(details) == 2
    assert all("check CLUEDIN_URL" in detail for detail in details)


def test_the_endpoint_as_the_portal_shows_it_is_named_with_what_to_write(
    new_estate: NewEstate, services: Services
) -> None:
    found, details = verdicts(new_estate, "Purview:", PURVIEW_ENDPOINT=f"{services.purview_url}/catalog")
    assert Verdict.PASS not in found
    assert all("with no path such as /catalog" in detail for detail in details)


@SOMEBODY
def test_a_run_at_a_wrong_address_names_the_setting(new_estate: NewEstate, purview: Purview, somebody: str) -> None:
    estate = new_estate()
    purview.patch_switches({"answers_as": somebody})
    with pytest.raises(AddressError, match="PURVIEW_ENDPOINT"):
        estate.app.discover_assets.run()
