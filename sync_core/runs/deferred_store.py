"""What could not be read: the notes of each kind, and all of them together for people."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sync_core.runs.deferred import Deferred, Kind
from sync_core.storage.notes import Notes
from sync_core.storage.rows import readable
from sync_core.storage.table import Table

PREFIX = "deferred-"
ALL_KINDS = "PartitionKey ge @first and PartitionKey lt @last"


@dataclass(frozen=True)
class DeferredStore:
    """Keeps a kind's notes in a partition of its own, side by side, so that a query finds all."""

    table: Table

    def notes_of(self, kind: Kind) -> Notes:
        """Return the notes of one kind."""
        return Notes(self.table, f"{PREFIX}{kind}")

    def first(self, count: int) -> list[Deferred]:
        """Return so many of all kinds; one storage operation for a thousand."""
        return list(islice(self._all(count), count))

    def _all(self, count: int) -> Iterator[Deferred]:
        bounds = {"first": PREFIX, "last": PREFIX[:-1] + chr(ord(PREFIX[-1]) + 1)}
        for page in self.table.pages(ALL_KINDS, bounds, size=min(count, 1000)):
            yield from readable(Deferred, page)
