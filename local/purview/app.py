"""The simulator as an ASGI app."""

from starlette.applications import Starlette

from local import simulation
from local.purview.admin.routes import admin_routes
from local.purview.simulator import Purview
from local.purview.switches import PurviewSwitches
from local.purview.wire.routes import purview_routes


def make_app(switches: PurviewSwitches | None = None, *, purview: Purview | None = None) -> Starlette:
    """An empty account, or the one given; the simulator is at `app.state.simulator`."""
    purview = purview or Purview(switches)
    return simulation.make_app(purview_routes(purview), purview, admin_routes=admin_routes(purview))
