"""What a tick of discovery costs does not grow with the estate."""

import pytest

from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.discovery.term_cursor import COMPARE_AFTER
from tests.integration.sync_core.conftest import NewEstate
from tests.integration.sync_core.estate import Estate
from tests.integration.sync_core.seeded import seed_synced

SMALL, LARGE = 50, 2500
IDLE, CHANGED = 20, 30  # storage operations at most


def operations(estate: Estate) -> int:
    estate.clock.advance(60)
    return estate.tick().requests["storage"]


@pytest.fixture(params=[SMALL, LARGE])
def synced(request: pytest.FixtureRequest, small_estate: Estate) -> Estate:
    """An estate of so many assets that are synced."""
    seed_synced(small_estate, request.param)
    small_estate.tick()
    return small_estate


def test_a_tick_takes_few_storage_operations_at_any_size_whatever_changed(synced: Estate) -> None:
    counted = {"idle": operations(synced)}
    synced.act("tag", asset="Products", term=TERM)
    counted["tagged"] = operations(synced)
    synced.work()
    synced.act("rename", asset="Products", name="Goods")
    counted["renamed"] = operations(synced)
    synced.act("untag", asset="Goods", term=TERM)
    counted["untagged"], counted["retired"] = operations(synced), operations(synced)
    assert synced.record_of("Goods").status is AssetStatus.RETIRED
    synced.act("tag", asset="Goods", term=TERM)
    counted["tagged again"], counted["idle again"] = operations(synced), operations(synced)
    assert synced.record_of("Goods").status is AssetStatus.SYNCED

    assert {what: count for what, count in counted.items() if count > (IDLE if "idle" in what else CHANGED)} == {}


def test_a_tick_that_compares_whatever_the_hashes_say_takes_few(synced: Estate) -> None:
    synced.clock.advance(COMPARE_AFTER.total_seconds())
    assert operations(synced) <= CHANGED


@pytest.mark.usefixtures("synced")
def test_a_process_that_has_just_started_takes_some_more_for_what_it_does_not_remember(
    new_small_estate: NewEstate,
) -> None:
    newcomer = new_small_estate()
    newcomer.act("tag", asset="Products", term=TERM)
    assert operations(newcomer) <= CHANGED + 5
