"""A claim: one worker at a time is at a job, and for a minute only unless it shows that it lives.

A claim ends by the storage service's clock alone, so that workers whose clocks differ by minutes agree on who holds it;
a worker measures its own hold by its monotonic clock. It stands in the job's own row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from sync_core.errors import ConflictError
from sync_core.jobs.job import Job, JobState
from sync_core.runs.leases import Lease
from sync_core.storage.table import Operation
from sync_core.storage.tries import TRIES

if TYPE_CHECKING:
    from sync_core.jobs.job_store import JobStore

Others: TypeAlias = "Callable[[Job | None], Sequence[Operation]]"
"""What is done in the same transaction, given what becomes of the job: None for one that ends."""

CLAIM_S = 60  # longer than any single call of a worker can take


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job and its ETag; `now` is the storage service's time when it was read, `read_at` the same by our own clock."""

    job: Job
    etag: str
    now: datetime
    read_at: float

    @property
    def is_held(self) -> bool:
        """Whether nobody may start now: a worker is at it, or what the last one did must show first."""
        return self.job.held_until is not None and self.job.held_until > self.now


def _nothing(_: Job | None) -> Sequence[Operation]:
    return ()


@dataclass(frozen=True, slots=True)
class Step:
    """A change of a claimed job, or its end where `change` returns None, with what is done in the same transaction.

    `renewed_at` is since when the claim is held by it, None where it gives the claim up.
    """

    claim: "Claim"
    change: Callable[[Job], Job | None]
    others: Others
    renewed_at: float | None = None

    def operations(self) -> tuple[Job | None, list[Operation]]:
        """Return what becomes of the job, and the operations, that of the job first."""
        after = self.change(self.claim.job)
        return after, [self.claim.changing(after), *self.others(after)]


class Claim:
    """A job in our hands. Renew it before each step that must not be done by two."""

    def __init__(self, store: "JobStore", stored: StoredJob, alone: Lease | None) -> None:
        self._store = store
        self._stored = stored
        self._owner = stored.job.owner
        self._alone = alone
        self._renewed_at = store.monotonic()
        self.is_held = True
        self.left: Job | None = None
        """The job as it was left, if its message is to be sent."""

    @property
    def run_id(self) -> str:
        """The run that holds the job."""
        return self._owner

    @property
    def job(self) -> Job:
        """The job as it was last read or written."""
        return self._stored.job

    @property
    def etag(self) -> str:
        """The ETag of the job's row then."""
        return self._stored.etag

    def renew(self, others: Others = _nothing) -> list[str]:
        """Hold the job for its full time from now on, and do `others`; return the new ETags of what these change.

        Raises:
            ConflictError: the claim ended and another worker took it, or the job is gone: stop. Nothing was done.
        """
        return self.carry_out(self.renewing(others))

    def renewing(self, others: Others = _nothing) -> "Step":
        """Return the step that `renew` carries out."""
        started = self._store.monotonic()
        return Step(self, lambda job: self._held(job, started), others, started)

    def renew_if_older_than(self, age_s: float) -> None:
        """Renew only when the last renewal is that long ago: for loops of short steps."""
        if self.is_older_than(age_s):
            self.renew()

    def is_older_than(self, age_s: float) -> bool:
        """Whether the last renewal is that long ago; never so for one that was given up."""
        return self.is_held and self._store.monotonic() - self._renewed_at >= age_s

    def done(self, others: Others = _nothing) -> None:
        """Do `others` and end the job. One that was asked for meanwhile stays, and is `left`.

        Raises:
            ConflictError: the claim is lost, and nothing was done.
        """
        self.carry_out(self.ending(others))

    def ending(self, others: Others = _nothing) -> "Step":
        """Return the step that `done` carries out."""
        return Step(self, lambda job: self._afresh(job.ended_well()) if job.is_asked_again else None, others)

    def put_back(self, change: Callable[[Job], Job], rest_s: float, others: Others) -> None:
        """Let the job be done later, and leave it; nobody may start before `rest_s` is over.

        Raises:
            ConflictError: the claim is lost, and nothing was done.
        """
        self.carry_out(self.leaving(change, rest_s, others))

    def leaving(self, change: Callable[[Job], Job], rest_s: float = 0, others: Others = _nothing) -> "Step":
        """Return the step that `put_back` carries out."""

        def later(job: Job) -> Job:
            # The storage service tells its time in whole seconds: what need not rest must not seem to be held.
            until = self._now(self._store.monotonic()) + timedelta(seconds=rest_s) if rest_s > 0 else None
            return change(job).model_copy(update={"owner": "", "held_until": until})

        return Step(self, later, others)

    def give_up(self, change: Callable[[Job], Job], others: Others) -> None:
        """Make the job a dead letter. One that was asked for meanwhile begins anew, and is `left`.

        Raises:
            ConflictError: the claim is lost, and nothing was done.
        """
        self.carry_out(Step(self, lambda job: self._afresh(job) if job.is_asked_again else change(job), others))

    def _afresh(self, job: Job) -> Job:
        now = self._now(self._store.monotonic())
        update = {"owner": "", "held_until": None, "attempts": 0, "unseen_since": None, "throttled_since": None}
        return job.model_copy(update=update).sent(now)

    def _held(self, job: Job, since: float) -> Job:
        until = self._now(since) + timedelta(seconds=self._store.claim_s)
        return job.model_copy(update={"held_until": until, "due_at": until})

    def _now(self, monotonic_s: float) -> datetime:
        """Return the storage service's time."""
        return self._stored.now + timedelta(seconds=monotonic_s - self._stored.read_at)

    def carry_out(self, step: "Step") -> list[str]:
        """Change the job, or end it where the step does, with its `others` in the same transaction; return their ETags.

        Raises:
            ConflictError: the claim is lost, and nothing was done.
        """
        for _ in self._store.tries():
            after, operations = step.operations()
            try:
                etags = self.transact(operations)
            except ConflictError:
                self._stored = self._read_again()
                continue
            self.note(step, after, etags[0])
            return etags[1:]
        raise ConflictError(f"What belongs to job {self.job.key} changed at each of {TRIES} tries.")

    def transact(self, operations: Sequence[Operation]) -> list[str]:
        """Carry out operations on the job's partition; return their ETags."""
        return self._store.table.transact(operations)

    def changing(self, after: Job | None) -> Operation:
        """Return the operation that makes of the job what is to become of it."""
        return self._store.changing(self._stored, after) if after else self._store.ending(self._stored)

    def note(self, step: "Step", after: Job | None, etag: str) -> None:
        """Note what a step made of the job."""
        if after:
            self._stored = StoredJob(after, etag, self._stored.now, self._stored.read_at)
        if step.renewed_at is None:
            self.is_held = False
            self.left = after if after and after.state is JobState.PENDING else None
        else:
            self._renewed_at = step.renewed_at
            if self._alone:
                self._alone.renew()

    def _read_again(self) -> StoredJob:
        """Others may have touched the job, e.g. asked for it once more: it is still ours."""
        stored = self._store.load(self.job.key)
        if stored is None or stored.job.owner != self._owner:
            raise ConflictError(f"Another worker took job {self.job.key} over.")
        return stored
