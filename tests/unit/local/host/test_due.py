"""What a timer catches up, as the real schedule monitor decides it."""

from datetime import UTC, datetime, timedelta

from local.host.timers.due import plan_next, plan_start
from local.host.timers.ncrontab import Schedule
from local.host.timers.payload import NEVER, ScheduleStatus

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
EVERY_MINUTE, EVERY_HOUR = Schedule("0 * * * * *"), Schedule("0 0 * * * *")


def test_a_new_timer_waits_for_its_first_tick() -> None:
    status = plan_start(None, EVERY_MINUTE, NOON)
    assert status == ScheduleStatus(last=NEVER, next=NOON + MINUTE, last_updated=NOON)


def test_a_tick_that_went_by_while_no_host_was_there_is_due() -> None:
    for kept in (
        ScheduleStatus(last=NOON - 9 * MINUTE, next=NOON - 8 * MINUTE, last_updated=NOON - 9 * MINUTE),
        ScheduleStatus(last=NEVER, next=NOON - 8 * MINUTE, last_updated=NOON - 9 * MINUTE),
    ):
        assert plan_start(kept, EVERY_MINUTE, NOON) == kept


def test_another_schedule_than_before_is_never_past_due() -> None:
    kept = ScheduleStatus(last=NOON - 90 * MINUTE, next=NOON - 89 * MINUTE, last_updated=NOON - 90 * MINUTE)
    assert plan_start(kept, EVERY_HOUR, NOON + MINUTE).next == NOON + 60 * MINUTE


def test_another_schedule_that_is_due_later_is_kept_as_it_is() -> None:
    kept = ScheduleStatus(last=NOON, next=NOON + MINUTE, last_updated=NOON)
    assert plan_start(kept, EVERY_HOUR, NOON + MINUTE).next == NOON + 60 * MINUTE


def test_after_a_run_the_tick_after_its_start_is_next_however_long_it_took() -> None:
    late = NOON + timedelta(seconds=1)
    assert plan_next(EVERY_MINUTE, due=NOON, started=late).next == NOON + MINUTE
    long_past = plan_next(EVERY_MINUTE, due=NOON - 60 * MINUTE, started=NOON)
    assert long_past.next == NOON + MINUTE, "however many were missed, one run makes them good"


def test_a_timer_that_fires_a_little_early_is_not_due_twice() -> None:
    assert plan_next(EVERY_MINUTE, due=NOON, started=NOON - timedelta(milliseconds=3)).next == NOON + MINUTE
