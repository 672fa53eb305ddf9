"""Fixtures: the services that all tests of a process share, as new for each test, and apps at work between them.

A folder's `conftest.py` imports those that its tests use. `services` stands in `tests/conftest.py`, so that a process
starts one set of servers.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import pytest

from local.azurite import Azurite
from local.cluedin.simulator import CluedIn
from local.purview import Purview
from local.purview.admin.actions import STEWARD, find_term
from local.purview.behaviour.collections import Collection
from local.purview.estate.names import COLLECTIONS
from local.stack import TERM
from tests.kit.estate import Estate, NewEstate, make_estate_app
from tests.kit.lineage_bench import LineageBench, NewBench
from tests.kit.scripted import Scripted
from tests.kit.services import Services, use_identity
from tests.kit.settings import settings_of
from tests.kit.virtual import make_calm_app

SMALL_ESTATE = {"Orders", "Customers"}


@pytest.fixture
def identity(services: Services, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """The environment of the app's identity, which is that of this process now."""
    use_identity(monkeypatch, services.identity)
    return services.identity


@pytest.fixture
def fresh_storage(azurite_server: Azurite, _unused_accounts: Iterator[str]) -> Callable[[], str]:
    """Return connection strings of accounts that nothing used before."""
    return lambda: azurite_server.connection_string(next(_unused_accounts))


@pytest.fixture
def cluedin(services: Services) -> CluedIn:
    """An organization that has just been made; what is made is seen at once."""
    services.cluedin.reset_all()
    services.cluedin.patch_switches({"read_after_create_lag_s": 0, "record_bodies": True})
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
def purview_url(services: Services, purview: Purview) -> str:
    """Where the account listens."""
    assert purview is services.purview
    return services.purview_url


@pytest.fixture
def new_estate(
    services: Services, identity: Mapping[str, str], cluedin: CluedIn, purview: Purview, storage: str
) -> NewEstate:
    """Make apps on the test's estate; each is another process, all share storage. Settings may differ."""
    assert identity is services.identity

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


@pytest.fixture
def new_bench(
    services: Services, identity: Mapping[str, str], cluedin: CluedIn, purview: Purview, storage: str
) -> NewBench:
    """Make apps on the same services, each another process; all share storage unless told. Settings may differ."""
    assert identity is services.identity

    def make(at: str = storage, **changes: str) -> LineageBench:
        settings = settings_of(services.purview_url, services.cluedin_url, at, **changes)
        app = make_calm_app(settings, services.clock)
        return LineageBench(app, cluedin, purview, at, services.clock)

    return make


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
