"""More work than one run has time for: the run ends in time, nobody is missed for that, and the next run goes on."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from local.stack import TERM
from sync_core.discovery import discover_by_term, read_assets
from sync_core.errors import SyncError, TransientError
from sync_core.jobs import wake_jobs
from sync_core.jobs.job import TAKEN_UP_WITHIN
from sync_core.runs.run import RunOutcome, RunRecord
from tests.hasty_clock import HastyClock
from tests.kit.estate import DETAILS, Estate

UNKNOWN_GUID = {"errorCode": "ATLAS-404-00-005", "errorMessage": "Given instance guid x is invalid/not found"}
ASSETS = 8


@pytest.fixture
def estate(small_estate: Estate, monkeypatch: pytest.MonkeyPatch) -> Estate:
    """An app that takes its assets one by one, of which there are eight."""
    monkeypatch.setattr(discover_by_term, "ASSETS_A_BATCH", 1)
    monkeypatch.setattr(read_assets, "ENTITIES_A_CALL", 1)
    monkeypatch.setattr(wake_jobs, "SENDS_PER_BATCH", 1)
    for number in range(ASSETS - 2):
        small_estate.act("add_asset", name=f"file {number}", terms=[TERM])
    return small_estate


def hasty_tick(estate: Estate, seconds: float) -> RunRecord:
    """Run a tick in which each look at the clock takes that long, for reading assets and for sending messages."""
    clock = HastyClock(estate.clock.now, timedelta(seconds=seconds))
    wake = tuple(replace(one, clock=clock) for one in estate.app.wake_jobs)
    by_term = replace(estate.app.discover_by_term, clock=clock)
    replace(estate.app.discover_assets, wake=wake, by_term=by_term).run()
    return estate.last_run()


def test_assets_that_a_run_has_no_time_for_are_left_to_the_next_one(estate: Estate) -> None:
    run = hasty_tick(estate, 25)

    assert 0 < len(estate.records()) < ASSETS
    assert run.notes == [f"{ASSETS - len(estate.records())} assets are left to the next run."]
    estate.tick()
    assert len(estate.records()) == ASSETS


def test_a_snapshot_that_a_run_had_no_time_for_retires_nobody(estate: Estate) -> None:
    estate.tick()
    estate.act("untag", asset="Orders", term=TERM)
    for number in range(6):
        estate.act("rename", asset=f"file {number}", name=f"renamed {number}")

    assert "left to the next run" in hasty_tick(estate, 15).notes[0]

    assert {record.absent for record in estate.records()} == {0}


def test_assets_that_cannot_be_read_hold_up_no_others(estate: Estate) -> None:
    estate.purview_fault(DETAILS, times=5, status=404, body=UNKNOWN_GUID)

    for _ in range(5):
        hasty_tick(estate, 25)

    assert len(estate.records()) >= ASSETS - 5


def test_messages_that_a_run_has_no_time_for_are_sent_by_the_next_one(estate: Estate) -> None:
    estate.tick()
    estate.clear_queue()
    estate.clock.advance(TAKEN_UP_WITHIN.total_seconds() + 1)

    run = hasty_tick(estate, 4)

    assert "There is more work than one run can send; the next one goes on." in run.notes
    sent = {key for message in estate.messages() for key in message.sends}
    assert 0 < len(sent) < ASSETS
    estate.clear_queue()  # as soon as these are taken
    estate.tick()
    assert sent | {key for message in estate.messages() for key in message.sends} == {
        one.key for one in estate.records()
    }


def test_a_run_that_follows_a_long_one_at_once_keeps_the_pause_that_was_asked_for(estate: Estate) -> None:
    estate.purview_fault(DETAILS, skip=3, times=None, status=429, headers={"Retry-After": "40"})
    with suppress(SyncError):
        hasty_tick(estate, 8)  # longer than a minute: the timer runs the next one at once
    asked = len(estate.purview.log.since(0))

    followed = estate.tick()

    assert followed.outcome is RunOutcome.SKIPPED
    assert "asked to be left alone" in followed.notes[0]
    assert len(estate.purview.log.since(0)) == asked


def test_lists_that_take_too_long_fail_the_run_with_the_remedy(estate: Estate) -> None:
    by_term = estate.app.discover_by_term
    lists = replace(by_term.lists, clock=HastyClock(estate.clock.now, timedelta(seconds=100)))
    hasty = replace(estate.app.discover_assets, by_term=replace(by_term, lists=lists))

    with pytest.raises(TransientError, match="could not be read within 90 s"):
        hasty.run()

    assert estate.records() == []
