"""The `/admin/` routes of the real host that a laptop needs: status, drain, the list of functions, run one now."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from json import JSONDecodeError

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.host.http.access import Keys
from local.host.worker.messages import FunctionMetadata

StartRun = Callable[[str], None]
"""Starts a function with an input text."""

Handler = Callable[[Request], Awaitable[Response]]
_VERSION = "local"


class Admin:
    """The handlers."""

    def __init__(
        self,
        functions: Mapping[str, FunctionMetadata],
        errors: Mapping[str, str],
        runs: Mapping[str, StartRun],
        keys: Keys,
        drain: Callable[[], None],
    ) -> None:
        self._functions, self._errors, self._runs, self._keys, self._drain = functions, errors, runs, keys, drain
        self._started = time.monotonic()

    def routes(self) -> list[Route]:
        """For the host's application."""
        return [
            Route("/admin/host/ping", self._ping, methods=["GET", "POST"]),
            Route("/admin/host/status", self._guard(self._show_status), methods=["GET"]),
            Route("/admin/host/drain", self._guard(self._start_drain), methods=["POST"]),
            Route("/admin/functions", self._guard(self._list), methods=["GET"]),
            Route("/admin/functions/{name}", self._guard(self._run), methods=["POST"], name="run_function"),
            Route("/admin/functions/{name}/status", self._guard(self._show_errors), methods=["GET"]),
        ]

    def _guard(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            return await handler(request) if self._keys.open_admin(request) else Response(status_code=401)

        return guarded

    async def _ping(self, _: Request) -> Response:
        return Response()

    async def _show_status(self, _: Request) -> Response:
        uptime_ms = int((time.monotonic() - self._started) * 1000)
        return JSONResponse({"id": "local", "state": "Running", "version": _VERSION, "processUptime": uptime_ms})

    async def _start_drain(self, _: Request) -> Response:
        """Start no more work of timers and queues; what runs goes on."""
        self._drain()
        return Response(status_code=HTTPStatus.ACCEPTED)

    async def _list(self, request: Request) -> Response:
        return JSONResponse(
            [
                {
                    "name": function.name,
                    "href": str(request.url_for("run_function", name=function.name)),
                    "language": "python",
                    "config": {"name": function.name, "bindings": list(function.bindings)},
                }
                for function in self._functions.values()
            ]
        )

    async def _run(self, request: Request) -> Response:
        """Answer at once: only the log tells how the run ended."""
        name = request.path_params["name"]
        if name not in self._runs:
            is_http = name in self._functions and self._functions[name].trigger["type"] == "httpTrigger"
            return Response(status_code=HTTPStatus.BAD_REQUEST if is_http else HTTPStatus.NOT_FOUND)
        try:
            body = await request.json()
        except JSONDecodeError:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        await asyncio.to_thread(self._runs[name], str(body.get("input") or ""))
        return Response(status_code=HTTPStatus.ACCEPTED)

    async def _show_errors(self, request: Request) -> Response:
        name = request.path_params["name"]
        return JSONResponse({"errors": [self._errors[name]]} if name in self._errors else {})
