"""One organization for all tests of this folder, as new for each; no read-after-create lag unless a test sets it."""

from __future__ import annotations

from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from local.cluedin.app import make_app
from local.cluedin.driver import Driver
from local.cluedin.simulator import CluedIn
from local.cluedin.switches import CluedInSwitches
from local.simulation import serve

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def _served() -> Iterator[tuple[CluedIn, str]]:
    with (
        closing(CluedIn(CluedInSwitches(read_after_create_lag_s=0))) as simulator,
        serve(make_app(simulator)) as base_url,
    ):
        yield simulator, base_url


@pytest.fixture
def cluedin(_served: tuple[CluedIn, str]) -> CluedIn:
    simulator, _ = _served
    simulator.reset_all()
    return simulator


@pytest.fixture
def driver(cluedin: CluedIn, _served: tuple[CluedIn, str]) -> Driver:  # noqa: ARG001 - resets
    return Driver(_served[1])


class Receiver(ThreadingHTTPServer):
    """Keeps what it gets: (method, path, headers, body); answers POSTs with the statuses it was told, then 202."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[tuple[str, str, dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.head_status = 200
        self.url = f"http://127.0.0.1:{self.server_port}/api/webhooks/cluedin/data-set-processed?code=key"

    @property
    def posts(self) -> list[tuple[dict[str, str], bytes]]:
        return [(headers, body) for method, _, headers, body in self.received if method == "POST"]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self._answer(self.server.statuses.pop(0) if self.server.statuses else 202)

    def do_HEAD(self) -> None:
        self._answer(self.server.head_status)

    def _answer(self, status: int) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.received.append((self.command, self.path, dict(self.headers), body))
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
