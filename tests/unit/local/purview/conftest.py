import pytest

from tests.kit.stage import purview, purview_url
from tests.unit.local.purview.api import Api

__all__ = ["purview", "purview_url"]


@pytest.fixture
def api(purview_url: str) -> Api:
    """The account with the estate in it, as its clients see it."""
    return Api(purview_url)
