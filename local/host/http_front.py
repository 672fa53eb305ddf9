"""HTTP triggers: finds the function for a request, checks the key, runs it, writes its answer."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local.host.access import Keys
from local.host.bindings import Datum
from local.host.http_payload import HttpCall, make_http_value
from local.host.indexing import IndexedFunction
from local.host.invoker import Invoker
from local.host.route import Route

_REASON = "This function was programmatically called via the host APIs."


class HttpFront:
    """All HTTP functions of the app."""

    def __init__(self, functions: Sequence[IndexedFunction], prefix: str, invoker: Invoker, keys: Keys) -> None:
        self._invoker, self._keys = invoker, keys
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
        if not self._keys.open(function.trigger.get("authLevel", "FUNCTION"), request):
            return Response(status_code=401)
        value = make_http_value(_to_call(request, route_parameters, await request.body()))
        outcome = await asyncio.wrap_future(self._invoker.submit(function, lambda: value, _REASON))
        if outcome.value is None:
            return Response(status_code=500)
        return _to_response(outcome.value)

    def _find(self, request: Request) -> tuple[IndexedFunction, dict[str, str]] | None:
        path = request.scope["path"].strip("/")
        for route, function in self._routes:
            methods = function.trigger.get("methods")
            parameters = route.match(path)
            if parameters is not None and (not methods or request.method in methods):
                return function, parameters
        return None


def _to_call(request: Request, route_parameters: Mapping[str, str], body: bytes) -> HttpCall:
    return HttpCall(
        method=request.method,
        url=str(request.url),
        headers={name: ",".join(request.headers.getlist(name)) for name in request.headers},
        query={name: ",".join(request.query_params.getlist(name)) for name in request.query_params},
        route=route_parameters,
        body=body,
    )


def _to_response(datum: Datum) -> Response:
    if datum.type == "string":
        return Response(datum.value, media_type="text/plain")
    fields: dict[str, Any] = datum.value
    headers = {name: value.value for name, value in fields["headers"].items()}
    response = Response(fields["body"].value, int(fields["status_code"].value), headers)
    for cookie in fields.get("cookies") or []:
        response.headers.append("set-cookie", cookie.output(header="").strip())
    return response
