"""Runs an app on a real socket of loopback: in a thread for tests, or as a process."""

import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
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


def _configure(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=_BreakableProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE_S,
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
    server = uvicorn.Server(_configure(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name=f"serve {base_url}", daemon=True)
    thread.start()
    try:
        _await_start(server, thread)
        yield base_url
    finally:
        server.should_exit = True
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
        uvicorn.Server(_configure(app)).run(sockets=[listener])


def _exit(signum: int, _: FrameType | None) -> None:
    """Uvicorn hands the signal on after it has closed its connections."""
    _log.info("ended by signal %s", signum)
    sys.exit(0)
