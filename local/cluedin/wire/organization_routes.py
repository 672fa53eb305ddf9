"""The organization's GraphQL endpoint, the ingestion endpoint and the user interface's catch-all."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.cluedin.behaviour import data_sets
from local.cluedin.behaviour.tokens import TokenKind
from local.cluedin.errors import ServiceError
from local.cluedin.wire.graphql import GraphQLRequest, answer
from local.cluedin.wire.namespace import Call
from local.cluedin.wire.replies import caller_of, cluedin_of, issuer_of, page, refused, unauthorized
from local.cluedin.wire.schema import organization_schema

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.cluedin.behaviour.tokens import Caller


async def graphql(request: Request) -> Response:
    """POST {operationName?, query, variables}; takes access tokens. Source: docs/vendors/cluedin.md, 1.1, 3.1."""
    cluedin = cluedin_of(request)
    caller = _accepted_caller(request)
    if caller is None and cluedin.switches.unauthorized_answer == "http_401":
        return unauthorized()
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        return page(f"SyntaxError: {error}", HTTPStatus.BAD_REQUEST)
    schema = organization_schema(cluedin.switches.server_version)
    with cluedin.store.lock:
        call = Call(cluedin, caller, issuer_of(request))
        result = answer(schema, GraphQLRequest(body), call, cluedin.switches.operations_a_request)
    return JSONResponse(result.body, result.status)


def _accepted_caller(request: Request) -> Caller | None:
    caller = caller_of(request)
    if caller is None or caller.kind is TokenKind.ACCESS or cluedin_of(request).switches.api_token_on_graphql:
        return caller
    return None


async def ingest(request: Request) -> Response:
    """POST records to a data set: an array or one object. Source: docs/vendors/cluedin.md, 3.3."""
    if caller_of(request) is None:
        return unauthorized()
    raw = await request.body()
    cluedin = cluedin_of(request)
    try:
        records = _read_records(raw)
        with cluedin.store.lock:
            data_set = cluedin.store.data_set(request.path_params["data_set_id"])
            data_set = data_sets.receive_records(cluedin.store, data_set, records, size_bytes=len(raw))
            if data_sets.submits_itself(data_set) and data_set.annotation_id is not None:
                cluedin.process(data_set)
    except ValueError as error:
        return JSONResponse([{"message": f"not JSON records: {error}"}], HTTPStatus.BAD_REQUEST)
    except ServiceError as error:
        return refused(error)
    receipt = {"success": True, "warning": False, "warnings": [], "error": False, "receiptId": str(uuid4())}
    return JSONResponse(receipt)


def _read_records(raw: bytes) -> list[dict[str, Any]]:
    body = json.loads(raw)
    records = body if isinstance(body, list) else [body]
    if not all(isinstance(record, dict) for record in records):
        raise ValueError("each record must be an object")
    return records


async def user_interface(request: Request) -> Response:
    """Answer what no service is registered for: a page for GET, 405 for the rest.

    Source: docs/vendors/cluedin.md, 1.1, 1.2.
    """
    if request.method in ("GET", "HEAD"):
        return page("CluedIn", HTTPStatus.OK)
    return page("405 Not Allowed", HTTPStatus.METHOD_NOT_ALLOWED)


ROUTES = [
    Route("/graphql", graphql, methods=["POST"], name="graphql"),
    Route("/upload/api/endpoint/{data_set_id}", ingest, methods=["POST"], name="upload.endpoint"),
]

CATCH_ALL = Route(
    "/{path:path}",
    user_interface,
    methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
    name="user_interface",
)
