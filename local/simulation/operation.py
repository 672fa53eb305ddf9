"""Naming the operation of a request: the route's name, or what the simulator says."""

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import Scope

SCOPE_KEY = "simulator.operation"

OperationNamer = Callable[[Scope, bytes], str | None]
"""Names the operation of a request before it runs, from its scope and its whole body."""


def set_operation(request: Request, name: str) -> None:
    """Name the operation from inside a handler; for the log only, faults have been decided by then."""
    request.scope[SCOPE_KEY] = name


def name_by_route(routes: Sequence[BaseRoute]) -> OperationNamer:
    """The default namer: the `name` of the matching route."""

    def name(scope: Scope, _: bytes) -> str | None:
        return _find_route_name(routes, scope)

    return name


def _find_route_name(routes: Sequence[BaseRoute], scope: Scope) -> str | None:
    for route in routes:
        match, child_scope = route.matches(scope)
        if match is Match.FULL:
            if isinstance(route, Mount):
                return _find_route_name(route.routes, {**scope, **child_scope})
            return getattr(route, "name", None)
    return None
