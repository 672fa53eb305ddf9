"""An estate that several files here begin with."""

import pytest

from local.stack import TERM
from tests.kit.estate import Estate


@pytest.fixture
def three(small_estate: Estate) -> Estate:
    """An app on an estate where three assets carry the term: `Orders`, `Customers` and `Products`."""
    small_estate.act("tag", asset="Products", term=TERM)
    return small_estate
