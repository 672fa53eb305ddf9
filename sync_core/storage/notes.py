"""Small notes that one run leaves for the next: cursors, known types, throttles, the last notification of a kind.

A note that cannot be read, because another version of the app left it, is as good as none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from sync_core.storage.rows import Row, readable, whole_row
from sync_core.storage.table import Table

Note = TypeVar("Note", bound=BaseModel)


@dataclass(frozen=True)
class Notes:
    """One kind of notes, each a pydantic model under a name."""

    table: Table
    kind: str

    def load(self, model: type[Note], name: str) -> Note | None:
        """Return the note of that name, or None."""
        found = self.table.get(self.kind, name)
        return _read(model, found.values) if found else None

    def load_with_age(self, model: type[Note], name: str) -> tuple[Note, float] | None:
        """Return the note of that name and for how many seconds it has stood, by the storage service's clock alone."""
        found = self.table.get(self.kind, name)
        note = _read(model, found.values) if found else None
        return (note, found.age_s) if found and note is not None else None

    def unreadable_for_s(self, model: type[Note], name: str) -> float | None:
        """Return for how many seconds a note has stood that cannot be read, None where there is none such."""
        found = self.table.get(self.kind, name)
        return found.age_s if found and _read(model, found.values) is None else None

    def save(self, name: str, note: BaseModel) -> None:
        """Insert the note of that name, or let it say this."""
        self.table.merge(whole_row(self.kind, name, note))

    def delete(self, name: str) -> None:
        """Drop the note of that name if there is one."""
        self.table.delete(self.kind, name)

    def all(self, model: type[Note]) -> Iterator[tuple[str, Note]]:
        """Yield all notes of this kind that can be read, with their names."""
        for row in self.table.rows("PartitionKey eq @partition", {"partition": self.kind}):
            if (note := _read(model, row)) is not None:
                yield row["RowKey"], note


def _read(model: type[Note], row: Row) -> Note | None:
    return next(readable(model, [row]), None)
