"""Whether the timers are well, by their latest runs and by what tells that the app is up."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sync_core.runs.run import RunOutcome, RunRecord

# Three intervals.
LONGEST_SILENCE = timedelta(minutes=3)
LONGEST_SILENCE_OF_RECONCILE = timedelta(minutes=15)
# A run is recorded at its end, one of discovery after four minutes at the latest: for who cannot see one under way.
LONGEST_GAP = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(minutes=10)  # no two runs of an app that is up are farther apart


def is_discovery_well(latest: RunRecord | None, now: datetime) -> bool:
    """Whether the latest run was not long ago and did not fail. Without any run, the app has just been deployed."""
    if latest is None:
        return True
    is_silent_now = now - (latest.finished_at or latest.started_at) > LONGEST_GAP
    return not is_silent_now and latest.outcome is not RunOutcome.FAILED


def up_since(started_at: datetime, runs: Iterable[RunRecord], now: datetime) -> datetime:
    """Return since when the app is known to be up: a process since it began, the app since the runs without a pause.

    The process that is asked may have been started by the question; the runs are those of all timers.
    """
    since = now
    for run in sorted(runs, key=lambda one: one.finished_at or one.started_at, reverse=True):
        if since - (run.finished_at or run.started_at) > LONGEST_PAUSE:
            break
        since = min(since, run.started_at)
    return min(since, started_at)


def is_silent(latest: RunRecord | None, up: datetime, longest: timedelta, now: datetime) -> bool:
    """Whether a timer has not run for too long, by its latest run, while the app was up; also one that never ran."""
    ended_at = (latest.finished_at or latest.started_at) if latest else up
    return now - max(ended_at, up) > longest
