"""Small notes that one run leaves for the next: cursors, known types, throttles, the last notification of a kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from sync_core.state.table import Table, from_row, to_row

Note = TypeVar("Note", bound=BaseModel)


@dataclass(frozen=True)
class Notes:
    """One kind of notes, each a pydantic model under a name."""

    table: Table
    kind: str

    def load(self, model: type[Note], name: str) -> Note | None:
        """Return the note of that name, or None."""
        found = self.table.get(self.kind, name)
        return from_row(model, found.values) if found else None

    def load_with_age(self, model: type[Note], name: str) -> tuple[Note, float] | None:
        """Return the note of that name and for how many seconds it has stood, by the storage service's clock alone."""
        found = self.table.get(self.kind, name)
        return (from_row(model, found.values), found.age_s) if found else None

    def save(self, name: str, note: BaseModel) -> None:
        """Insert or replace the note of that name."""
        self.table.put(to_row(self.kind, name, note))

    def delete(self, name: str) -> None:
        """Drop the note of that name if there is one."""
        self.table.delete(self.kind, name)

    def all(self, model: type[Note]) -> Iterator[tuple[str, Note]]:
        """Yield all notes of this kind with their names."""
        for row in self.table.rows("PartitionKey eq @kind", {"kind": self.kind}):
            yield row["RowKey"], from_row(model, row)
