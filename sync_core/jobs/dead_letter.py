"""A dead letter: a job that was given up, as people see it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from sync_core.jobs.job import Job, JobKind
from sync_core.jobs.message import QUEUES, message_of


class DeadLetter(BaseModel):
    """One piece of work that did not succeed, kept until it does, or until a person closes it.

    `id` is the job's key, `payload` the message that asks for the work, `set_aside_at` when a person said that
    it is to be left alone.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    kind: JobKind
    queue: str
    subject: str
    cause_class: str
    cause: str
    payload: str
    first_seen_at: datetime
    last_seen_at: datetime
    attempts: int
    replays: int = 0
    replayed_at: datetime | None = None
    set_aside_at: datetime | None = None


def to_dead_letter(job: Job) -> DeadLetter:
    """Return the dead letter that a job in state dead is."""
    return DeadLetter(
        id=job.key,
        kind=job.kind,
        queue=job.queue or QUEUES[job.kind],
        subject=job.subject or job.key,
        cause_class=job.last_error_class,
        cause=job.last_error,
        payload=job.payload if job.kind is JobKind.UNREADABLE else message_of(job).to_json(),
        first_seen_at=job.gave_up_at or job.asked_at,
        last_seen_at=job.last_error_at or job.asked_at,
        attempts=job.former_attempts + job.attempts,
        replays=job.replays,
        replayed_at=job.replayed_at,
        set_aside_at=job.set_aside_at,
    )
