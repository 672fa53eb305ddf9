"""Two services that every test here finds empty, on one clock, and worlds on storage of their own."""

from collections.abc import Callable, Mapping

import pytest

from local.purview import Purview
from local.purview import dump as purview_dump
from local.purview.behaviour.collections import Collection
from local.stack import COLLECTION, TERM
from tests.faults.remote import Account, Organization
from tests.faults.variants import USUAL, Variant
from tests.faults.world import World
from tests.kit.services import Services
from tests.kit.settings import environment_of
from tests.kit.stage import fresh_storage, identity

__all__ = ["fresh_storage", "identity"]

MANY_ENTITIES = 100_000


def pytest_itemcollected(item: pytest.Item) -> None:
    """All that is here belongs to `make faults`."""
    item.add_marker("faults")


@pytest.fixture
def services(services: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    """An account with a glossary and the collection for CluedIn, and an organization, both without content."""
    monkeypatch.setattr(purview_dump, "LISTED", MANY_ENTITIES)  # an invariant needs to see all
    empty(services)
    return services


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
def new_world(
    services: Services, identity: Mapping[str, str], fresh_storage: Callable[[], str]
) -> Callable[..., World]:
    """Make worlds on the test's services, each with storage that nothing used before."""
    assert identity is services.identity

    def make(host_storage: str = "", **changes: str) -> World:
        account, organization = Account(services.purview_url), Organization(services.cluedin_url)
        settings = environment_of(account.url, organization.url, fresh_storage(), **changes)
        return World(services.clock, account, organization, settings, host_storage)

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
