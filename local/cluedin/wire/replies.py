"""Answers that several routes give, and the check of a Bearer token."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, JSONResponse, Response

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.cluedin.behaviour.tokens import Caller
    from local.cluedin.errors import ServiceError
    from local.cluedin.simulator import CluedIn


def cluedin_of(request: Request) -> CluedIn:
    """The simulator that this app serves."""
    simulator: CluedIn = request.app.state.simulator
    return simulator


def caller_of(request: Request) -> Caller | None:
    """Whoever the Authorization header stands for; None when it is refused."""
    return cluedin_of(request).tokens.authenticate(request.headers.get("authorization"))


def issuer_of(request: Request) -> str:
    """The `iss` of tokens: this host's /auth/."""
    return f"{request.base_url}auth/"


def unauthorized() -> Response:
    """HTTP 401; the body is unpublished."""
    return Response("Unauthorized", HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Bearer"}, "text/plain")


def refused(error: ServiceError) -> Response:
    """A service's error as a REST route gives it: the status and an array of errors."""
    body: list[dict[str, Any]] = [{"status": error.status.value, "message": error.body}]
    return JSONResponse(body, error.status)


def page(title: str, status: HTTPStatus) -> Response:
    """An HTML page, such as the user interface's server gives for what it does not know."""
    return HTMLResponse(f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>", status)
