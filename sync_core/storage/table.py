"""One table: its operations, failures as our errors, operations counted.

In Azure the template makes the tables; on a laptop a missing one is made on first use. Rows are merged, so that what
another version of the app keeps in them stays; only what never outlives a version, e.g. a lease, is replaced.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables import TableClient, TableEntity, TableServiceClient, UpdateMode

from sync_core.chunks import chunks
from sync_core.errors import ConflictError
from sync_core.ledger import record_request
from sync_core.storage.failures import STORAGE, is_missing_container, refuse_foreign_absence, translated
from sync_core.storage.rows import Row
from sync_core.storage.transaction import submit_transaction

T = TypeVar("T")
Operation = tuple[Any, ...]
KEYS_BETWEEN = "PartitionKey eq @partition and RowKey ge @first and RowKey lt @last"
KEYS_BEHIND = "PartitionKey eq @partition and RowKey gt @first and RowKey lt @last"
OPERATIONS_A_TRANSACTION = 100
ROWS_A_PAGE = 1000


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row with what the service knows of it: its ETag, and when by the service's clock it was written and read."""

    values: Row
    etag: str
    written_at: datetime
    read_at: datetime

    @property
    def age_s(self) -> float:
        """For how long it had stood when it was read: no clock but the service's counts."""
        return (self.read_at - self.written_at).total_seconds()


def insert(row: Row) -> Operation:
    """Return the operation that inserts a row, for `Table.transact`."""
    return ("create", row)


def update(row: Row, etag: str) -> Operation:
    """Return the operation that sets the columns that a row names, if the row is unchanged, and leaves its others."""
    return ("update", row, {"mode": UpdateMode.MERGE, "etag": etag, "match_condition": MatchConditions.IfNotModified})


def merge(row: Row) -> Operation:
    """Return the operation that sets the columns that a row names and leaves its others; a new row is inserted."""
    return ("upsert", row, {"mode": UpdateMode.MERGE})


def delete(partition: str, row_key: str) -> Operation:
    """Return the operation that deletes a row; the transaction fails where there is none."""
    return ("delete", {"PartitionKey": partition, "RowKey": row_key})


def delete_unchanged(partition: str, row_key: str, etag: str) -> Operation:
    """Return the operation that deletes a row if it is unchanged."""
    row = {"PartitionKey": partition, "RowKey": row_key}
    return ("delete", row, {"etag": etag, "match_condition": MatchConditions.IfNotModified})


class Table:
    """The operations on one table. Each counts as one storage operation, a query as one a page.

    `scope` keeps the rows of one installation apart from those of others: it stands before the name of each partition,
    and no one else sees it.
    """

    def __init__(self, service: TableServiceClient, name: str, scope: str = "") -> None:
        self._service = service
        self._name = name
        self._prefix = f"{scope}." if scope else ""
        self._client: TableClient = service.get_table_client(name)

    def insert(self, row: Row) -> str | None:
        """Insert a row and return its ETag, or None where a row with its key is there already: atomic."""
        try:
            return _etag(self._do(lambda: self._client.create_entity(self._scoped(row)), row["RowKey"]))
        except ResourceExistsError:
            return None

    def merge(self, row: Row) -> None:
        """Set the columns that a row names and leave its others; a new row is inserted."""
        self._do(lambda: self._client.upsert_entity(self._scoped(row), mode=UpdateMode.MERGE), row["RowKey"])

    def merge_all(self, rows: Sequence[Row]) -> None:
        """Set the columns that rows of one partition name, as `merge` does; a hundred with one storage operation."""
        for chunk in chunks(rows, OPERATIONS_A_TRANSACTION):
            self.transact([merge(row) for row in chunk])

    def update(self, row: Row, etag: str) -> str:
        """Set the columns that a row names, if the row is as it was read, and return its new ETag.

        Raises:
            ConflictError: it changed, or is gone.
        """
        return self._write(row, etag, UpdateMode.MERGE)

    def replace(self, row: Row, etag: str) -> str:
        """Replace a row that is as it was read, and return its new ETag: for what never outlives a version.

        Raises:
            ConflictError: it changed, or is gone.
        """
        return self._write(row, etag, UpdateMode.REPLACE)

    def _write(self, row: Row, etag: str, mode: UpdateMode) -> str:
        try:
            result = self._do(
                lambda: self._client.update_entity(
                    self._scoped(row), mode=mode, etag=etag, match_condition=MatchConditions.IfNotModified
                ),
                row["RowKey"],
            )
        except ResourceNotFoundError as error:
            raise ConflictError(f"Another worker deleted {self._name}/{row['RowKey']} first.") from error
        return _etag(result)

    def delete(self, partition: str, row_key: str, etag: str = "") -> None:
        """Delete a row if it is there; with an ETag, only if it is unchanged.

        Raises:
            ConflictError: it changed.
        """
        condition: dict[str, Any] = {"etag": etag, "match_condition": MatchConditions.IfNotModified} if etag else {}
        answers: list[Any] = []

        def carry_out() -> None:
            key = self._prefix + partition, row_key
            self._client.delete_entity(*key, raw_response_hook=answers.append, **condition)
            refuse_foreign_absence(answers[-1].http_response)

        self._do(carry_out, row_key)

    def delete_each(self, partition: str, row_keys: Sequence[str], has_time: Callable[[], bool]) -> int:
        """Delete rows that are there, a hundred with one call, while there is time; return how many were."""
        deleted = 0
        for keys in chunks(row_keys, OPERATIONS_A_TRANSACTION):
            if not has_time():
                break
            try:
                self.transact([delete(partition, key) for key in keys])
            except ConflictError:  # another one was faster, or the answer to our own try was lost
                for key in keys:
                    self.delete(partition, key)
            deleted += len(keys)
        return deleted

    def get(self, partition: str, row_key: str) -> StoredRow | None:
        """Return a row, or None."""
        read_at: list[datetime] = []

        def note_time(response: Any) -> None:
            read_at.append(parsedate_to_datetime(response.http_response.headers["Date"]))

        try:
            entity = self._do(
                lambda: self._client.get_entity(self._prefix + partition, row_key, raw_response_hook=note_time), row_key
            )
        except ResourceNotFoundError:
            return None
        metadata: dict[str, Any] = dict(entity.metadata)
        return StoredRow(self._shown(entity), metadata["etag"], metadata["timestamp"], read_at[-1])

    def pages(
        self,
        query: str,
        parameters: Mapping[str, Any],
        *,
        size: int = ROWS_A_PAGE,
        select: Sequence[str] = (),
    ) -> Iterator[Sequence[TableEntity]]:
        """Yield the rows that a query finds, page by page, in the order of their keys.

        The query names its partition by the parameter `partition`, several by two that begin so: all are this
        installation's.
        """
        scoped = {
            name: self._prefix + value if name.startswith("partition") else value for name, value in parameters.items()
        }
        found = self._client.query_entities(
            query, parameters=scoped, results_per_page=size, select=list(select) or None
        )
        pager: Any = found.by_page()
        while True:
            try:
                rows = self._do(lambda: list(next(pager)), "a query")
            except StopIteration:
                return
            yield [self._shown(row) for row in rows]
            if not pager.continuation_token:
                return

    @property
    def name(self) -> str:
        """Its name on the storage account."""
        return self._name

    def everything(self) -> Iterator[TableEntity]:
        """Yield the rows of all partitions of this installation, in the order of their keys."""
        if self._prefix:
            bounds = {"first": self._prefix, "last": f"{self._prefix[:-1]}/"}  # '/' is the character after '.'
            yield from self.rows("PartitionKey ge @first and PartitionKey lt @last", bounds)
        else:
            own = self.rows("PartitionKey ge @first", {"first": ""})
            yield from (row for row in own if "." not in str(row["PartitionKey"]))

    def rows(
        self, query: str, parameters: Mapping[str, Any], *, size: int = ROWS_A_PAGE, select: Sequence[str] = ()
    ) -> Iterator[TableEntity]:
        """Yield all rows that a query finds, read so many at a time; `select` limits which columns travel."""
        for page in self.pages(query, parameters, size=size, select=select):
            yield from page

    def transact(self, operations: Sequence[Operation]) -> list[str]:
        """Carry out all operations on one partition, or none, and return the rows' new ETags. At most 100.

        Raises:
            ConflictError: a row was there, gone or changed against what an operation expects.
        """
        try:
            scoped = [(kind, self._scoped(row), *options) for kind, row, *options in operations]
            return self._do(lambda: submit_transaction(self._client, scoped), "a transaction")
        except (ResourceExistsError, ResourceNotFoundError) as error:
            raise ConflictError(f"Another worker changed rows of {self._name} first.") from error

    def _scoped(self, row: Row) -> dict[str, Any]:
        return {**row, "PartitionKey": self._prefix + row["PartitionKey"]}

    def _shown(self, entity: TableEntity) -> TableEntity:
        if "PartitionKey" in entity:
            entity["PartitionKey"] = entity["PartitionKey"].removeprefix(self._prefix)
        return entity

    def _do(self, operation: Callable[[], T], what: str) -> T:
        record_request(STORAGE)
        with translated(f"{self._name}/{what}"):
            try:
                return operation()
            except HttpResponseError as error:
                if not is_missing_container(error):
                    raise
            return self._without_table(operation)

    def _without_table(self, operation: Callable[[], T]) -> T:
        """Carry out what failed as there is no such table: make it first."""
        self._service.create_table_if_not_exists(self._name)
        return operation()


def _etag(result: Mapping[str, Any]) -> str:
    return str(result["etag"])
