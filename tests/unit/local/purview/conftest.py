from collections.abc import Iterator

import pytest

from local.purview import Purview, make_app
from local.simulation import serve
from tests.unit.local.purview.api import Api


@pytest.fixture(scope="session")
def account() -> Iterator[tuple[Purview, str]]:
    purview = Purview()
    with serve(make_app(purview=purview)) as base_url:
        yield purview, base_url


@pytest.fixture
def purview(account: tuple[Purview, str]) -> Purview:
    """The account behind `api`, with the estate in it."""
    purview, _ = account
    purview.reset_all()
    purview.seed({"name": "estate"})
    return purview


@pytest.fixture
def api(purview: Purview, account: tuple[Purview, str]) -> Api:
    assert purview is account[0]
    return Api(account[1])
