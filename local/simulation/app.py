"""Puts a simulator together: its routes, the admin routes, and the layer that logs and faults."""

from collections.abc import Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount

from local.simulation.admin import Admin
from local.simulation.middleware import ADMIN_PREFIX, ObservedApp
from local.simulation.operation import OperationNamer, name_by_route
from local.simulation.simulator import Simulator


def make_app(
    routes: Sequence[BaseRoute],
    simulator: Simulator[Any],
    *,
    admin_routes: Sequence[BaseRoute] = (),
    name_operation: OperationNamer | None = None,
    middleware: Sequence[Middleware] = (),
) -> Starlette:
    """The app to `serve` or `run`; the simulator is at `app.state.simulator`.

    `admin_routes` are this simulator's own, with paths such as `/tag`; they stand under `/_simulator` beside those of
    the kit, never logged, never faulted. `name_operation` names operations that a route does not tell, such as those of
    GraphQL; it gets the scope and the whole body. `middleware` runs inside the log, so what it refuses is logged too.
    """
    observed = Middleware(ObservedApp, simulator=simulator, name_operation=name_operation or name_by_route(routes))
    admin = Mount(ADMIN_PREFIX, routes=[*admin_routes, *Admin(simulator).routes()])
    app = Starlette(routes=[admin, *routes], middleware=[observed, *middleware])
    app.state.simulator = simulator
    return app
