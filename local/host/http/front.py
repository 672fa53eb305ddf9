"""HTTP triggers: finds the function for a request, checks the key, runs it, writes its answer.

Measured with host 4.1037: a body without Content-Length reaches no function (host#7930), one of more than 100 MB is an
empty 500, and 404 comes before any look at a key.
"""

import asyncio
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local.host.dispatcher import Dispatcher
from local.host.http.access import Keys
from local.host.http.payload import HttpCall, make_http_value
from local.host.http.query import read_query
from local.host.http.route import Route
from local.host.worker.messages import FunctionMetadata, HttpAnswer

LARGEST_BODY_BYTES = 104_857_600
_REASON = "This function was programmatically called via the host APIs."


class HttpFront:
    """All HTTP functions of the app."""

    def __init__(
        self,
        functions: Sequence[FunctionMetadata],
        prefix: str,
        dispatcher: Dispatcher,
        keys: Keys,
        *,
        passes_chunked_bodies: bool,
    ) -> None:
        self._dispatcher, self._keys, self._passes_chunked_bodies = dispatcher, keys, passes_chunked_bodies
        routes = [(Route(f"{prefix}/{function.trigger['route']}".strip("/")), function) for function in functions]
        self._routes = sorted(routes, key=lambda pair: pair[0].parameter_count)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be an ASGI app."""
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """Answer a request; 404 also where only the method does not fit, as the real host does."""
        found = self._find(request)
        if found is None:
            return Response(status_code=404)
        function, route_parameters = found
        if not self._keys.open(function.name, function.trigger.get("authLevel", "FUNCTION"), request):
            return Response(status_code=401)
        if int(request.headers.get("content-length", 0)) > LARGEST_BODY_BYTES:
            return Response(status_code=500)
        value = make_http_value(_to_call(request, route_parameters, await self._read_body(request)))
        outcome = await asyncio.wrap_future(self._dispatcher.submit(function.name, lambda: value, _REASON))
        return _to_response(outcome.answer) if outcome.answer else Response(status_code=500)

    def _find(self, request: Request) -> tuple[FunctionMetadata, dict[str, str]] | None:
        path = request.scope["path"].strip("/")
        for route, function in self._routes:
            methods = function.trigger.get("methods")
            parameters = route.match(path)
            if parameters is not None and (not methods or request.method in methods):
                return function, parameters
        return None

    async def _read_body(self, request: Request) -> bytes:
        body = await request.body()
        has_length = "content-length" in request.headers
        return body if has_length or self._passes_chunked_bodies else b""


def _to_call(request: Request, route_parameters: Mapping[str, str], body: bytes) -> HttpCall:
    return HttpCall(
        method=request.method,
        url=str(request.url),
        headers={name: ",".join(request.headers.getlist(name)) for name in request.headers},
        query=read_query(request),
        route=route_parameters,
        body=body,
    )


def _to_response(answer: HttpAnswer) -> Response:
    response = Response(answer.body, answer.status, dict(answer.headers))
    for cookie in answer.cookies:
        response.headers.append("set-cookie", cookie)
    return response
