"""The jobs of one kind, each beside the record that it is about: both change in one transaction, or neither.

job:{key}   there while the work is outstanding, or given up; gone once it is done
"""

import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sync_core.errors import ConflictError, RejectedError, StateError
from sync_core.jobs.claims import CLAIM_S, Claim, StoredJob
from sync_core.jobs.job import UNREADABLE, Job, JobKind, JobState
from sync_core.runs.leases import Lease
from sync_core.storage.rows import Row, changes, from_row, read_each, readable, to_row, whole_row
from sync_core.storage.table import (
    KEYS_BETWEEN,
    Operation,
    Table,
    delete,
    delete_unchanged,
    insert,
    merge,
    update,
)
from sync_core.storage.tries import TRIES, each_try
from sync_core.storage.unreadable import Unreadable

MAX_PAYLOAD_CHARACTERS = 4000


@dataclass(frozen=True)
class JobStore:
    """Reads and writes jobs. `table` and `partition` are those of the records."""

    table: Table
    partition: str
    monotonic: Callable[[], float] = time.monotonic
    claim_s: int = CLAIM_S
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def load(self, key: str) -> StoredJob | None:
        """Return one job, or None.

        Raises:
            RejectedError: its row is not what this version of the app writes.
        """
        asked_at = self.monotonic()
        found = self.table.get(self.partition, f"job:{key}")
        if found is None:
            return None
        try:
            return StoredJob(from_row(Job, found.values), found.etag, found.read_at, asked_at)
        except StateError as error:
            raise RejectedError(str(error), code=StateError.cause_class) from error

    def ask(self, job: Job, now: datetime, others: Callable[[], Sequence[Operation]] = tuple) -> Job | None:
        """Have work done, with `others` in the same transaction. Return the job whose message is to be sent, if any.

        None is the answer where the work is outstanding anyway. A job that covers what is asked for is not written, so
        that a burst of askers does not stand in its own way.

        Raises:
            ConflictError: others were faster each time.
        """
        for _ in self.tries():
            asked, own = self._asked(job, now)
            operations = [*own, *others()]
            with suppress(ConflictError):
                if operations:
                    self.table.transact(operations)
                return asked
        raise ConflictError(f"The job of {job.key} changed at each of {TRIES} tries.")

    def _asked(self, job: Job, now: datetime) -> tuple[Job | None, list[Operation]]:
        new = job.sent(now)
        try:
            stored = self.load(job.key)
        except RejectedError:  # nobody can do what this row asks for
            return new, [merge(whole_row(self.partition, f"job:{job.key}", new))]
        if stored is None:
            return new, [self.inserting(new)]
        before = stored.job if job.is_hint else stored.job.asked_by_us()
        if before.state is JobState.DEAD:
            anew = before.asked_again(now, job.run_id, job.traceparent).sent(now)
            return anew, [self.changing(stored, anew)]
        after = before if before.covers(now) else before.asked_again(now)
        return None, [] if after == stored.job else [self.changing(stored, after)]

    def tries(self) -> Iterator[int]:
        """Yield for each try to change a row that others change at the same time."""
        return each_try(self.sleep, self.chance)

    def inserting(self, job: Job) -> Operation:
        """Return the operation that adds a job."""
        return insert(self._row(job))

    def changing(self, stored: StoredJob, after: Job) -> Operation:
        """Return the operation that changes a job which is as it was read."""
        return update(changes(self._row(stored.job), self._row(after)), stored.etag)

    def ending(self, stored: StoredJob) -> Operation:
        """Return the operation that ends a job which is as it was read."""
        return delete_unchanged(self.partition, f"job:{stored.job.key}", stored.etag)

    def change(self, stored: StoredJob, after: Job, others: Sequence[Operation] = ()) -> StoredJob:
        """Change a job.

        Raises:
            ConflictError: it changed since it was read.
        """
        etag, *_ = self.table.transact([self.changing(stored, after), *others])
        return StoredJob(after, etag, stored.now, stored.read_at)

    def claim(self, stored: StoredJob, job: Job, owner: str, alone: Lease | None) -> Claim:
        """Take a job that nobody holds; `job` is what to make of it at the same time.

        Raises:
            ConflictError: another worker was faster.
        """
        try:
            return Claim(self, self.change(stored, self.held(stored, job, owner)), alone)
        except ConflictError:
            now = self.load(job.key)  # the answer to our own write may have been lost, and it was tried again
            if now is None or now.job.owner != owner:
                raise
            return Claim(self, now, alone)

    def held(self, stored: StoredJob, job: Job, owner: str) -> Job:
        """Return a job as it is in a worker's hands from now on, by the storage service's clock."""
        until = stored.now + timedelta(seconds=self.monotonic() - stored.read_at + self.claim_s)
        return job.model_copy(update={"owner": owner, "held_until": until, "due_at": until, "is_asked_again": False})

    def due(self, now: datetime) -> Iterator[StoredJob]:
        """Yield the jobs whose message is to be sent now, those that can be read."""
        query = f"{KEYS_BETWEEN} and state eq @pending and due_at le @now"
        bounds = {**self._all, "pending": JobState.PENDING.value, "now": _stamp(now)}
        for row in self.table.rows(query, bounds):
            for job in readable(Job, [row]):
                yield StoredJob(job, str(row.metadata["etag"]), now, self.monotonic())

    def mark_sent(self, stored: Sequence[StoredJob], now: datetime) -> list[Job]:
        """Note that messages of these jobs are sent, at most a hundred; return the jobs that are as they were read."""
        sent = [(one, one.job.sent(now)) for one in stored]
        try:
            if sent:
                self.table.transact([self.changing(one, after) for one, after in sent])
            return [after for _, after in sent]
        except ConflictError:
            return [after for one, after in sent if self._changes(one, after)]

    def _changes(self, stored: StoredJob, after: Job) -> bool:
        try:
            self.change(stored, after)
        except ConflictError:
            return False
        return True

    def between(self, first: str, last: str, most: int | None = None) -> dict[str, Job]:
        """Return the jobs from one key to another, by key; so many at most where that is said."""
        bounds = {"partition": self.partition, "first": f"job:{first}", "last": f"job:{last}"}
        query = "PartitionKey eq @partition and RowKey ge @first and RowKey le @last"
        rows = islice(self.table.rows(query, bounds), most)
        return {job.key: job for job in readable(Job, rows)}

    def pending(self) -> Iterator[Job]:
        """Yield the jobs that are outstanding, those that can be read."""
        query = f"{KEYS_BETWEEN} and state eq @pending"
        return readable(Job, self.table.rows(query, {**self._all, "pending": JobState.PENDING.value}))

    def has_pending(self) -> bool:
        """Whether any work is outstanding."""
        query = f"{KEYS_BETWEEN} and state eq @pending"
        bounds = {**self._all, "pending": JobState.PENDING.value}
        return any(page for page in self.table.pages(query, bounds, size=1, select=["RowKey"]))

    def count_pending(self, most: int) -> int:
        """Count the jobs that are outstanding, up to so many; reads their keys only."""
        query = f"{KEYS_BETWEEN} and state eq @pending"
        bounds = {**self._all, "pending": JobState.PENDING.value}
        return sum(1 for _ in islice(self.table.rows(query, bounds, select=["RowKey"]), most))

    def each_dead(self) -> Iterator[tuple[str, Job | Unreadable]]:
        """Yield the dead jobs that were not set aside with their keys, and which rows cannot be read."""
        query = f"{KEYS_BETWEEN} and state ne @pending"
        for row in self.table.rows(query, {**self._all, "pending": JobState.PENDING.value}):
            for job in read_each(Job, [row]):
                if isinstance(job, Unreadable) or job.set_aside_at is None:
                    yield str(row["RowKey"]).partition(":")[2], job

    def dead(self) -> Iterator[Job]:
        """Yield the dead jobs that can be read and were not set aside."""
        return (job for _, job in self.each_dead() if isinstance(job, Job))

    def unsettled(self) -> set[str]:
        """Return the keys of the jobs that are dead, or back at work after they were."""
        query = f"{KEYS_BETWEEN} and (state eq @dead or replays gt 0)"
        rows = self.table.rows(query, {**self._all, "dead": JobState.DEAD.value}, select=["RowKey"])
        return {str(row["RowKey"]).partition(":")[2] for row in rows}

    def drop(self, key: str) -> None:
        """Drop a job, whatever its state."""
        self.table.delete(self.partition, f"job:{key}")

    def dropping(self, key: str) -> Sequence[Operation]:
        """Return the operation that drops a job, if there is one."""
        return [delete(self.partition, f"job:{key}")] if self.table.get(self.partition, f"job:{key}") else []

    def keep_unreadable(self, queue: str, body: bytes, error: RejectedError, now: datetime) -> None:
        """Keep a message that names no work of ours as a dead job; the same one again is the same job."""
        digest = hashlib.sha256(queue.encode() + b"\n" + body).hexdigest()[:24]
        job = Job(
            kind=JobKind.UNREADABLE,
            key=f"{UNREADABLE}-{digest}",
            subject="a message",
            queue=queue,
            payload=body.decode("utf-8", "replace")[:MAX_PAYLOAD_CHARACTERS],
            asked_at=now,
            due_at=now,
        )
        dead = job.failed(str(error), error.code, now).given_up(error.code, now)
        while self.table.insert(self._row(dead)) is None:
            try:
                known = self.load(dead.key)
            except RejectedError:  # another version wrote it
                self.table.merge(whole_row(self.partition, f"job:{dead.key}", dead))
                return
            if known is None:
                continue
            again = known.job.failed(str(error), error.code, now).given_up(error.code, now)
            with suppress(ConflictError):
                self.change(known, again)
                return

    @property
    def _all(self) -> dict[str, str]:
        return {"partition": self.partition, "first": "job:", "last": "job;"}  # ';' is the character after ':'

    def _row(self, job: Job) -> Row:
        return to_row(self.partition, f"job:{job.key}", job)


def _stamp(moment: datetime) -> str:
    """Return the text in which a moment is stored; texts of UTC moments sort by time, to the second."""
    job = Job(kind=JobKind.ASSET, key="", asked_at=moment, due_at=moment)
    return str(job.model_dump(mode="json")["due_at"])
