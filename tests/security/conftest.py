"""The whole app over real storage and simulated services, and two services that do as they are told."""

import pytest

from local.stack import TERM
from sync_core.logs import quieten_libraries
from tests.kit.estate import Estate
from tests.kit.stage import cluedin, elsewhere, identity, new_estate, new_small_estate, purview, service, small_estate
from tests.security.names import NAMES

__all__ = [
    "cluedin",
    "elsewhere",
    "identity",
    "new_estate",
    "new_small_estate",
    "purview",
    "service",
    "small_estate",
]


@pytest.fixture(autouse=True)
def _protected_logs() -> None:
    """What the app does when it is first built."""
    quieten_libraries()


@pytest.fixture
def hostile_estate(small_estate: Estate) -> Estate:
    """An estate in which someone gave every one of these names, each as a qualified name too."""
    for name in NAMES.values():
        small_estate.act("add_asset", name=name, qualifiedName=f"https://x.example/{name}", terms=[TERM])
    small_estate.sync()
    return small_estate
