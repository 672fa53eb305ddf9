"""Small notes that one run leaves for the next: cursors, known types, throttles, the last notification of a kind.

A note that cannot be read, because another version of the app left it, is as good as none.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from azure.data.tables import TableEntity
from pydantic import BaseModel

from sync_core.storage.rows import Row, readable, to_row, whole_row
from sync_core.storage.table import Table

Note = TypeVar("Note", bound=BaseModel)
Other = TypeVar("Other", bound=BaseModel)
LONGEST_KEY = 400


@dataclass(frozen=True)
class Notes:
    """One kind of notes, each a pydantic model under a name."""

    table: Table
    kind: str

    def load(self, model: type[Note], name: str) -> Note | None:
        """Return the note of that name, or None."""
        found = self.table.get(self.kind, name)
        return _read(model, found.values) if found else None

    def load_both(
        self, one: tuple[type[Note], str], other: tuple[type[Other], str]
    ) -> tuple[Note | None, Other | None]:
        """Return two notes of a kind of which there are few, by one query: their models and names are given."""
        rows = {row["RowKey"]: row for row in self._rows()}
        first, second = rows.get(one[1]), rows.get(other[1])
        return _read(one[0], first) if first else None, _read(other[0], second) if second else None

    def load_with_age(self, model: type[Note], name: str) -> tuple[Note, float] | None:
        """Return the note of that name and for how many seconds it has stood, by the storage service's clock alone."""
        found = self.table.get(self.kind, name)
        note = _read(model, found.values) if found else None
        return (note, found.age_s) if found and note is not None else None

    def unreadable_for_s(self, model: type[Note], name: str) -> float | None:
        """Return for how many seconds a note has stood that cannot be read, None where there is none such."""
        found = self.table.get(self.kind, name)
        return found.age_s if found and _read(model, found.values) is None else None

    def add(self, name: str, note: BaseModel) -> None:
        """Insert the note of that name, unless there is one."""
        self.table.insert(to_row(self.kind, name, note))

    def save(self, name: str, note: BaseModel) -> None:
        """Insert the note of that name, or let it say this."""
        self.table.merge(whole_row(self.kind, name, note))

    def save_all(self, notes: Mapping[str, BaseModel]) -> None:
        """Insert the notes of these names, or let them say this; a hundred with one storage operation."""
        self.table.merge_all([whole_row(self.kind, name, note) for name, note in notes.items()])

    def delete(self, name: str) -> None:
        """Drop the note of that name if there is one."""
        self.table.delete(self.kind, name)

    def all(self, model: type[Note]) -> Iterator[tuple[str, Note]]:
        """Yield all notes of this kind that can be read, with their names."""
        for row in self._rows():
            if (note := _read(model, row)) is not None:
                yield row["RowKey"], note

    def written_at(self) -> dict[str, datetime]:
        """Return when each note of this kind was written last, by name and by the storage service's clock."""
        return {row["RowKey"]: at for row in self._rows() if (at := row.metadata["timestamp"])}

    def all_beside(
        self, model: type[Note], next_kind: "Notes", other: type[Other]
    ) -> tuple[Mapping[str, Note], Mapping[str, Other]]:
        """Return the notes of this kind and of one whose name follows it, each by name, by one query."""
        bounds = {"partition_first": self.kind, "partition_last": next_kind.kind}
        rows = list(self.table.rows("PartitionKey ge @partition_first and PartitionKey le @partition_last", bounds))
        return _by_name(model, self.kind, rows), _by_name(other, next_kind.kind, rows)

    def _rows(self) -> Iterator[TableEntity]:
        return self.table.rows("PartitionKey eq @partition", {"partition": self.kind})


def note_name(thing: str) -> str:
    """Return the key of a thing's note: an ordinary id itself, an endless one as its hash.

    A slash, # and ? must not stand in a table's key, and it holds 512 characters.
    """
    name = quote(thing, safe="").replace("%", "=")
    return name if len(name) <= LONGEST_KEY else hashlib.sha256(name.encode()).hexdigest()


def _by_name(model: type[Note], kind: str, rows: Sequence[Row]) -> dict[str, Note]:
    read = {str(row["RowKey"]): _read(model, row) for row in rows if row["PartitionKey"] == kind}
    return {name: note for name, note in read.items() if note is not None}


def _read(model: type[Note], row: Row) -> Note | None:
    return next(readable(model, [row]), None)
