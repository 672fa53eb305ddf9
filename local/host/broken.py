"""What the real host answers when it cannot run the app: it stays up all the same. Measured with host 4.1037."""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from local.server import serve

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@contextmanager
def serve_broken_app(port: int, *, has_host: bool) -> Iterator[str]:
    """Answer 404 everywhere for an app without functions, 503 where the host itself does not run; yields the URL."""

    async def answer(_: Request) -> Response:
        if has_host:
            return Response(status_code=404)
        return PlainTextResponse("Function host is not running.", status_code=503)

    with serve(Starlette(routes=[Route("/{path:path}", answer, methods=METHODS)]), port) as url:
        yield url
