"""A catalog as new for each test, and a client of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.purview import Purview, make_app
from local.purview.admin import unified
from local.simulation import serve
from sync_core.catalog.client import CatalogClient
from sync_core.catalog.wire import CATALOG
from sync_core.http.client import HttpClient
from tests.kit.scripted import NumberedTokens, Scripted, scripted

NewConcept = Callable[..., str]


@pytest.fixture(scope="session")
def _account() -> Iterator[tuple[Purview, str]]:
    purview = Purview()
    with serve(make_app(purview=purview)) as base_url:
        yield purview, base_url


@pytest.fixture
def purview(_account: tuple[Purview, str]) -> Purview:
    """The estate, with asset curation enabled, and a domain Finance."""
    purview, _ = _account
    purview.reset_all()
    purview.seed({"name": "estate"})
    unified.curate(purview, {"phase": "direct"})
    unified.add_domain(purview, {"name": "Finance"})
    return purview


@pytest.fixture
def client(purview: Purview, _account: tuple[Purview, str]) -> CatalogClient:
    """As the app's identity."""
    assert purview is _account[0]
    return CatalogClient(HttpClient(CATALOG, _account[1], tokens=NumberedTokens(), sleep=lambda _: None))


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
