"""Executes GraphQL requests and answers as Apollo Server does."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    execute_sync,
    parse,
    validate,
)

from local.cluedin.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterable

_log = logging.getLogger(__name__)

_QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True)
class Answer:
    """Status and JSON body."""

    status: HTTPStatus
    body: dict[str, Any]


class GraphQLRequest:
    """A request {query, variables?, operationName?} as JSON. Source: docs/vendors/cluedin.md, 1.1."""

    def __init__(self, body: Any) -> None:
        fields = body if isinstance(body, dict) else {}
        self.query = fields.get("query")
        self.variables = fields.get("variables")
        self.operation_name = fields.get("operationName")


def answer(schema: GraphQLSchema, request: GraphQLRequest, context: Any, most_operations: int | None = None) -> Answer:
    """Parse, validate, execute: 400 for a bad document or variable, else 200, with `errors` beside partial data."""
    if not isinstance(request.query, str) or not request.query.strip():
        return _refuse([GraphQLError("Must provide query string.")], "BAD_REQUEST")
    try:
        document = _parse(request.query)
    except GraphQLSyntaxError as error:
        return _refuse([error], "GRAPHQL_PARSE_FAILED")
    if invalid := _validate(schema, request.query):
        return _refuse(invalid, "GRAPHQL_VALIDATION_FAILED")
    if most_operations is not None and len(list(_list_operations(document, request.operation_name))) > most_operations:
        too_many = GraphQLError(f"The document asks for more than {most_operations} operations.")
        return _refuse([too_many], "GRAPHQL_VALIDATION_FAILED")
    result = execute_sync(
        schema,
        document,
        context_value=context,
        variable_values=request.variables,
        operation_name=request.operation_name,
    )
    return _accept(result)


def name_operation(request: GraphQLRequest) -> str | None:
    """Name what a request asks, by its fields and not by the name a client gave it: "inbound.createDataSource"."""
    if not isinstance(request.query, str):
        return None
    try:
        document = _parse(request.query)
    except GraphQLSyntaxError:
        return None
    return ",".join(_list_operations(document, request.operation_name)) or None


def _list_operations(document: DocumentNode, operation_name: str | None) -> Iterable[str]:
    for definition in document.definitions:
        if not isinstance(definition, OperationDefinitionNode):
            continue
        if operation_name and (definition.name is None or definition.name.value != operation_name):
            continue
        for root in definition.selection_set.selections:
            if isinstance(root, FieldNode):
                yield from _list_fields(root)


def _list_fields(root: FieldNode) -> Iterable[str]:
    """Fields of a namespace; the root alone where it is no namespace."""
    inner = root.selection_set.selections if root.selection_set else ()
    names = [field.name.value for field in inner if isinstance(field, FieldNode)]
    operations = [name for name in names if name not in ("id", "__typename")]
    return [f"{root.name.value}.{name}" for name in operations] or [root.name.value]


@lru_cache(maxsize=512)
def _parse(query: str) -> DocumentNode:
    return parse(query)


@lru_cache(maxsize=512)
def _validate(schema: GraphQLSchema, query: str) -> list[GraphQLError]:
    return validate(schema, _parse(query))


def _refuse(errors: Iterable[GraphQLError], code: str) -> Answer:
    return Answer(HTTPStatus.BAD_REQUEST, {"errors": [_format_error(error, code) for error in errors]})


def _accept(result: ExecutionResult) -> Answer:
    errors = result.errors or []
    if result.data is None:
        # Nothing was executed: a variable is bad or the operation's name is unknown.
        return _refuse(errors, "BAD_USER_INPUT")
    body: dict[str, Any] = {"data": result.data}
    if errors:
        body = {"errors": [_format_error(error, "INTERNAL_SERVER_ERROR") for error in errors], **body}
    return Answer(HTTPStatus.OK, body)


def _format_error(error: GraphQLError, code: str) -> dict[str, Any]:
    """{message, locations, path, extensions}; texts quote names as graphql-js does.

    Source: docs/vendors/cluedin.md, 3.1, 3.2.
    """
    formatted: dict[str, Any] = dict(error.formatted)
    cause = error.original_error
    if isinstance(cause, ServiceError):
        return {**formatted, "extensions": cause.extensions()}
    if cause is not None and not isinstance(cause, GraphQLError):
        _log.error("a resolver failed", exc_info=cause)
    else:
        formatted["message"] = _QUOTED.sub(r'"\1"', error.message)
    return {**formatted, "extensions": {"code": code, **(error.extensions or {})}}
