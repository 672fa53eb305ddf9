"""Two scripted services, as new for each test; starting one takes longer than most tests."""

from collections.abc import Iterator

import pytest

from tests.integration.sync_core.clients.scripted import Scripted, scripted


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
