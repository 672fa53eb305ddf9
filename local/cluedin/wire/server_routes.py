"""The server behind /api and /public: status, golden records, vocabulary keys, clues.

Source: docs/vendors/cluedin.md, 1.1, 1.4.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from local.cluedin.wire.graphql import GraphQLRequest, answer
from local.cluedin.wire.replies import caller_of, cluedin_of, page, unauthorized
from local.cluedin.wire.scalars import format_dot_net_time
from local.cluedin.wire.server_schema import ServerCall, server_schema

if TYPE_CHECKING:
    from starlette.requests import Request


async def status(request: Request) -> Response:
    """GET, without a token: version in a header, health in the body."""
    cluedin = cluedin_of(request)
    green = {"ServiceStatus": "Green"}
    body = {
        **green,
        "UpdatedDate": format_dot_net_time(cluedin.clock.now()),
        "DataShards": [{"Type": "Blob", **green}, {"Type": "Configuration", **green}],
        "Components": [{"Type": "SystemConnection", **green}],
    }
    return JSONResponse(body, headers={"x-cluedin-version": cluedin.switches.server_version})


async def graphql(request: Request) -> Response:
    """POST {query, variables}: golden records; takes API and access tokens."""
    if caller_of(request) is None:
        return unauthorized()
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        return page(f"SyntaxError: {error}", HTTPStatus.BAD_REQUEST)
    store = cluedin_of(request).store
    with store.lock:
        result = answer(server_schema(), GraphQLRequest(body), ServerCall(store))
    return JSONResponse(result.body, result.status)


async def vocabulary_keys(request: Request) -> Response:
    """GET: all vocabulary keys, as the SDK's vocab.get_vocab_keys reads them; their members are a guess."""
    if caller_of(request) is None:
        return unauthorized()
    keys = cluedin_of(request).store.vocabulary_keys.values()
    return JSONResponse(
        [{"Key": key.key, "Name": key.name, "DisplayName": key.display_name, "DataType": key.data_type} for key in keys]
    )


async def post_clue(request: Request) -> Response:
    """POST a clue in XML or JSON: it is kept and not processed."""
    if caller_of(request) is None:
        return unauthorized()
    store = cluedin_of(request).store
    with store.lock:
        store.clues.append((await request.body()).decode())
    return PlainTextResponse("")


ROUTES = [
    Route("/api/status", status, name="api.status"),
    Route("/api/api/graphql", graphql, methods=["POST"], name="api.graphql"),
    Route("/api/api/entity/schema", vocabulary_keys, name="api.vocabulary_keys"),
    Route("/public/api/v1/clue", post_clue, methods=["POST"], name="public.clue"),
]
