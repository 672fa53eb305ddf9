"""A service that does as it is told, and one that nobody should be led to."""

from collections.abc import Iterator

import pytest

from tests.integration.sync_core.clients.scripted import Scripted, scripted


@pytest.fixture(scope="session")
def _scripted_services() -> Iterator[tuple[Scripted, Scripted]]:
    with scripted() as one, scripted() as other:
        yield one, other


@pytest.fixture
def service(_scripted_services: tuple[Scripted, Scripted]) -> Scripted:
    """A service that does what the test tells it to."""
    _scripted_services[0].reset()
    return _scripted_services[0]


@pytest.fixture
def elsewhere(_scripted_services: tuple[Scripted, Scripted]) -> Scripted:
    """A service that nobody should be led to."""
    _scripted_services[1].reset()
    return _scripted_services[1]
