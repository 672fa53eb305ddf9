"""An organization on loopback with other people's data in it, as new for each test."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from local.cluedin.app import make_app
from local.cluedin.driver import Driver
from local.cluedin.seed import Seed
from local.cluedin.simulator import CluedIn
from local.cluedin.switches import CluedInSwitches
from local.simulation import serve

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def _served() -> Iterator[tuple[CluedIn, str]]:
    switches = CluedInSwitches(read_after_create_lag_s=0)
    with (
        closing(CluedIn(switches, first_seed=Seed(name="estate"))) as simulator,
        serve(make_app(simulator)) as base_url,
    ):
        yield simulator, base_url


@pytest.fixture
def cluedin_simulator(_served: tuple[CluedIn, str]) -> CluedIn:
    simulator, _ = _served
    simulator.reset_all()
    return simulator


@pytest.fixture
def driver(cluedin_simulator: CluedIn, _served: tuple[CluedIn, str]) -> Driver:  # noqa: ARG001 - resets
    return Driver(_served[1])
