"""One organization, one Purview account and one storage account a test; the servers stay for the session."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import pytest
from hypothesis import settings

from local.azurite import Azurite
from local.cluedin.app import make_app as make_cluedin_app
from local.cluedin.simulator import CluedIn
from local.cluedin.switches import CluedInSwitches
from local.identity import serve_identity
from local.purview import Purview
from local.purview import make_app as make_purview_app
from local.purview.admin.actions import STEWARD, find_term
from local.purview.behaviour.collections import Collection
from local.purview.estate.names import COLLECTIONS
from local.simulation import Clock, serve
from local.stack import TERM
from sync_core.storage.connection import Patience, StorageConnection
from sync_core.storage.table import Table
from tests.integration.sync_core.bench import Bench, make_app
from tests.integration.sync_core.estate import Estate, make_estate_app
from tests.integration.sync_core.scripted import Scripted, scripted

# Property-based tests repeat the same examples in each run, and take the time that a busy machine needs.
settings.register_profile("calm", deadline=None, derandomize=True)
settings.load_profile("calm")

SMALL_ESTATE = {"Orders", "Customers"}
IMPATIENT = Patience(retries=0, backoff_s=0, timeout_s=2)


@dataclass(frozen=True)
class Services:
    """The simulated services and where they listen; one clock for all."""

    clock: Clock
    cluedin: CluedIn
    purview: Purview
    cluedin_url: str
    purview_url: str
    identity: Mapping[str, str]


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """Servers whose simulators every test resets. In CluedIn what was made is seen at once."""
    clock = Clock()
    cluedin, purview = (
        CluedIn(CluedInSwitches(read_after_create_lag_s=0, record_bodies=True), clock=clock),
        Purview(clock=clock),
    )
    with ExitStack() as parts:
        cluedin_url = parts.enter_context(serve(make_cluedin_app(cluedin)))
        purview_url = parts.enter_context(serve(make_purview_app(purview=purview)))
        identity = parts.enter_context(serve_identity())
        yield Services(clock, cluedin, purview, cluedin_url, purview_url, identity)


@pytest.fixture
def fresh_storage(azurite_server: Azurite, _unused_accounts: Iterator[str]) -> Callable[[], str]:
    """Return connection strings of accounts that nothing used before."""
    return lambda: azurite_server.connection_string(next(_unused_accounts))


@pytest.fixture
def cluedin(services: Services) -> CluedIn:
    """An organization that has just been made."""
    services.cluedin.reset_all()
    return services.cluedin


@pytest.fixture
def cluedin_url(services: Services, cluedin: CluedIn) -> str:
    """Where the organization listens."""
    assert cluedin is services.cluedin
    return services.cluedin_url


@pytest.fixture
def purview(services: Services) -> Purview:
    """An account with the estate in it, 18 of whose assets carry the term."""
    services.purview.reset_all()
    services.purview.seed({"name": "estate"})
    return services.purview


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


NewEstate = Callable[..., Estate]


@pytest.fixture
def new_estate(
    services: Services, cluedin: CluedIn, purview: Purview, storage: str, monkeypatch: pytest.MonkeyPatch
) -> NewEstate:
    """Make apps on the test's estate; each is another process, all share storage. Settings may differ."""
    for name in [name for name in os.environ if name.startswith(("AZURE_", "MSI_", "IDENTITY_"))]:
        monkeypatch.delenv(name)
    for name, value in services.identity.items():
        monkeypatch.setenv(name, value)

    def make(**changes: str) -> Estate:
        urls = changes.pop("PURVIEW_ENDPOINT", services.purview_url), changes.pop("CLUEDIN_URL", services.cluedin_url)
        app = make_estate_app(*urls, storage, services.clock, changes)
        return Estate(app, cluedin, purview, storage, services.clock)

    return make


@pytest.fixture
def estate(new_estate: NewEstate) -> Estate:
    """One app at work on the estate, for the 18 assets that carry the term."""
    return new_estate()


@pytest.fixture
def new_small_estate(new_estate: NewEstate, purview: Purview) -> NewEstate:
    """The same where two assets carry the term, `Orders` and `Customers`: quicker where more would show no more."""
    term = find_term(purview, TERM)
    others = [
        (asset.guid, assignment.guid)
        for asset, assignment in purview.glossary.assigned(term)
        if asset.display_text not in SMALL_ESTATE
    ]
    purview.glossary.unassign(term, list(others), STEWARD)
    return new_estate


@pytest.fixture
def small_estate(new_small_estate: NewEstate) -> Estate:
    """One app at work on it."""
    return new_small_estate()


@pytest.fixture
def new_catalog(new_estate: NewEstate, purview: Purview) -> NewEstate:
    """Make apps for all assets of an account that has collections and no asset yet."""
    purview.reset_all()
    for name, friendly_name, parent in COLLECTIONS:
        above = parent or purview.collections.root.name
        purview.collections.put(Collection(name, friendly_name, above, "", purview.clock.now().isoformat()))
    return partial(new_estate, SYNC_TERM="*")


@pytest.fixture
def catalog(new_catalog: NewEstate) -> Estate:
    """One app at work on it."""
    return new_catalog()


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


@pytest.fixture
def connection(storage: str) -> StorageConnection:
    """An account without any table or queue."""
    return StorageConnection(storage, patience=IMPATIENT)


@pytest.fixture
def table(connection: StorageConnection) -> Table:
    """A table that nobody made yet."""
    return Table(connection.tables, "things")
