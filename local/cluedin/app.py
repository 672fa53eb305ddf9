"""Puts the CluedIn simulator together: `serve(make_app())` is an organization."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from local import simulation
from local.cluedin.admin.routes import admin_routes
from local.cluedin.simulator import CluedIn
from local.cluedin.wire import auth_routes, organization_routes, server_routes
from local.cluedin.wire.graphql import GraphQLRequest, name_operation
from local.simulation.operation import name_by_route

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.routing import BaseRoute
    from starlette.types import Scope

ROUTES: list[BaseRoute] = [
    *auth_routes.ROUTES,
    *organization_routes.ROUTES,
    *server_routes.ROUTES,
    organization_routes.CATCH_ALL,
]
_GRAPHQL_PATHS = ("/graphql", "/api/api/graphql")
_name_route = name_by_route(ROUTES)


def make_app(cluedin: CluedIn | None = None) -> Starlette:
    """The app over an organization, by default a new one; it is at `app.state.simulator`.

    In the request log and in fault rules, GraphQL operations are named by namespace and field, such as
    `inbound.createDataSourceSet`; REST ones by route, such as `auth.token` or `upload.endpoint`.
    """
    cluedin = cluedin or CluedIn()
    return simulation.make_app(ROUTES, cluedin, admin_routes=admin_routes(cluedin), name_operation=_name)


def _name(scope: Scope, body: bytes) -> str | None:
    if scope["path"] in _GRAPHQL_PATHS and scope["method"] == "POST":
        try:
            return name_operation(GraphQLRequest(json.loads(body))) or _name_route(scope, body)
        except ValueError:
            return _name_route(scope, body)
    return _name_route(scope, body)
