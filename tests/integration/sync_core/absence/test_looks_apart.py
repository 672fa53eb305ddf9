"""Missing is missing in two snapshots: one that follows the other at once is the same look."""

import pytest

from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.runs.run_log import RunLog
from tests.kit.estate import Estate


def ticks(estate: Estate, *seconds: float) -> AssetStatus:
    """Run a tick after each of these pauses; return what became of the asset."""
    for pause in seconds:
        estate.clock.advance(pause)
        estate.tick()
    return estate.record_of("Orders").status


def test_two_ticks_seconds_apart_retire_nobody(small_estate: Estate) -> None:
    small_estate.sync()
    small_estate.act("untag", asset="Orders", term=TERM)
    assert ticks(small_estate, 60, 2, 2, 2) is AssetStatus.SYNCED

    assert ticks(small_estate, 60) is AssetStatus.RETIRED


def test_two_ordinary_ticks_do(small_estate: Estate) -> None:
    small_estate.sync()
    small_estate.act("untag", asset="Orders", term=TERM)
    assert ticks(small_estate, 60, 60) is AssetStatus.RETIRED


def test_an_asset_that_came_back_in_between_has_its_whole_grace_again(small_estate: Estate) -> None:
    small_estate.sync()
    small_estate.act("untag", asset="Orders", term=TERM)
    ticks(small_estate, 60)
    small_estate.act("tag", asset="Orders", term=TERM)
    ticks(small_estate, 60)
    small_estate.act("untag", asset="Orders", term=TERM)
    assert ticks(small_estate, 60, 10) is AssetStatus.SYNCED
    assert ticks(small_estate, 60) is AssetStatus.RETIRED


@pytest.mark.parametrize(("pause", "is_made_again"), [(5, False), (60, True)])
def test_a_group_that_two_looks_at_once_lack_is_not_made_again(
    small_estate: Estate, pause: float, *, is_made_again: bool
) -> None:
    small_estate.sync()
    look = small_estate.app.look_at_cluedin
    small_estate.clock.advance(900)
    small_estate.app.reconcile.run()
    small_estate.delete_group("Orders")
    small_estate.clock.advance(900)
    small_estate.app.reconcile.run()
    small_estate.clock.advance(pause)

    look.run(RunLog("r", small_estate.clock.now()))

    assert (small_estate.record_of("Orders").gone_at is not None) == is_made_again
