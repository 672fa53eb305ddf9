"""The server's GraphQL endpoint for golden records: search and entity."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ariadne import ObjectType, QueryType, ScalarType, load_schema_from_path, make_executable_schema

from local.cluedin.errors import bad_request
from local.cluedin.wire.scalars import SCALARS

if TYPE_CHECKING:
    from datetime import datetime

    from graphql import GraphQLResolveInfo, GraphQLSchema

    from local.cluedin.model import GoldenRecord
    from local.cluedin.store import Store

    Info: TypeAlias = "GraphQLResolveInfo[ServerCall]"

SCHEMA_FOLDER = Path(__file__).parents[1] / "schema" / "server"
DEFAULT_PAGE_SIZE = 20


@dataclass(frozen=True)
class ServerCall:
    """What the resolvers work on."""

    store: Store


query = QueryType()
entity = ObjectType("Entity")


@query.field("search")
def search(
    _: object,
    info: Info,
    *,
    query: str | None = None,
    cursor: str | None = None,
    page_size: int | None = None,
    **__: object,
) -> dict[str, Any]:
    """Search golden records; the order is that of their making, whatever sorting is asked for."""
    records = _find(info.context.store, query or "*")
    start = _read_cursor(cursor)
    end = start + (page_size or DEFAULT_PAGE_SIZE)
    return {"total_results": len(records), "cursor": _write_cursor(end), "entries": records[start:end]}


def _find(store: Store, text: str) -> list[GoldenRecord]:
    """Understand `*`, `entityType:/Person` and a part of a name."""
    field, separator, value = text.partition(":")
    records = list(store.golden_records.values())
    if text == "*":
        return records
    if separator and field == "entityType":
        return [record for record in records if record.entity_type == value.strip().strip('"')]
    return [record for record in records if text.casefold() in record.name.casefold()]


def _write_cursor(offset: int) -> str:
    return base64.b64encode(str(offset).encode()).decode()


def _read_cursor(cursor: str | None) -> int:
    try:
        return int(base64.b64decode(cursor)) if cursor else 0
    except (binascii.Error, ValueError) as error:
        raise bad_request(f"cursor {cursor} was not made by this service") from error


@query.field("entity")
def find_entity(_: object, info: Info, *, id: str) -> GoldenRecord | None:  # noqa: A002 - the API's name
    """Find a golden record by its id."""
    records = info.context.store.golden_records.values()
    return next((record for record in records if record.id == id.lower()), None)


@entity.field("displayName")
def display_name(record: GoldenRecord, _: Info) -> str:
    """The name."""
    return record.name


@entity.field("codes")
def codes(record: GoldenRecord, _: Info) -> list[str]:
    """The origin code is the only one."""
    return [record.origin_entity_code]


@entity.field("discoveryDate")
@entity.field("modifiedDate")
@entity.field("lastProcessedDate")
def date(record: GoldenRecord, _: Info) -> datetime:
    """All dates are that of the first processing."""
    return record.created_date


@entity.field("properties")
def properties(record: GoldenRecord, _: Info) -> dict[str, str]:
    """Vocabulary keys with the prefix that the SDK takes off."""
    return {
        "attribute-type": "/Metadata/KeyValue",
        **{f"property-{key}": value for key, value in record.properties.items()},
    }


@cache
def server_schema() -> GraphQLSchema:
    """The schema of POST /api/api/graphql."""
    type_defs = load_schema_from_path(SCHEMA_FOLDER)
    used = [scalar for scalar in SCALARS if scalar.name in ("JSON", "DotNetTime")]
    return make_executable_schema(
        type_defs,
        query,
        entity,
        ScalarType("PagingCursor"),
        *used,
        convert_names_case=True,
    )
