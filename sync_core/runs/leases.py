"""Leases: one worker at a time for one thing, ending by themselves when the worker dies.

Age is measured by the storage service's clock alone (when it wrote the row, when it read it), so that workers whose
clocks differ by minutes still agree on who holds a lease. A worker measures its own hold by its monotonic clock.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from pydantic import BaseModel

from sync_core.errors import ConflictError
from sync_core.storage.rows import Row, readable, to_row
from sync_core.storage.table import StoredRow, Table

PARTITION = "lease"
LONGEST_TTL_S = 600


class LeaseRow(BaseModel):
    """A lease as stored. `term` counts the changes of hand and renewals."""

    owner: str
    ttl_s: int
    term: int = 1


@dataclass(frozen=True, slots=True)
class Held:
    """The lease is another worker's, for at most `remaining_s` more unless it is renewed."""

    owner: str
    term: int
    remaining_s: float


def remaining_s(stored: StoredRow) -> float:
    """Return for how long a lease still holds, zero or less when it has ended."""
    return _left_s(stored, LONGEST_TTL_S)


def _left_s(stored: StoredRow, own_ttl_s: int) -> float:
    return _read(stored.values, own_ttl_s).ttl_s - stored.age_s


def _read(row: Row, own_ttl_s: int) -> LeaseRow:
    """Return a lease. One that cannot be read may be held by another version's worker: as long as our own would be."""
    return next(readable(LeaseRow, [row]), LeaseRow(owner="another version of the app", ttl_s=own_ttl_s))


class Lease:
    """A lease in our hands. Renew it before each step that must not be done by two."""

    def __init__(self, table: Table, name: str, row: LeaseRow, etag: str, monotonic: Callable[[], float]) -> None:
        self._table = table
        self._name = name
        self._row = row
        self._etag = etag
        self._monotonic = monotonic
        self._written_at = monotonic()
        self._renewing = Lock()

    def renew(self) -> None:
        """Hold the lease for its full time from now on.

        Raises:
            ConflictError: it ended and another worker took it: stop.
        """
        row = self._row.model_copy(update={"term": self._row.term + 1})
        started = self._monotonic()
        self._etag = self._table.replace(to_row(PARTITION, self._name, row), self._etag)
        self._row, self._written_at = row, started

    def renew_if_older_than(self, age_s: float) -> None:
        """Renew only when the last renewal is that long ago: for loops of short steps.

        Threads share a lease: while one of them renews it, the others go on.
        """
        if self._monotonic() - self._written_at < age_s or not self._renewing.acquire(blocking=False):
            return
        try:
            if self._monotonic() - self._written_at >= age_s:
                self.renew()
        finally:
            self._renewing.release()

    def leave_for(self, ttl_s: int) -> None:
        """Give the lease back a little later: until then no one else may start."""
        row = self._row.model_copy(update={"term": self._row.term + 1, "ttl_s": ttl_s})
        with suppress(ConflictError):
            self._etag = self._table.replace(to_row(PARTITION, self._name, row), self._etag)

    def release(self) -> None:
        """Give the lease back; one that was lost meanwhile stays with its new owner."""
        try:
            self._table.delete(PARTITION, self._name, self._etag)
        except ConflictError:
            return


@dataclass(frozen=True)
class Leases:
    """Takes leases by name."""

    table: Table
    monotonic: Callable[[], float] = time.monotonic

    def forget_ended_before(self, moment: datetime, has_time: Callable[[], bool] = lambda: True) -> int:
        """Drop leases that had ended by a moment, e.g. of workers that died, while there is time; return how many.

        `moment` is so long ago that it has passed by any clock.
        """
        dropped = 0
        for row in self.table.rows("PartitionKey eq @partition", {"partition": PARTITION}):
            if not has_time():
                break
            metadata: dict[str, Any] = dict(row.metadata)
            if metadata["timestamp"] + timedelta(seconds=_read(row, LONGEST_TTL_S).ttl_s) < moment:
                with suppress(ConflictError):  # someone takes it at this very moment
                    self.table.delete(PARTITION, row["RowKey"], metadata["etag"])
                    dropped += 1
        return dropped

    def is_held(self, name: str) -> bool:
        """Whether anyone holds the lease right now."""
        stored = self.table.get(PARTITION, name)
        return stored is not None and remaining_s(stored) > 0

    def acquire(self, name: str, owner: str, ttl_s: int) -> Lease | Held:
        """Take the lease if it is free or has ended, else tell who holds it. Never waits."""
        row = LeaseRow(owner=owner, ttl_s=ttl_s)
        etag = self.table.insert(to_row(PARTITION, name, row))
        if etag is not None:
            return Lease(self.table, name, row, etag, self.monotonic)
        stored = self.table.get(PARTITION, name)
        if stored is None:  # released between the two calls
            return self.acquire(name, owner, ttl_s)
        found = _read(stored.values, ttl_s)
        if found.owner == owner:  # our own insert, whose answer was lost and which was tried again
            return Lease(self.table, name, row, stored.etag, self.monotonic)
        left_s = _left_s(stored, ttl_s)
        if left_s > 0:
            return Held(found.owner, found.term, left_s)
        row = row.model_copy(update={"term": found.term + 1})
        try:
            etag = self.table.replace(to_row(PARTITION, name, row), stored.etag)
        except ConflictError:
            return Held("another worker", found.term, float(ttl_s))
        return Lease(self.table, name, row, etag, self.monotonic)
