"""A table for who only looks: nothing is written, whatever the code that reads through it would like to remember."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from azure.data.tables import TableEntity

from sync_core.errors import StateError
from sync_core.storage.rows import Row
from sync_core.storage.table import ROWS_A_PAGE, Operation, StoredRow, T, Table


class LookingTable(Table):
    """Notes and caches that somebody would leave are dropped; what others would have to heed is refused.

    A table that is not there reads as an empty one, and is not made.
    """

    def get(self, partition: str, row_key: str) -> StoredRow | None:
        """Return a row, or None."""
        try:
            return super().get(partition, row_key)
        except _NoTableError:
            return None

    def pages(
        self, query: str, parameters: Mapping[str, Any], *, size: int = ROWS_A_PAGE, select: Sequence[str] = ()
    ) -> Iterator[Sequence[TableEntity]]:
        """Yield the rows that a query finds, page by page."""
        try:
            yield from super().pages(query, parameters, size=size, select=select)
        except _NoTableError:
            return

    def merge(self, row: Row) -> None:
        """Keep nothing."""
        del row

    def merge_all(self, rows: Sequence[Row]) -> None:
        """Keep nothing."""
        del rows

    def delete(self, partition: str, row_key: str, etag: str = "") -> None:
        """Delete nothing."""
        del partition, row_key, etag

    def insert(self, row: Row) -> str | None:
        """Refuse: who inserts counts on being the first."""
        raise _refusal(row["RowKey"])

    def transact(self, operations: Sequence[Operation]) -> list[str]:
        """Refuse."""
        del operations
        raise _refusal("a transaction")

    def _write(self, row: Row, etag: str, mode: Any) -> str:
        del etag, mode
        raise _refusal(row["RowKey"])

    def _without_table(self, operation: Callable[[], T]) -> T:
        del operation
        raise _NoTableError


class _NoTableError(Exception):
    """There is no such table."""


def _refusal(what: str) -> StateError:
    return StateError(f"Who only looks must not write {what}.")
