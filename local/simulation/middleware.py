"""The ASGI layer around a simulator's routes: logs each request and lets faults strike."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local.server import ABORT_EXTENSION
from local.simulation.faults import Effect
from local.simulation.operation import SCOPE_KEY, OperationNamer
from local.simulation.request_log import RequestRecord
from local.simulation.simulator import Simulator, SwitchSet

ADMIN_PREFIX = "/_simulator"

IMPOSTORS = {
    "a page": Effect(
        status=200,
        headers={"Content-Type": "text/html"},
        body="<!DOCTYPE html><html><head><title>Sign in to your account</title></head></html>",
    ),
    "nothing": Effect(status=200),
    "other json": Effect(status=200, body={"status": "ok", "version": "1.0"}),
    "no such path": Effect(status=404, body={"error": {"code": "RequestUriNotFound", "message": "No such path"}}),
}
"""What somebody else at the address answers, whatever is asked."""


class ConnectionLostError(ConnectionError):
    """The simulated network failed: raise it in a handler to break the connection as a fault does.

    In-process test clients, which have no connection to break, see the error itself.
    """


@dataclass(slots=True)
class _Exchange:
    """One request on its way: its body, and what was sent back so far."""

    seq: int
    concurrent: int
    body: bytes
    arrived_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: float = field(default_factory=time.perf_counter)
    status: int | None = None
    response: bytearray = field(default_factory=bytearray)
    fault: int | None = None
    is_logged: bool = False


class ObservedApp:
    """Wraps an ASGI app: everything but admin requests is logged and may be struck by a fault."""

    def __init__(self, app: ASGIApp, simulator: Simulator[SwitchSet], name_operation: OperationNamer) -> None:
        self._app, self._simulator, self._name_operation = app, simulator, name_operation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Log and answer one request."""
        if scope["type"] != "http" or scope["path"].startswith(ADMIN_PREFIX + "/"):
            await self._app(scope, receive, send)
            return
        body = await _read_body(receive)
        exchange = _Exchange(*self._simulator.log.arrive(), body)
        scope[SCOPE_KEY] = self._name_operation(scope, body)
        try:
            await self._answer(scope, receive, send, exchange)
        except ConnectionLostError:
            self._log(scope, exchange)
            await _break_connection(scope, receive)
        finally:
            self._log(scope, exchange)

    def _log(self, scope: Scope, exchange: _Exchange) -> None:
        """Keep the record before the client has its answer, so that who was answered finds the request in the log."""
        if not exchange.is_logged:
            exchange.is_logged = True
            self._simulator.log.leave(self._record(scope, exchange))

    def _observe(self, scope: Scope, send: Send, exchange: _Exchange) -> Send:
        keep_body = self._simulator.switches.record_bodies

        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
            elif keep_body:
                exchange.response += message.get("body", b"")
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                self._log(scope, exchange)
            await send(message)

        return observed

    async def _answer(self, scope: Scope, receive: Receive, send: Send, exchange: _Exchange) -> None:
        query = scope.get("query_string", b"").decode()
        body = exchange.body.decode(errors="replace")
        struck = self._simulator.faults.strike(scope["method"], scope["path"], scope[SCOPE_KEY], query, body)
        observed = self._observe(scope, send, exchange)
        replayed = _replay(exchange.body, receive)
        if struck is None and self._simulator.switches.answers_as != "itself":
            await _send_effect(IMPOSTORS[self._simulator.switches.answers_as], observed)
            return
        if struck is None:
            await self._app(scope, replayed, observed)
            return
        exchange.fault, effect = struck
        await asyncio.sleep(effect.delay_s)
        if effect.status is not None:
            await _send_effect(effect, observed)
        elif effect.drop is None:
            await self._app(scope, replayed, observed)
        else:
            if effect.drop == "after":
                await self._app(scope, replayed, _swallow)
            raise ConnectionLostError("dropped by a fault")

    def _record(self, scope: Scope, exchange: _Exchange) -> RequestRecord:
        bodies = self._simulator.switches.record_bodies
        return RequestRecord(
            seq=exchange.seq,
            at=exchange.arrived_at.isoformat(),
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode(),
            operation=scope[SCOPE_KEY],
            status=exchange.status,
            duration_ms=round((time.perf_counter() - exchange.started) * 1000, 2),
            concurrent=exchange.concurrent,
            fault=exchange.fault,
            request_body=exchange.body.decode(errors="replace") if bodies else None,
            response_body=exchange.response.decode(errors="replace") if bodies else None,
        )


async def _read_body(receive: Receive) -> bytes:
    chunks = bytearray()
    more = True
    while more:
        message = await receive()
        chunks += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    return bytes(chunks)


def _replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """The body was read to name the operation: hand it to the app as one piece."""
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return replayed


async def _swallow(_: Message) -> None:
    """The answer that nobody gets."""


async def _send_effect(effect: Effect, send: Send) -> None:
    headers = {name.lower(): value for name, value in effect.headers.items()}
    if effect.body is None:
        body = b""
    elif isinstance(effect.body, str):
        body = effect.body.encode()
        headers.setdefault("content-type", "text/plain; charset=utf-8")
    else:
        body = json.dumps(effect.body).encode()
        headers.setdefault("content-type", "application/json")
    headers["content-length"] = str(len(body))
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": effect.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def _break_connection(scope: Scope, receive: Receive) -> None:
    abort = scope.get("extensions", {}).get(ABORT_EXTENSION)
    if abort is None:
        raise ConnectionLostError(f"{scope['method']} {scope['path']}: the connection was dropped")
    abort["abort"]()
    while (await receive())["type"] != "http.disconnect":
        """Wait until the server has seen it, or it would try to answer 500."""
