"""The endpoint's wire format."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.identity.endpoint import IDENTITY_HEADER_VALUE, IdentityEndpoint, RefusedError
from local.identity.token import format_token
from local.simulation import make_app, serve

TOKEN_PATH = "/msi/token"


def make_identity_app(endpoint: IdentityEndpoint) -> Starlette:
    """Build the app to serve or run."""

    async def answer_token(request: Request) -> Response:
        try:
            grant = endpoint.grant(request.headers.get("x-identity-header"), request.query_params)
        except RefusedError as error:
            return JSONResponse({"statusCode": error.status, "message": str(error)}, status_code=error.status)
        return JSONResponse(
            {
                "access_token": format_token(grant),
                "client_id": grant.client_id,
                "expires_on": str(grant.expires_on),
                "not_before": str(int(grant.issued_at.timestamp())),
                "resource": grant.resource,
                "token_type": "Bearer",
            }
        )

    return make_app([Route(TOKEN_PATH, answer_token, name="Token_Get")], endpoint)


@contextmanager
def serve_identity(endpoint: IdentityEndpoint | None = None, port: int = 0) -> Iterator[Mapping[str, str]]:
    """Serve the endpoint in a thread; yields the environment variables that point `azure-identity` to it."""
    with serve(make_identity_app(endpoint or IdentityEndpoint()), port) as base_url:
        yield {"IDENTITY_ENDPOINT": base_url + TOKEN_PATH, "IDENTITY_HEADER": IDENTITY_HEADER_VALUE}
