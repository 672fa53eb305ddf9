import pytest

from tests.unit.local.purview.api import Api
from tests.unit.local.purview.unified.catalog import Catalog


@pytest.fixture
def empty(api: Api) -> Catalog:
    """The estate, whose catalog is empty."""
    return Catalog(api)


@pytest.fixture
def catalog(empty: Catalog) -> Catalog:
    """The estate with asset curation enabled directly, and a domain Finance."""
    empty.admin("curation", phase="direct")
    empty.admin("domains", name="Finance")
    return empty


@pytest.fixture
def term(catalog: Catalog) -> str:
    """The id of a published term on two assets."""
    made = catalog.admin("concepts", term="Sync", domain="Finance", assets=["Orders", "Products"])
    return str(made["id"])
