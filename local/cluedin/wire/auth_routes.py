"""The identity server under /auth: tokens, discovery, accounts.

Source: docs/vendors/cluedin.md, 1.2 to 1.4, 2.1; SDK account.py.
"""

from __future__ import annotations

import base64
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.cluedin.behaviour.tokens import KEY_ID, SCOPE, OAuthError, signing_key
from local.cluedin.wire.administration import describe_user
from local.cluedin.wire.replies import caller_of, cluedin_of, issuer_of, unauthorized

if TYPE_CHECKING:
    from starlette.requests import Request


async def token(request: Request) -> Response:
    """POST form: password or refresh_token grant."""
    form = dict(parse_qsl((await request.body()).decode()))
    cluedin = cluedin_of(request)
    with cluedin.store.lock:
        try:
            return JSONResponse(cluedin.tokens.grant(form, cluedin.switches, issuer_of(request)))
        except OAuthError as error:
            body = {"error": error.error, "error_description": error.description}
            return JSONResponse(body, HTTPStatus.BAD_REQUEST)


async def openid_configuration(request: Request) -> Response:
    """Discovery document."""
    issuer = issuer_of(request)
    return JSONResponse(
        {
            "issuer": issuer,
            "jwks_uri": f"{issuer}.well-known/openid-configuration/jwks",
            "token_endpoint": f"{issuer}connect/token",
            "grant_types_supported": ["password", "refresh_token"],
            "scopes_supported": SCOPE.split(),
            "id_token_signing_alg_values_supported": ["RS256"],
        }
    )


async def jwks(_: Request) -> Response:
    """The key that signs tokens."""
    return JSONResponse({"keys": [_public_key()]})


@cache
def _public_key() -> dict[str, str]:
    numbers = signing_key().public_key().public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": KEY_ID,
        "n": _encode(numbers.n),
        "e": _encode(numbers.e),
    }


def _encode(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()


async def user(request: Request) -> Response:
    """GET ?id: one account, the caller's by default: {client: {Id, ...}, entity}."""
    caller = caller_of(request)
    if caller is None:
        return unauthorized()
    found = cluedin_of(request).store.users.get(request.query_params.get("id") or caller.user_id)
    if found is None:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    client = {"Id": found.id, "UserName": found.username, "Email": found.username, "Roles": list(found.roles)}
    return JSONResponse({"client": client, "entity": None})


async def accounts(request: Request) -> Response:
    """GET: all accounts [{Account: {Id, UserName}, Entity}]."""
    if caller_of(request) is None:
        return unauthorized()
    listed = [describe_user(found) for found in cluedin_of(request).store.users.values()]
    return JSONResponse([{"Account": item["account"], "Entity": item["entity"]} for item in listed])


async def organization_available(request: Request) -> Response:
    """GET ?clientId: is the name free?"""
    taken = request.query_params.get("clientId") == cluedin_of(request).store.organization.client_id
    return JSONResponse({"isAvailable": not taken})


async def username_available(request: Request) -> Response:
    """GET ?username: is the name free?"""
    wanted = request.query_params.get("username")
    taken = any(found.username == wanted for found in cluedin_of(request).store.users.values())
    return JSONResponse({"isAvailable": not taken})


ROUTES = [
    Route("/auth/connect/token", token, methods=["POST"], name="auth.token"),
    Route("/auth/.well-known/openid-configuration", openid_configuration, name="auth.discovery"),
    Route("/auth/.well-known/openid-configuration/jwks", jwks, name="auth.jwks"),
    Route("/auth/api/account/user", user, name="auth.user"),
    Route("/auth/api/account/accounts", accounts, name="auth.accounts"),
    Route("/auth/api/account/available", organization_available, name="auth.organization_available"),
    Route("/auth/api/account/username", username_available, name="auth.username_available"),
]
