"""An index of the asset records by guid: what a comparison with a list of guids asks of each, part by part.

Beside each record lies one row, written in the transaction that writes the record:

    guid:{place}:{key}   the place is a hash of the guid

It proposes, the record decides: whoever acts reads the record first, and mends a row that is not what its record says.
See decision 24.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby

from sync_core.assets.asset_rows import PARTITION, StoredAsset, range_of
from sync_core.assets.entry import PARTS, Entry, entry_of, part_of, ranges, row_key, row_key_prefix
from sync_core.assets.record import AssetRecord
from sync_core.chunks import chunks
from sync_core.errors import ConflictError
from sync_core.parallel import in_parallel
from sync_core.storage.rows import Row, readable, whole_row
from sync_core.storage.table import (
    KEYS_BEHIND,
    KEYS_BETWEEN,
    OPERATIONS_A_TRANSACTION,
    Operation,
    Table,
    merge,
    update,
)


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry and its ETag."""

    entry: Entry
    etag: str


def indexing(before: AssetRecord | None, after: AssetRecord) -> list[Operation]:
    """Return what changes in the index when a record does.

    A row under a guid that the record has left stays: whoever meets it finds that its record is elsewhere.
    """
    entry = entry_of(after)
    return [] if before is not None and entry_of(before) == entry else [_writing(entry)]


@dataclass(frozen=True)
class AssetIndex:
    """Reads and mends the index."""

    table: Table

    def by_part(
        self, parts: Collection[int], keep_alive: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[int, list[StoredEntry]]]:
        """Yield each of these parts with its entries; `keep_alive` is called before each."""
        for first, last in ranges(parts):
            expected = first
            for part, entries in groupby(self._between(first, last), key=lambda one: part_of(one.entry.guid)):
                yield from ((empty, []) for empty in range(expected, part))
                keep_alive()
                yield part, list(entries)
                expected = part + 1
            yield from ((empty, []) for empty in range(expected, last + 1))

    def after(self, row_key: str) -> Iterator[tuple[str, StoredEntry | None]]:
        """Yield the rows behind one with their keys, in the order of these; None for one that cannot be read."""
        bounds = range_of("guid") | ({"first": row_key} if row_key else {})
        for row in self.table.rows(KEYS_BEHIND, bounds):
            yield str(row["RowKey"]), next(_entries([row]), None)

    def keys_of(self, guid: str) -> list[str]:
        """Return the keys of the records that have, or had, a guid."""
        place = row_key_prefix(guid)
        bounds = {**range_of("guid"), "first": place, "last": place[:-1] + ";"}
        return [one.entry.key for one in _entries(self.table.rows(KEYS_BETWEEN, bounds))]

    def lacking(self, stored: Sequence[StoredAsset]) -> list[StoredAsset]:
        """Return those records of which the index says nothing, or something else; reads in parallel."""
        return [one for one, found in in_parallel(self._load, stored) if found != entry_of(one.record)]

    def _load(self, stored: StoredAsset) -> Entry | None:
        """Return what the index says of a record."""
        found = self.table.get(PARTITION, row_key(entry_of(stored.record)))
        return next(readable(Entry, [found.values]), None) if found else None

    def mend(self, stored: Sequence[StoredAsset]) -> None:
        """Let the index say what these records do; those that change meanwhile write it themselves."""
        for chunk in chunks(stored, OPERATIONS_A_TRANSACTION // 2):
            try:
                self._mend(chunk)
            except ConflictError:
                for one in chunk:
                    with suppress(ConflictError):
                        self._mend([one])

    def _mend(self, stored: Sequence[StoredAsset]) -> None:
        unchanged = [
            update({"PartitionKey": PARTITION, "RowKey": f"record:{one.record.key}"}, one.etag) for one in stored
        ]
        self.table.transact([*unchanged, *(_writing(entry_of(one.record)) for one in stored)])

    def settle(self, indexed: StoredEntry, stored: StoredAsset | None) -> bool:
        """Return whether a row says what its record does, if there is one; else mend the row, or drop it."""
        entry = entry_of(stored.record) if stored else None
        if entry == indexed.entry:
            return True
        if stored is not None and entry is not None and row_key(entry) == row_key(indexed.entry):
            self.mend([stored])
        else:
            self.drop(row_key(indexed.entry), indexed.etag)
        return False

    def drop(self, key: str, etag: str) -> None:
        """Drop a row, unless it was written since."""
        with suppress(ConflictError):
            self.table.delete(PARTITION, key, etag)

    def _between(self, first: int, last: int) -> Iterator[StoredEntry]:
        bounds = range_of("guid") | {"first": f"guid:{first:02x}"}
        bounds |= {"last": f"guid:{last + 1:02x}"} if last + 1 < PARTS else {}
        return _entries(self.table.rows(KEYS_BETWEEN, bounds))


def _writing(entry: Entry) -> Operation:
    return merge(whole_row(PARTITION, row_key(entry), entry))


def _entries(rows: Iterable[Row]) -> Iterator[StoredEntry]:
    """Yield what can be read; a row that lies where it does not belong is as good as none."""
    for row in rows:
        for entry in readable(Entry, [row]):
            if row_key(entry) == row["RowKey"]:
                yield StoredEntry(entry, str(row.metadata["etag"]))  # type: ignore[attr-defined]
