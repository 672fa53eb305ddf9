"""Runs an app on a real socket of loopback: in a thread for tests, or as a process."""

import asyncio
import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from local.listening import announce

ABORT_EXTENSION = "simulator.abort"
"""In the scope of a request: how an app breaks its connection."""
LOOPBACK = "127.0.0.1"
START_TIMEOUT_S = 10.0
GRACE_S = 2
TICK_S = 0.1  # uvicorn counts on it: each tenth tick is a new date
KEEP_ALIVE_S = 60  # as long as services do: a client that comes again after five seconds must not meet a closing door
BACKLOG = 2048

_log = logging.getLogger(__name__)


class _BreakableProtocol(H11Protocol):
    """HTTP/1.1 whose connections the app can break, which ASGI itself does not offer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = partial(self._run, self.app)

    async def _run(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[ABORT_EXTENSION] = {"abort": self.transport.abort}
        await app(scope, receive, send)


class _Server(uvicorn.Server):
    """Ends as soon as it is told to and its answers are out.

    Uvicorn's own looks ten times a second whether it shall end, then waits as long for its connections, and again: with
    the three simulators of a test that was most of a second.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._end = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """End, from another thread."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._end.set)

    async def main_loop(self) -> None:
        """Wait for the end; a signal only leaves a mark, which is looked at now and then."""
        self._loop = asyncio.get_running_loop()
        ticks = count()
        while not await self.on_tick(next(ticks)):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._end.wait(), TICK_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, let answers end, and cut off what does not."""
        for listening in (*self.servers, *(sockets or ())):
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        deadline = time.monotonic() + GRACE_S
        while self._is_busy() and time.monotonic() < deadline:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.002)
        for task in self.server_state.tasks:
            task.cancel()
        await self.lifespan.shutdown()

    def _is_busy(self) -> bool:
        return bool(self.server_state.connections or self.server_state.tasks)


def _configure(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=_BreakableProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_S,
    )


def listen(host: str, port: int) -> socket.socket:
    """Listen now: a taken port is an error at once, port 0 has its number, and early clients wait in the backlog."""
    # With its protocol named, asyncio turns Nagle's algorithm off, which costs 40 ms an answer otherwise.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise OSError(f"cannot listen on {host}:{port}: {error.strerror}; is the port taken?") from error
    return listener


@contextmanager
def serve(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """Serve `app` on 127.0.0.1 in a thread for as long as the block lasts; yields the base URL without a slash.

    Raises:
        RuntimeError: when the server does not start.
    """
    listener = listen(LOOPBACK, port)
    base_url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    server = _Server(_configure(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name=f"serve {base_url}", daemon=True)
    thread.start()
    try:
        _await_start(server, thread)
        yield base_url
    finally:
        server.end()
        thread.join(timeout=START_TIMEOUT_S)
        listener.close()


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the simulator's server did not start; its log says why")
        time.sleep(0.005)


def run(app: ASGIApp, host: str = LOOPBACK, port: int = 0, name: str = "simulator") -> None:
    """Serve until SIGTERM or Ctrl-C, then end with exit code 0. Prints one line with the URL when it listens."""
    listener = listen(host, port)
    signal.signal(signal.SIGTERM, _exit)
    announce(name, f"http://{host}:{listener.getsockname()[1]}")
    with suppress(KeyboardInterrupt):
        _Server(_configure(app)).run(sockets=[listener])


def _exit(signum: int, _: FrameType | None) -> None:
    """Uvicorn hands the signal on after it has closed its connections."""
    _log.info("ended by signal %s", signum)
    sys.exit(0)
