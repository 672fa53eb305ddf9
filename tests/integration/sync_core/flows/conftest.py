"""One organization and one storage account a test."""

from collections.abc import Callable, Iterator

import pytest

from local.azurite import Azurite
from local.cluedin.app import make_app as make_cluedin_app
from local.cluedin.simulator import CluedIn
from local.cluedin.switches import CluedInSwitches
from local.simulation import serve
from tests.integration.sync_core.flows.bench import Bench, make_app


@pytest.fixture
def fresh_storage(azurite_server: Azurite, _unused_accounts: Iterator[str]) -> Callable[[], str]:
    """Return connection strings of accounts that nothing used before."""
    return lambda: azurite_server.connection_string(next(_unused_accounts))


@pytest.fixture
def cluedin() -> CluedIn:
    """An organization where what was made is seen at once."""
    return CluedIn(CluedInSwitches(read_after_create_lag_s=0))


@pytest.fixture
def cluedin_url(cluedin: CluedIn) -> Iterator[str]:
    """Where the organization listens."""
    with serve(make_cluedin_app(cluedin)) as url:
        yield url


@pytest.fixture
def bench(cluedin_url: str, storage: str, cluedin: CluedIn) -> Bench:
    """One app at work."""
    return Bench(make_app(cluedin_url, storage), cluedin)


@pytest.fixture
def amnesiac(cluedin_url: str, fresh_storage: Callable[[], str], cluedin: CluedIn) -> Bench:
    """The same organization, and an app whose whole state is lost."""
    return Bench(make_app(cluedin_url, fresh_storage()), cluedin)


@pytest.fixture
def rival(cluedin_url: str, storage: str, cluedin: CluedIn) -> Bench:
    """A second process of the same app, on the same storage."""
    return Bench(make_app(cluedin_url, storage), cluedin)
