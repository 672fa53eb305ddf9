"""Tells OpenTelemetry of messages and of the jobs that they wake: ids, attempts, and how each ended."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from enum import StrEnum

from sync_core.jobs.job import Job, JobKind
from sync_core.jobs.message import Message
from sync_core.telemetry.metrics import Metric, measure
from sync_core.telemetry.spans import Attribute, Kind, Span, span

SYSTEM = "azure_queue_storage"  # OpenTelemetry has no name for it


class JobOutcome(StrEnum):
    """How an attempt at a job ended."""

    DONE = "done"
    LATER = "later"  # it failed, and is tried again
    DEAD = "dead"  # it was given up: a dead letter
    LOST = "lost"  # another worker had taken it over: what became of it is told there


def told_message(queue: str, message: Message) -> AbstractContextManager[Span]:
    """Tell of a message: what it asks for is a part of the trace in which it was sent."""
    about = {
        Attribute.MESSAGING_SYSTEM.value: SYSTEM,
        Attribute.MESSAGING_DESTINATION.value: queue,
        Attribute.MESSAGING_OPERATION.value: "process",
        Attribute.MESSAGING_TYPE.value: "process",
    }
    return span(f"process {queue}", about, kind=Kind.CONSUMER, parent=message.traceparent)


def told_job(job: Job) -> AbstractContextManager[Span]:
    """Tell of an attempt at one job. Who asked for it is linked: its message may have come for another reason."""
    about = {
        Attribute.JOB_KIND.value: job.kind.value,
        Attribute.JOB_ATTEMPTS.value: job.attempts,
        Attribute.RUN.value: job.run_id,
        Attribute.ASSET.value: job.key if job.kind is JobKind.ASSET else "",
        Attribute.DATA_SET.value: job.key if job.kind is JobKind.DATA_SET else "",
    }
    return span(f"{job.kind} job", about, links=[job.traceparent])


def told_jobs(jobs: Sequence[Job]) -> AbstractContextManager[Span]:
    """Tell of jobs of assets that are done together."""
    about = {
        Attribute.JOB_KIND.value: JobKind.ASSET.value,
        Attribute.ASSETS.value: [job.key for job in jobs],
        Attribute.RUN.value: jobs[0].run_id if jobs else "",
    }
    return span("asset jobs", about)


def count_ended(kind: JobKind, outcome: JobOutcome, many: int = 1) -> None:
    """Count attempts that ended."""
    if many:
        measure(Metric.JOBS, many, {"kind": kind.value, "outcome": outcome.value})
