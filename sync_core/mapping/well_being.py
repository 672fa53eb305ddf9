"""Whether discovery is well, by its latest run."""

from datetime import datetime, timedelta

from sync_core.domain.run import RunOutcome, RunRecord

LONGEST_SILENCE = timedelta(minutes=5)


def is_discovery_well(latest: RunRecord | None, now: datetime) -> bool:
    """Whether the latest run was not long ago and did not fail. Without any run, the app has just been deployed."""
    if latest is None:
        return True
    is_silent = now - (latest.finished_at or latest.started_at) > LONGEST_SILENCE
    return not is_silent and latest.outcome is not RunOutcome.FAILED
