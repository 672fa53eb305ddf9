"""The whole app over real storage and simulated services, and two services that do as they are told."""

from collections.abc import Iterator

import pytest

from local.stack import TERM
from sync_core.logs import quieten_libraries

# The same stage as that of the flows' own tests.
from tests.integration.sync_core.conftest import (
    cluedin,
    new_estate,
    new_small_estate,
    purview,
    services,
    small_estate,
)
from tests.integration.sync_core.estate import Estate
from tests.integration.sync_core.scripted import Scripted, scripted
from tests.security.names import NAMES

__all__ = ["cluedin", "new_estate", "new_small_estate", "purview", "services", "small_estate"]


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


@pytest.fixture(autouse=True)
def _protected_logs() -> None:
    """What the app does when it is first built."""
    quieten_libraries()


@pytest.fixture
def hostile_estate(small_estate: Estate) -> Estate:
    """An estate in which someone gave every one of these names, each as a qualified name too."""
    small_estate.cluedin.patch_switches({"record_bodies": True})
    for name in NAMES.values():
        small_estate.act("add_asset", name=name, qualifiedName=f"https://x.example/{name}", terms=[TERM])
    small_estate.sync()
    return small_estate
