"""Sends the messages of jobs that nobody is at: never sent, lost on the way, or their worker died.

A message only wakes its job, so one too many does no harm; but a backlog must not grow by itself. So a job whose
message was sent, and that nobody has taken up, is sent again at once only while no other message waits before it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_core.jobs.claims import StoredJob
from sync_core.jobs.job import Job, JobState
from sync_core.jobs.job_store import JobStore
from sync_core.jobs.message import messages_of
from sync_core.logs import get_logger
from sync_core.runs.counts import Count
from sync_core.runs.run_log import RunLog
from sync_core.storage.queues import WorkQueue

logger = get_logger(__name__)

PATIENCE = timedelta(minutes=15)
MAX_PATIENCE = timedelta(hours=6)
SENDS_PER_BATCH = 100  # what one transaction holds
SEND_TIME = timedelta(seconds=30)


@dataclass(frozen=True)
class WakeJobs:
    """Wakes the jobs of one kind, while `is_on`. `give_back` puts back what this process could not."""

    jobs: JobStore
    queue: WorkQueue
    is_on: Callable[[], bool]
    clock: Callable[[], datetime]
    give_back: Callable[[], None]

    def run(self, log: RunLog) -> None:
        """Send what is due, as much as there is time for. An idle run costs one query."""
        self.give_back()
        if not self.is_on():
            return
        ends_at = log.ends_within(self.clock(), SEND_TIME)
        batch: list[StoredJob] = []
        is_idle: bool | None = None
        for stored in self.jobs.due(self.clock()):
            if self.clock() >= ends_at:
                log.notes.append("There is more work than one run can send; the next one goes on.")
                break
            if self._may_wait(stored.job):
                is_idle = self.queue.is_idle() if is_idle is None else is_idle
                if not is_idle:
                    continue
            batch.append(stored)
            if len(batch) == SENDS_PER_BATCH:
                self.send(batch, log)
                batch = []
        self.send(batch, log)

    def send(self, batch: Sequence[StoredJob], log: RunLog) -> None:
        """Send the messages of jobs, of those that nobody changed meanwhile."""
        jobs = self.jobs.mark_sent(batch, self.clock())
        for message in messages_of(jobs):
            self.queue.send(message)
        log.counts[Count.QUEUED] += len(jobs)

    def wake(self, key: str, log: RunLog) -> None:
        """Send the message of one job, if there is such a job and nobody is at it; one that is dead stays dead."""
        stored = self.jobs.load(key)
        if stored is not None and stored.job.state is JobState.PENDING and not stored.is_held and self.is_on():
            self.send([stored], log)

    def _may_wait(self, job: Job) -> bool:
        """Whether the job's message may be there still, behind others."""
        return job.sends > 0 and not job.is_abandoned and self.clock() < job.due_at + _patience(job.sends)


def _patience(sends: int) -> timedelta:
    """How long a message may wait behind others: one that was sent often waits in a long queue rather than is lost."""
    return min(PATIENCE * 2.0 ** min(sends - 1, 10), MAX_PATIENCE)
