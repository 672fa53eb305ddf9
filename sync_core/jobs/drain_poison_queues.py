"""Takes what the host gave up from the poison queues, whatever it holds, and wakes the jobs that it names.

No function listens to these queues: what the host cannot decode it would hide there, without end and without a run.
A message in one of them says nothing of its job, which is dead by its own attempts only: the host moves it there when
workers died or storage was away, too. Idempotent: the same message again wakes the same job, or is the same dead
letter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_core.errors import RejectedError
from sync_core.jobs.wake_jobs import WakeJobs
from sync_core.jobs.worker import Work
from sync_core.runs.counts import Count
from sync_core.runs.run_log import RunLog
from sync_core.storage.queues import PoisonQueue

POISON_TIME = timedelta(seconds=30)


@dataclass(frozen=True)
class Poison:
    """The poison queue of one kind of work."""

    queue: PoisonQueue
    work: Work
    wake: WakeJobs


@dataclass(frozen=True)
class DrainPoisonQueues:
    """Empties the poison queues."""

    poisons: Sequence[Poison]
    clock: Callable[[], datetime]

    def run(self, log: RunLog) -> None:
        """Empty all of them, as far as there is time; what is left is taken by the next run.

        Raises:
            TransientError, ConfigError: storage does not answer.
        """
        for poison in self.poisons:
            ends_at = log.ends_within(self.clock(), POISON_TIME)
            log.counts[Count.POISON_TAKEN] += poison.queue.drain(
                lambda body, of=poison: self._take(of, body, log),  # type: ignore[misc]
                lambda ends_at=ends_at: self.clock() < ends_at,  # type: ignore[misc]
            )

    def _take(self, poison: Poison, body: bytes, log: RunLog) -> None:
        try:
            for key in poison.work.read(body).sends:
                poison.wake.wake(key, log)
        except RejectedError as error:
            poison.work.jobs.keep_unreadable(poison.work.queue.name, body, error, self.clock())
