"""Brings dead letters back to life: their jobs are pending again, as if they were new."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync_core.errors import RejectedError, StateError
from sync_core.jobs.claims import StoredJob
from sync_core.jobs.dead_letter import DeadLetter, to_dead_letter
from sync_core.jobs.job import Job, JobKind, JobState
from sync_core.jobs.message import message_of
from sync_core.jobs.worker import Work


@dataclass(frozen=True)
class DeadLetters:
    """The dead letters of all kinds of work: the jobs in state dead."""

    works: Sequence[Work]
    clock: Callable[[], datetime]

    def all(self) -> Iterator[DeadLetter]:
        """Yield those that can be read and were not set aside."""
        return (to_dead_letter(job) for work in self.works for job in work.jobs.dead())

    def load(self, key: str) -> DeadLetter | None:
        """Return one, also one that was set aside, or None."""
        found = self._find(key)
        return to_dead_letter(found[1].job) if found else None

    def is_at_work(self, key: str) -> bool:
        """Whether there is a job of that key, whatever its state."""
        return any(work.jobs.load(key) is not None for work in self.works)

    def unsettled(self) -> set[str]:
        """Return the ids of all dead letters, and of those replayed ones whose work is not done yet."""
        return {key for work in self.works for key in work.jobs.unsettled()}

    def set_aside(self, key: str) -> None:
        """Note that a person does not want the work of a dead letter any more: it is shown and replayed no longer."""
        found = self._find(key)
        if found is not None:
            work, stored = found
            work.jobs.change(stored, stored.job.model_copy(update={"set_aside_at": self.clock()}))

    def replay(self, key: str) -> None:
        """Put the work of a dead letter back, and send its message.

        Raises:
            RejectedError: it is a message that no worker can read.
            ConflictError: another worker changed the job meanwhile.
        """
        found = self._find(key)
        if found is None:
            return  # its work is done, or under way
        work, stored = found
        if stored.job.kind is JobKind.UNREADABLE:
            self._read_again(stored.job)
            work.jobs.drop(key)
            return
        now = self.clock()
        replayed = stored.job.replayed(now).sent(now)
        work.jobs.change(stored, replayed, work.requeuing(replayed))
        work.queue.send(message_of(replayed))

    def replay_each(
        self, dead_letters: Iterable[DeadLetter], has_time: Callable[[], bool] = lambda: True
    ) -> tuple[int, list[str]]:
        """Replay dead letters while there is time; return how many were, and why others could not be.

        One of these holds up no other. The first has its turn in any case.
        """
        count, refused = 0, []
        for number, dead_letter in enumerate(dead_letters):
            if number and not has_time():
                break
            try:
                self.replay(dead_letter.id)
            except (RejectedError, StateError) as error:
                refused.append(f"{dead_letter.id}: {error}")
            else:
                count += 1
        return count, refused

    def _read_again(self, job: Job) -> None:
        """A newer app may read what an older one could not: the message's own job is woken by the next tick."""
        for work in self.works:
            if work.queue.name == job.queue:
                work.read(job.payload.encode())

    def _find(self, key: str) -> tuple[Work, StoredJob] | None:
        for work in self.works:
            stored = work.jobs.load(key)
            if stored is not None and stored.job.state is JobState.DEAD:
                return work, stored
        return None
