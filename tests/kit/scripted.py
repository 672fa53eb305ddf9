"""A service that answers what a test tells it to, and remembers what it was asked."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.server import ABORT_EXTENSION
from local.simulation import Simulator, serve
from sync_core.http.client import HttpClient
from sync_core.http.failures import Service

LIBRARY = Service(
    name="library",
    title="The Library",
    url_setting="LIBRARY_URL",
    credentials_remedy="Check LIBRARY_PASSWORD.",
    rights_remedy="Give the app a library card.",
)
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    target: str
    """Path and query as they came."""


@dataclass
class Scripted:
    """Gives the answers in their order, then `{}`; None breaks the connection without an answer."""

    answers: list[Response | Callable[[Asked], Response] | None] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: Request) -> Response:
        url, target = request.url, f"{request.scope['raw_path'].decode()}?{request.url.query}"
        asked = Asked(request.method, url.path, url.query, dict(request.headers), await request.body(), target)
        self.asked.append(asked)
        answer = self.answers.pop(0) if self.answers else JSONResponse({})
        if answer is None:
            request.scope["extensions"][ABORT_EXTENSION]["abort"]()
            return Response()
        return answer if isinstance(answer, Response) else answer(asked)

    def reset(self) -> None:
        """Start anew."""
        self.answers.clear()
        self.asked.clear()

    def headers(self, name: str) -> list[str | None]:
        """One header of each request, in order."""
        return [asked.headers.get(name) for asked in self.asked]


@contextmanager
def scripted() -> Iterator[Scripted]:
    """Serve a scripted service."""
    service = Scripted()
    route = Route("/{path:path}", service.answer, methods=METHODS)
    with serve(Starlette(routes=[route])) as url:
        service.url = url
        yield service


def make_door(service: Scripted, **parts: Any) -> HttpClient:
    """A door to the service that does not really wait between tries."""
    return HttpClient(LIBRARY, service.url, **{"sleep": lambda _: None, **parts})


@dataclass
class NumberedTokens:
    """Tokens `token-1`, `token-2`...: a new one at each renewal."""

    number: int = 1
    refused: list[str] = field(default_factory=list)

    def token(self) -> str:
        return f"token-{self.number}"

    def renew(self, refused: str) -> str:
        self.refused.append(refused)
        self.number += 1
        return self.token()


def operations(simulator: Simulator[Any], since: int = 0) -> list[str | None]:
    """What a simulator was asked, once it has written down the answers that are already here."""
    deadline = time.monotonic() + 5
    while simulator.log._under_way and time.monotonic() < deadline:
        time.sleep(0.001)
    return [record.operation for record in simulator.log.since(since)]
