"""The jobs of data sets, in the partition of their records."""

from datetime import datetime

from sync_core.jobs.job import LOOK_KEY, Job, JobKind
from sync_core.telemetry.spans import current_traceparent

PARTITION = "datasets"


def new_job(data_set_id: str, now: datetime, *, is_hint: bool = False) -> Job:
    """Return the job that asks for a data set's lineage."""
    asked_by = current_traceparent()
    return Job(kind=JobKind.DATA_SET, key=data_set_id, traceparent=asked_by, asked_at=now, due_at=now, is_hint=is_hint)


def look_job(now: datetime) -> Job:
    """Return the job that asks for a look into CluedIn, for deliveries that name no data set."""
    return Job(kind=JobKind.LOOK, key=LOOK_KEY, traceparent=current_traceparent(), asked_at=now, due_at=now)
