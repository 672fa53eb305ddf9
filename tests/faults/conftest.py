"""Two services that every test here finds empty, on one clock, and worlds on storage of their own."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from local.azurite import Azurite
from local.cluedin.app import make_app as make_cluedin_app
from local.cluedin.simulator import CluedIn
from local.identity import IdentityEndpoint, serve_identity
from local.purview import Purview
from local.purview import dump as purview_dump
from local.purview import make_app as make_purview_app
from local.purview.behaviour.collections import Collection
from local.simulation import Clock, serve
from local.stack import COLLECTION, TERM
from tests.faults.remote import Account, Organization
from tests.faults.variants import USUAL, Variant
from tests.faults.virtual import SafeClock
from tests.faults.world import World
from tests.kit.settings import environment_of

MANY_ENTITIES = 100_000


@dataclass(frozen=True)
class Services:
    """The simulated services, and where they listen."""

    clock: Clock
    purview: Purview
    cluedin: CluedIn
    account: Account
    organization: Organization


@pytest.fixture(scope="session")
def servers() -> Iterator[Services]:
    """Servers for the session, identity among them."""
    clock = SafeClock()
    purview, cluedin = Purview(clock=clock), CluedIn(clock=clock)
    with ExitStack() as parts:
        account = Account(parts.enter_context(serve(make_purview_app(purview=purview))))
        organization = Organization(parts.enter_context(serve(make_cluedin_app(cluedin))))
        endpoint = IdentityEndpoint()
        endpoint.clock = clock
        identity = parts.enter_context(serve_identity(endpoint))
        patch = parts.enter_context(pytest.MonkeyPatch.context())
        for name in [name for name in os.environ if name.startswith(("AZURE_", "MSI_", "IDENTITY_"))]:
            patch.delenv(name)
        for name, value in identity.items():
            patch.setenv(name, value)
        patch.setattr(purview_dump, "LISTED", MANY_ENTITIES)  # an invariant needs to see all
        yield Services(clock, purview, cluedin, account, organization)


@pytest.fixture
def services(servers: Services) -> Services:
    """An account with a glossary and the collection for CluedIn, and an organization, both without content."""
    empty(servers)
    return servers


def empty(services: Services, variant: Variant = USUAL) -> None:
    """Start both services anew, on real time, under the conditions of a variant."""
    for simulator in (services.purview, services.cluedin):
        simulator.reset_all()
    furnish(services.purview)
    services.cluedin.patch_switches(dict(variant.cluedin))


def furnish(purview: Purview) -> None:
    """Give an account what the app needs: the term, and the collection that lineage goes to."""
    root = purview.collections.root.name
    purview.collections.put(Collection(COLLECTION, "CluedIn", root, "", purview.clock.now().isoformat()))
    name, _, glossary_name = TERM.partition("@")
    glossary = purview.glossary.create_glossary({"name": glossary_name}, "data-steward")
    term = {"name": name, "status": "Approved", "anchor": {"glossaryGuid": glossary.guid}}
    purview.glossary.create_term(term, "data-steward")
    purview.submit_changes()


@pytest.fixture
def new_world(services: Services, azurite_server: Azurite, _unused_accounts: Iterator[str]) -> Callable[..., World]:
    """Make worlds on the test's services, each with storage that nothing used before."""

    def make(host_storage: str = "", **changes: str) -> World:
        storage = azurite_server.connection_string(next(_unused_accounts))
        settings = environment_of(services.account.url, services.organization.url, storage, **changes)
        return World(services.clock, services.account, services.organization, settings, host_storage)

    return make


@pytest.fixture
def variant_world(services: Services, new_world: Callable[..., World]) -> Callable[[Variant], World]:
    """Make a world under other conditions."""

    def make(variant: Variant) -> World:
        empty(services, variant)
        return new_world(**variant.settings)

    return make


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    """One world."""
    return new_world()
