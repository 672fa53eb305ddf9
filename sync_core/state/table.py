"""One table: rows in and out as pydantic models, failures as our errors, operations counted.

In Azure the template makes the tables; on a laptop a missing one is made on first use.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables import EdmType, EntityProperty, TableClient, TableEntity, TableServiceClient, UpdateMode
from pydantic import BaseModel

from sync_core.domain.ledger import record_request
from sync_core.errors import ConflictError, StateError
from sync_core.state.failures import STORAGE, is_missing_container, translated

logger = logging.getLogger(__name__)

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
Row = Mapping[str, Any]
Operation = tuple[Any, ...]
KEYS_BETWEEN = "PartitionKey eq @partition and RowKey ge @first and RowKey lt @last"
OPERATIONS_A_TRANSACTION = 100
ROWS_A_PAGE = 1000
INT32 = range(-(2**31), 2**31)


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


def replace(row: Row, etag: str) -> Operation:
    """Return the operation that replaces a row if it is unchanged."""
    return ("update", row, {"mode": UpdateMode.REPLACE, "etag": etag, "match_condition": MatchConditions.IfNotModified})


def put(row: Row) -> Operation:
    """Return the operation that inserts or replaces a row."""
    return ("upsert", row, {"mode": UpdateMode.REPLACE})


def merge(row: Row) -> Operation:
    """Return the operation that sets the columns that a row names and leaves its others; a new row is inserted."""
    return ("upsert", row, {"mode": UpdateMode.MERGE})


def delete(partition: str, row_key: str) -> Operation:
    """Return the operation that deletes a row; the transaction fails where there is none."""
    return ("delete", {"PartitionKey": partition, "RowKey": row_key})


def to_row(partition: str, row_key: str, model: BaseModel) -> dict[str, Any]:
    """Return a model as a row. Empty fields are left out; lists, maps and models in it travel as JSON text."""
    fields = model.model_dump(mode="json", exclude_none=True)
    return {"PartitionKey": partition, "RowKey": row_key} | {name: _to_column(value) for name, value in fields.items()}


def _to_column(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and value not in INT32:  # the SDK refuses it as a plain number
        return EntityProperty(value, EdmType.INT64)
    return value


def from_row(model: type[M], row: Row) -> M:
    """Return a row as a model.

    Raises:
        StateError: the row is not what this version of the app writes.
    """
    json_columns = _json_columns(model)
    try:
        return model.model_validate({name: _from_column(value, name in json_columns) for name, value in row.items()})
    except (TypeError, ValueError) as error:
        raise StateError(f"Row {row.get('RowKey')} is no {model.__name__}: {error}") from error


def readable(model: type[M], rows: Iterable[Row]) -> Iterator[M]:
    """Yield rows as models. One that cannot be read is logged and left out: it must not hide all the others."""
    for row in rows:
        try:
            yield from_row(model, row)
        except StateError as error:
            logger.warning("A row is left out: %s", error)


def _from_column(value: Any, is_json: bool) -> Any:  # noqa: FBT001  # the two sides of one column
    if isinstance(value, EntityProperty):
        return value.value
    return json.loads(value) if is_json else value


@cache
def _json_columns(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if _is_structured(field.annotation))


def _is_structured(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    origin = get_origin(annotation)
    if origin in {Union, UnionType}:
        return any(_is_structured(member) for member in get_args(annotation))
    return origin in {list, dict, tuple, set, frozenset}


class Table:
    """The operations on one table. Each counts as one storage operation, a query as one a page."""

    def __init__(self, service: TableServiceClient, name: str) -> None:
        self._service = service
        self._name = name
        self._client: TableClient = service.get_table_client(name)

    def insert(self, row: Row) -> str | None:
        """Insert a row and return its ETag, or None where a row with its key is there already: atomic."""
        try:
            return _etag(self._do(lambda: self._client.create_entity(dict(row)), row["RowKey"]))
        except ResourceExistsError:
            return None

    def put(self, row: Row) -> None:
        """Insert or replace a row."""
        self._do(lambda: self._client.upsert_entity(dict(row), mode=UpdateMode.REPLACE), row["RowKey"])

    def replace(self, row: Row, etag: str) -> str:
        """Replace a row that is as it was read, and return its new ETag.

        Raises:
            ConflictError: it changed, or is gone.
        """
        try:
            result = self._do(
                lambda: self._client.update_entity(
                    dict(row), mode=UpdateMode.REPLACE, etag=etag, match_condition=MatchConditions.IfNotModified
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
        self._do(lambda: self._client.delete_entity(partition, row_key, **condition), row_key)

    def get(self, partition: str, row_key: str) -> StoredRow | None:
        """Return a row, or None."""
        read_at: list[datetime] = []

        def note_time(response: Any) -> None:
            read_at.append(parsedate_to_datetime(response.http_response.headers["Date"]))

        try:
            entity = self._do(lambda: self._client.get_entity(partition, row_key, raw_response_hook=note_time), row_key)
        except ResourceNotFoundError:
            return None
        metadata: dict[str, Any] = dict(entity.metadata)
        return StoredRow(entity, metadata["etag"], metadata["timestamp"], read_at[-1])

    def pages(
        self,
        query: str,
        parameters: Mapping[str, Any],
        *,
        size: int = ROWS_A_PAGE,
        select: Sequence[str] = (),
    ) -> Iterator[Sequence[TableEntity]]:
        """Yield the rows that a query finds, page by page, in the order of their keys."""
        found = self._client.query_entities(
            query, parameters=dict(parameters), results_per_page=size, select=list(select) or None
        )
        pager: Any = found.by_page()
        while True:
            try:
                rows = self._do(lambda: list(next(pager)), "a query")
            except StopIteration:
                return
            yield rows
            if not pager.continuation_token:
                return

    def rows(self, query: str, parameters: Mapping[str, Any], *, select: Sequence[str] = ()) -> Iterator[TableEntity]:
        """Yield all rows that a query finds; `select` limits which columns travel."""
        for page in self.pages(query, parameters, select=select):
            yield from page

    def transact(self, operations: Sequence[Operation]) -> list[str]:
        """Carry out all operations on one partition, or none, and return the rows' new ETags. At most 100.

        Raises:
            ConflictError: a row was there, gone or changed against what an operation expects.
        """
        try:
            results = self._do(lambda: self._client.submit_transaction(list(operations)), "a transaction")
        except (ResourceExistsError, ResourceNotFoundError) as error:
            raise ConflictError(f"Another worker changed rows of {self._name} first.") from error
        return [str(result.get("etag", "")) for result in results]

    def _do(self, operation: Callable[[], T], what: str) -> T:
        record_request(STORAGE)
        with translated(f"{self._name}/{what}"):
            try:
                return operation()
            except HttpResponseError as error:
                if not is_missing_container(error):
                    raise
            self._service.create_table_if_not_exists(self._name)
            return operation()


def _etag(result: Mapping[str, Any]) -> str:
    return str(result["etag"])
