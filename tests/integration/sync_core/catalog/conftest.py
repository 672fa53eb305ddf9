"""A catalog as new for each test, and a client of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.purview import Purview
from local.purview.admin import unified
from sync_core.catalog.client import CatalogClient
from sync_core.catalog.wire import CATALOG
from sync_core.http.client import HttpClient
from tests.kit.scripted import NumberedTokens, Scripted, scripted
from tests.kit.services import Services

NewConcept = Callable[..., str]


@pytest.fixture
def purview(services: Services) -> Purview:
    """The estate, with asset curation enabled, and a domain Finance."""
    services.purview.reset_all()
    services.purview.seed({"name": "estate"})
    unified.curate(services.purview, {"phase": "direct"})
    unified.add_domain(services.purview, {"name": "Finance"})
    return services.purview


@pytest.fixture
def client(purview_url: str) -> CatalogClient:
    """As the app's identity."""
    return CatalogClient(HttpClient(CATALOG, purview_url, tokens=NumberedTokens(), sleep=lambda _: None))


@pytest.fixture
def new_term(purview: Purview) -> NewConcept:
    """Make a published term in Finance, linked with assets; return its id."""

    def make(name: str, *assets: str, **fields: Any) -> str:
        body = {"term": name, "domain": "Finance", "assets": list(assets), **fields}
        return str(unified.add_concept(purview, body)["id"])

    return make


@pytest.fixture(scope="session")
def _service() -> Iterator[Scripted]:
    with scripted() as service:
        yield service


@pytest.fixture
def service(_service: Scripted) -> Scripted:
    """A service that does what the test tells it to."""
    _service.reset()
    return _service
