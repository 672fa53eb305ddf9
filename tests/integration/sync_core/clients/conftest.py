"""Scripted services and a CluedIn organization, as new for each test; starting one takes longer than most tests."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from local.cluedin.app import make_app
from local.cluedin.simulator import CluedIn
from local.cluedin.switches import CluedInSwitches
from local.simulation import serve
from tests.integration.sync_core.clients.scripted import Scripted, operations, scripted


@pytest.fixture(scope="session")
def _services() -> Iterator[tuple[Scripted, Scripted]]:
    with scripted() as one, scripted() as other:
        yield one, other


@pytest.fixture
def service(_services: tuple[Scripted, Scripted]) -> Scripted:
    """A service that does what the test tells it to."""
    _services[0].reset()
    return _services[0]


@pytest.fixture
def elsewhere(_services: tuple[Scripted, Scripted]) -> Scripted:
    """A service that nobody should be led to."""
    _services[1].reset()
    return _services[1]


@pytest.fixture(scope="session")
def _organization() -> Iterator[tuple[CluedIn, str]]:
    with (
        closing(CluedIn(CluedInSwitches(read_after_create_lag_s=0, record_bodies=True))) as simulator,
        serve(make_app(simulator)) as url,
    ):
        yield simulator, url


@pytest.fixture
def cluedin(_organization: tuple[CluedIn, str]) -> CluedIn:
    """An organization where what was made is seen at once."""
    simulator, _ = _organization
    operations(simulator)  # the last test's answers must not be written down after the reset
    simulator.reset_all()
    return simulator


@pytest.fixture
def cluedin_url(cluedin: CluedIn, _organization: tuple[CluedIn, str]) -> str:  # noqa: ARG001  # resets
    """Where the organization listens."""
    return _organization[1]
