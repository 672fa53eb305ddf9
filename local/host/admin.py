"""The `/admin/` routes of the real host that a laptop needs: status, the list of functions, run a function now.

The real host answers a run with 202 at once. This one waits for the end first, and says in the body how it went.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.host.access import Keys
from local.host.indexing import IndexedFunction
from local.host.invoker import Outcome

ManualRun = Callable[[str], Outcome]
"""Runs a function with an input text, and waits for its end."""

_VERSION = "local"


class Admin:
    """The handlers."""

    def __init__(self, functions: Mapping[str, IndexedFunction], runs: Mapping[str, ManualRun], keys: Keys) -> None:
        self._functions, self._runs, self._keys = functions, runs, keys
        self._started = time.monotonic()

    def routes(self) -> list[Route]:
        """For the host's application."""
        return [
            Route("/admin/host/ping", self._ping, methods=["GET", "POST"]),
            Route("/admin/host/status", self._guard(self._show_status), methods=["GET"]),
            Route("/admin/functions", self._guard(self._list), methods=["GET"]),
            Route("/admin/functions/{name}", self._guard(self._run), methods=["POST"], name="run_function"),
        ]

    def _guard(self, handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            return await handler(request) if self._keys.open("admin", request) else Response(status_code=401)

        return guarded

    async def _ping(self, _: Request) -> Response:
        return Response()

    async def _show_status(self, _: Request) -> Response:
        uptime_ms = int((time.monotonic() - self._started) * 1000)
        return JSONResponse({"id": "local", "state": "Running", "version": _VERSION, "processUptime": uptime_ms})

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
        name = request.path_params["name"]
        if name not in self._runs:
            known = name in self._functions
            text = f"{name} has an HTTP trigger: call its URL" if known else f"there is no function {name!r}"
            return JSONResponse({"error": text}, status_code=400 if known else 404)
        body = await request.json() if await request.body() else {}
        outcome = await asyncio.to_thread(self._runs[name], str(body.get("input") or ""))
        result = {"invocationId": outcome.invocation_id, "succeeded": outcome.succeeded, "result": outcome.describe()}
        return JSONResponse(result, status_code=202)
