"""The README names every operation, switch and admin route that there is."""

import re
from pathlib import Path

import pytest
from starlette.routing import Route

import local.purview
from local.purview import Purview, PurviewSwitches
from local.purview.admin.routes import ACTIONS
from local.purview.estate import SEEDS
from local.purview.wire.routes import purview_routes

README = (Path(local.purview.__file__).parent / "README.md").read_text(encoding="utf-8")


def test_every_operation_is_listed() -> None:
    operations = {route.name for route in purview_routes(Purview()) if isinstance(route, Route)}
    assert operations <= set(re.findall(r"\w+", README))


@pytest.mark.parametrize("switch", PurviewSwitches.model_fields)
def test_every_switch_is_listed(switch: str) -> None:
    assert f"`{switch}`" in README


@pytest.mark.parametrize("route", ACTIONS)
def test_every_admin_route_is_listed(route: str) -> None:
    assert f"`{route}`" in README


@pytest.mark.parametrize("seed", SEEDS)
def test_every_seed_is_named(seed: str) -> None:
    assert f'"name": "{seed}"' in README
