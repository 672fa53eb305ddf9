"""An asset or type that is answered 401 or 429 for ever stops no other."""

from contextlib import suppress
from typing import Any

import pytest

from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.errors import ConfigError, SyncError, ThrottledError
from tests.integration.sync_core.discovery.terms.test_resolve_terms import PRODUCTS, SALES_MODEL
from tests.integration.sync_core.discovery.unreadable import guid_of, names
from tests.kit.estate import DETAILS, Estate, NewEstate

pytestmark = pytest.mark.faults

REFUSALS: list[dict[str, Any]] = [
    {"status": 401},
    {"status": 429},
    {"status": 429, "headers": {"Retry-After": "1"}},
    {"status": 200, "body": {"errorCode": "x"}},
]


def later(new_small_estate: NewEstate, estate: Estate, looks: int = 6) -> None:
    """Look every ten minutes, each time by another instance and after any pause is over."""
    for _ in range(looks):
        estate.clock.advance(600)
        again = new_small_estate()
        again.app.notes("throttle").delete("purview")
        with suppress(SyncError):
            again.app.discover_assets.run()


@pytest.mark.parametrize("effect", REFUSALS, ids=str)
@pytest.mark.parametrize("is_first", [True, False])
def test_an_asset_that_is_refused_for_ever_stops_no_other(
    new_small_estate: NewEstate, effect: dict[str, Any], *, is_first: bool
) -> None:
    estate = new_small_estate()
    if not is_first:
        estate.tick()
    estate.act("tag", asset=PRODUCTS, term=TERM)
    estate.act("tag", asset=SALES_MODEL, term=TERM)
    guid = guid_of(estate, PRODUCTS)
    estate.unreadable(guid, **effect)

    later(new_small_estate, estate)

    assert names(estate) == ["Customers", "Orders", "Sales Model"], estate.last_run().error
    assert [one.id for one in estate.app.deferred.first(9)] == [guid]


@pytest.mark.parametrize("effect", REFUSALS[:3], ids=str)
def test_a_type_that_is_refused_for_ever_keeps_only_its_own_assets_waiting(
    new_small_estate: NewEstate, effect: dict[str, Any]
) -> None:
    estate = new_small_estate()
    estate.act("add_asset", name="new.csv", typeName="azure_datalake_gen2_path", terms=[TERM])
    estate.unreadable("typedef/name/azure_datalake_gen2_path", **effect)

    later(new_small_estate, estate, 4)

    assert names(estate) == ["Customers", "Orders"]


@pytest.mark.parametrize("effect", REFUSALS[:3], ids=str)
@pytest.mark.parametrize(("refused", "other"), [("Customers", "Orders"), ("Orders", "Customers")])
def test_a_missing_asset_whose_look_is_refused_for_ever_keeps_no_other_from_being_retired(
    new_small_estate: NewEstate, effect: dict[str, Any], refused: str, other: str
) -> None:
    estate = new_small_estate()
    estate.act("tag", asset=PRODUCTS, term=TERM)
    estate.sync()
    for name in ("Orders", "Customers"):
        estate.act("untag", asset=name, term=TERM)
    estate.unreadable(f"entity/guid/{estate.record_of(refused).guid}", **effect)

    later(new_small_estate, estate, 8)

    assert estate.record_of(other).status is AssetStatus.RETIRED
    assert estate.record_of(refused).status is AssetStatus.SYNCED


@pytest.mark.parametrize("status", [401, 429])
def test_a_store_that_refuses_all_fails_the_run_with_few_questions(estate: Estate, status: int) -> None:
    estate.purview_fault(DETAILS, times=None, status=status)
    run = estate.failing_tick(ConfigError if status == 401 else ThrottledError)
    assert run.requests["purview"] < 30
    assert not estate.app.deferred.first(9)
