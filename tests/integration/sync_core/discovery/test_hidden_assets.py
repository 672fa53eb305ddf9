"""Missing assets are looked up one by one, those that are hidden seldom, and each run ends in time."""

from datetime import timedelta

import pytest

from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.discovery.term_cursor import COMPARE_AFTER
from tests.integration.sync_core.discovery.unreadable import ticks
from tests.kit.estate import ASSIGNMENTS, Estate


def test_a_hundred_and_more_hidden_assets_keep_no_other_from_being_retired_and_cost_nothing(estate: Estate) -> None:
    estate.generate(150, collection="Marketing", term=TERM)
    ticks(estate, 2)
    lose_the_role_on_marketing(estate)
    estate.act("untag", asset="Orders", term=TERM)
    hide_from_the_list(estate)

    ticks(estate, 6)

    assert estate.record_of("Orders").status is AssetStatus.RETIRED
    assert sum(1 for record in estate.records() if record.status is AssetStatus.RETIRED) == 1
    before = estate.purview.log.last_seq
    run = estate.tick()
    assert estate.asked_of_purview(before) == {ASSIGNMENTS: 1}
    assert run.counts["deferred"] == 150
    estate.clock.advance(COMPARE_AFTER.total_seconds())
    before = estate.purview.log.last_seq
    estate.tick()
    assert estate.asked_of_purview(before)["Entity_Get"] == 0


def lose_the_role_on_marketing(estate: Estate) -> None:
    """Someone takes the role on the root, and gives it on all other collections."""
    for record in estate.records():
        if "generated" in record.name:
            estate.unreadable(record.guid, status=403, body={"errorCode": "ATLAS-403-00-001", "errorMessage": "no"})


def hide_from_the_list(estate: Estate) -> None:
    """The term's list leaves out what the app may not read."""
    for record in estate.records():
        if "generated" in record.name:
            estate.act("untag", asset=record.guid, term=TERM)


def test_looks_that_take_long_end_with_their_time_and_the_next_run_goes_on(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync_core.absence.look_alone.LOOK_TIME", timedelta(seconds=0))
    estate.sync()
    for name in ("Orders", "Customers", "Products"):
        if name != "Products":
            estate.act("untag", asset=name, term=TERM)

    runs = []
    for _ in range(6):
        ticks(estate, 1)
        runs.append(estate.last_run())

    assert "1 missing assets are still to be looked up; until then none is retired." in runs[0].notes
    assert estate.record_of("Orders").status is estate.record_of("Customers").status is AssetStatus.RETIRED
