"""What could not be read: the notes of each kind, and all of them together for people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sync_core.runs.deferred import Deferred, Kind
from sync_core.storage.notes import Notes, note_name
from sync_core.storage.rows import readable
from sync_core.storage.table import Table

PREFIX = "deferred-"
ALL_KINDS = "PartitionKey ge @partition_first and PartitionKey lt @partition_last"
# What a run of discovery asks about, of which few are deferred at a time: their partitions lie side by side.
READ_TOGETHER = (Kind.STORE, Kind.TERM, Kind.TYPE, Kind.WINDOW)
THESE_KINDS = "PartitionKey ge @partition_first and PartitionKey le @partition_last"


@dataclass(frozen=True)
class DeferredStore:
    """Keeps a kind's notes in a partition of its own, side by side, so that a query finds all."""

    table: Table

    def notes_of(self, kind: Kind) -> Notes:
        """Return the notes of one kind."""
        return Notes(self.table, f"{PREFIX}{kind}")

    def load(self, kinds: Sequence[Kind]) -> Iterator[Deferred]:
        """Yield all of one kind, or of those that are read together; one storage operation for a thousand."""
        bounds = {"partition_first": f"{PREFIX}{min(kinds)}", "partition_last": f"{PREFIX}{max(kinds)}"}
        found = readable(Deferred, self.table.rows(THESE_KINDS, bounds))
        return (one for one in found if one.kind in kinds)

    def find(self, kind: Kind, thing: str) -> Deferred | None:
        """Return what is remembered of one thing."""
        return self.notes_of(kind).load(Deferred, note_name(thing))

    def first(self, count: int) -> list[Deferred]:
        """Return so many of all kinds; one storage operation for a thousand."""
        return list(islice(self._all(count), count))

    def _all(self, count: int) -> Iterator[Deferred]:
        bounds = {"partition_first": PREFIX, "partition_last": PREFIX[:-1] + chr(ord(PREFIX[-1]) + 1)}
        for page in self.table.pages(ALL_KINDS, bounds, size=min(count, 1000)):
            yield from readable(Deferred, page)


def together_with(kind: Kind) -> Sequence[Kind]:
    """Return the kinds that are read by one query with a kind, itself among them."""
    return READ_TOGETHER if kind in READ_TOGETHER else (kind,)
