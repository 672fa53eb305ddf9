"""The executable schema of one server version, made of `schema/organization/*.graphql` and the resolvers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ariadne import MutationType, QueryType, make_executable_schema

from local.cluedin.wire import administration, consume, inbound_types, management, preparation
from local.cluedin.wire.inbound import inbound
from local.cluedin.wire.scalars import SCALARS

if TYPE_CHECKING:
    from graphql import GraphQLSchema

SCHEMA_FOLDER = Path(__file__).parents[1] / "schema" / "organization"
_QUERIED = ("administration", "consume", "inbound", "management", "notification", "preparation")
_MUTATED = ("administration", "inbound", "management", "preparation")


@cache
def organization_schema(server_version: Literal["4.4.0", "4.0.0"]) -> GraphQLSchema:
    """The schema of POST /graphql."""
    is_newest = server_version == "4.4.0"
    left_out = "until_4_3" if is_newest else "since_4_4"
    files = sorted(path for path in SCHEMA_FOLDER.glob("*.graphql") if path.stem != left_out)
    query, mutation = QueryType(), MutationType()
    for name in _QUERIED:
        query.set_field(name, _enter)
    for name in _MUTATED:
        mutation.set_field(name, _enter)
    return make_executable_schema(
        [path.read_text(encoding="utf-8") for path in files],
        query,
        mutation,
        inbound,
        *inbound_types.TYPES,
        *administration.TYPES,
        *((administration.since_4_4(), *inbound_types.since_4_4()) if is_newest else inbound_types.until_4_3()),
        *preparation.TYPES,
        *management.TYPES,
        *consume.TYPES,
        *SCALARS,
        convert_names_case=True,
    )


def _enter(*_: object) -> dict[str, object]:
    """A namespace has no state of its own."""
    return {}
