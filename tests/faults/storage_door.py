"""A door in front of Azurite: counts what is asked of storage, loses answers, and stays when Azurite is restarted."""

import http.client
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.azurite import Azurite
from local.simulation import ConnectionLostError, Simulator, SwitchSet, make_app, serve

SERVICES = ("Blob", "Queue", "Table")
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "MERGE", "DELETE", "OPTIONS"]
NOT_FORWARDED = {"connection", "transfer-encoding", "content-length", "keep-alive", "date"}  # the door tells its own
TIMEOUT_S = 30


class StorageDoor(Simulator[SwitchSet]):
    """One of Azurite's services, at an address that stays."""

    name = "storage"

    def __init__(self) -> None:
        super().__init__(SwitchSet())
        self.target: str | None = None

    def reset(self) -> None:
        """Nothing to forget."""

    def seed(self, options: Mapping[str, Any]) -> None:
        """Nothing to fill."""

    def dump(self) -> None:
        """Nothing to tell."""

    async def forward(self, request: Request) -> Response:
        """Hand a request on as it is, to the byte: it is signed."""
        body = await request.body()
        path = request.scope["raw_path"].decode()
        query = request.scope["query_string"].decode()
        headers = {name: value for name, value in request.headers.items() if name not in NOT_FORWARDED}
        url = f"{path}?{query}" if query else path
        return await run_in_threadpool(self._exchange, request.method, url, body, headers)

    def _exchange(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> Response:
        if self.target is None:
            raise ConnectionLostError("Azurite is down")
        connection = http.client.HTTPConnection(urlsplit(self.target).netloc, timeout=TIMEOUT_S)
        try:
            connection.request(method, url, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except OSError as error:
            raise ConnectionLostError("Azurite is going down") from error
        finally:
            connection.close()
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in NOT_FORWARDED}
        return Response(content, answer.status, kept)


@dataclass(frozen=True)
class Doors:
    """The doors of all services, and where they are."""

    doors: Mapping[str, StorageDoor]
    endpoints: Mapping[str, str]

    def lead_to(self, azurite: Azurite | None) -> None:
        """Open all doors to an Azurite, or to nothing."""
        for service, door in self.doors.items():
            door.target = azurite.endpoints[service] if azurite else None

    def connection_string(self, azurite: Azurite, account: str) -> str:
        """Return the connection string of an account behind the doors."""
        return Azurite(self.endpoints, azurite.keys).connection_string(account)

    def calls(self) -> int:
        """Return how many calls came so far."""
        return sum(door.log.last_seq for door in self.doors.values())


@contextmanager
def open_doors(new_door: Callable[[], StorageDoor] = StorageDoor) -> Iterator[Doors]:
    """Keep the doors for as long as the block lasts; they lead to nothing at first."""
    doors = {service: new_door() for service in SERVICES}
    with ExitStack() as parts:
        endpoints = {}
        for service, door in doors.items():
            route = Route("/{path:path}", door.forward, methods=METHODS, name=service)
            endpoints[service] = parts.enter_context(serve(make_app([route], door)))
        yield Doors(doors, endpoints)
