"""Rows in and out as pydantic models, so that rows of another version of the app lose nothing and stop nothing."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from azure.data.tables import EdmType, EntityProperty
from pydantic import BaseModel

from sync_core.errors import StateError
from sync_core.json_decoding import decode
from sync_core.logs import get_logger
from sync_core.storage.unreadable import Unreadable

logger = get_logger(__name__)

M = TypeVar("M", bound=BaseModel)
Row = Mapping[str, Any]
EMPTY = ""  # a merge cannot take a column out of a row: this stands where a field has no value
INT32 = range(-(2**31), 2**31)
# A column holds 32,768 UTF-16 units, of which a character takes two at most; a longer text goes on in further columns,
# up to the 1 MiB of a row. Source: Microsoft, "Understanding the Table service data model".
COLUMN_CHARACTERS = 15_000
LARGEST_ROW_BYTES = 900 * 1024  # of 1 MiB: the service counts some more for each column
YEARS = range(1000, 9000)  # a pause added to a later moment would lead out of the calendar


def to_row(partition: str, row_key: str, model: BaseModel) -> dict[str, Any]:
    """Return a model as a new row. Fields without a value are left out; lists, maps and models travel as JSON text.

    A long text goes on in the columns `{name}__1` and so on.
    """
    fields = model.model_dump(mode="json", exclude_none=True)
    row = _keys(partition, row_key)
    for name, value in fields.items():
        row |= _in_parts(name, _to_column(value))
    return row


def size_bytes(row: Row) -> int:
    """Return what a row's texts and names take, which the service counts in UTF-16."""
    return sum(len(f"{name}{value}".encode("utf-16-le", "surrogatepass")) for name, value in row.items())


def whole_row(partition: str, row_key: str, model: BaseModel) -> dict[str, Any]:
    """Return a model as a row to be merged over whatever is there: fields without a value empty their columns."""
    return dict.fromkeys(type(model).model_fields, EMPTY) | to_row(partition, row_key, model)


def changes(before: Row, after: Row) -> dict[str, Any]:
    """Return what is to be merged into a row that was read as `before`, so that it says `after`."""
    changed = {name: value for name, value in after.items() if name not in before or before[name] != value}
    gone = dict.fromkeys(before.keys() - after.keys(), EMPTY)
    return gone | changed | _keys(after["PartitionKey"], after["RowKey"])


def from_row(model: type[M], row: Row) -> M:
    """Return a row as a model; columns that it does not know are left alone.

    Raises:
        StateError: the row is not what this version of the app writes.
    """
    structured, optional = _structured_columns(model), _optional_columns(model)
    try:
        values = {
            name: _from_column(_whole(row, name, value), name in structured)
            for name, value in row.items()
            if not (name in optional and value == EMPTY)
        }
        return _reckonable(model.model_validate(values))
    except (TypeError, ValueError) as error:
        raise StateError(f"Row {row.get('RowKey')} is no {model.__name__}: {error}") from error


def read_each(model: type[M], rows: Iterable[Row]) -> Iterator[M | Unreadable]:
    """Yield rows as models, or what one is that cannot be read: it must not hide all the others."""
    for row in rows:
        try:
            yield from_row(model, row)
        except StateError as error:
            logger.warning("A row is left out: %s", error)
            yield Unreadable(key=str(row.get("RowKey", "")), reason=str(error))


def readable(model: type[M], rows: Iterable[Row]) -> Iterator[M]:
    """Yield the rows that can be read as models; others are logged and left out."""
    for found in read_each(model, rows):
        if not isinstance(found, Unreadable):
            yield found


def _reckonable(found: M) -> M:
    """Return a model whose moments can be compared with ours.

    Raises:
        ValueError: one is of no time zone, or of another age.
    """
    for moment in _moments(found):
        if moment.tzinfo is None or moment.year not in YEARS:
            raise ValueError(f"{moment.isoformat()} is no moment that can be reckoned with")
    return found


def _moments(value: Any) -> Iterator[datetime]:
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, BaseModel):
        yield from _moments([getattr(value, name) for name in _with_moments(type(value))])
    elif isinstance(value, dict):
        yield from _moments(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _moments(item)


def _keys(partition: str, row_key: str) -> dict[str, Any]:
    return {"PartitionKey": partition, "RowKey": row_key}


def _to_column(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and value not in INT32:  # the SDK refuses it as a plain number
        return EntityProperty(value, EdmType.INT64)
    return value


def _in_parts(name: str, value: Any) -> dict[str, Any]:
    """Return a value's columns: a full part is followed by another one.

    What a longer text has left behind them means nothing: a merge does not take columns out.
    """
    if not isinstance(value, str) or len(value) < COLUMN_CHARACTERS:
        return {name: value}
    starts = range(0, len(value) + 1, COLUMN_CHARACTERS)
    parts = [value[start : start + COLUMN_CHARACTERS] for start in starts]
    return {f"{name}__{number}" if number else name: part for number, part in enumerate(parts)}


def _whole(row: Row, name: str, value: Any) -> Any:
    """Return a column's value with the parts that follow it."""
    parts = [value]
    while isinstance(parts[-1], str) and len(parts[-1]) == COLUMN_CHARACTERS:
        parts.append(str(row.get(f"{name}__{len(parts)}", "")))
    return "".join(parts) if len(parts) > 1 else value


def _from_column(value: Any, is_json: bool) -> Any:  # noqa: FBT001  # the two sides of one column
    if isinstance(value, EntityProperty):
        return value.value
    return decode(value) if is_json else value


@cache
def _structured_columns(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if _is_structured(field.annotation))


@cache
def _optional_columns(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if NoneType in get_args(field.annotation))


@cache
def _with_moments(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(name for name, field in model.model_fields.items() if _may_hold_moments(field.annotation))


def _may_hold_moments(annotation: Any) -> bool:
    is_class = isinstance(annotation, type)
    is_moment = is_class and not get_origin(annotation) and issubclass(annotation, datetime | BaseModel)
    return is_moment or any(_may_hold_moments(member) for member in get_args(annotation))


def _is_structured(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    origin = get_origin(annotation)
    if origin in {Union, UnionType}:
        return any(_is_structured(member) for member in get_args(annotation))
    return origin in {list, dict, tuple, set, frozenset}
