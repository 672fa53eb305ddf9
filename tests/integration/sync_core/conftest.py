"""The app's own parts over real Azurite, real HTTP and simulated services."""

from collections.abc import Callable

import pytest
from hypothesis import settings

from local.cluedin.simulator import CluedIn
from sync_core.storage.connection import Patience, StorageConnection
from sync_core.storage.table import Table
from tests.kit.bench import Bench, make_app
from tests.kit.stage import (
    catalog,
    cluedin,
    cluedin_url,
    elsewhere,
    estate,
    fresh_storage,
    identity,
    new_bench,
    new_catalog,
    new_estate,
    new_small_estate,
    purview,
    purview_url,
    service,
    small_estate,
)

__all__ = [
    "catalog",
    "cluedin",
    "cluedin_url",
    "elsewhere",
    "estate",
    "fresh_storage",
    "identity",
    "new_bench",
    "new_catalog",
    "new_estate",
    "new_small_estate",
    "purview",
    "purview_url",
    "service",
    "small_estate",
]

# Property-based tests repeat the same examples in each run, and take the time that a busy machine needs.
settings.register_profile("calm", deadline=None, derandomize=True)
settings.load_profile("calm")

IMPATIENT = Patience(retries=0, backoff_s=0, timeout_s=2)


@pytest.fixture
def bench(cluedin_url: str, storage: str, cluedin: CluedIn) -> Bench:
    """One app at work."""
    return Bench(make_app(cluedin_url, storage, cluedin.clock), cluedin)


@pytest.fixture
def amnesiac(cluedin_url: str, fresh_storage: Callable[[], str], cluedin: CluedIn) -> Bench:
    """The same organization, and an app whose whole state is lost."""
    return Bench(make_app(cluedin_url, fresh_storage(), cluedin.clock), cluedin)


@pytest.fixture
def rival(cluedin_url: str, storage: str, cluedin: CluedIn) -> Bench:
    """A second process of the same app, on the same storage."""
    return Bench(make_app(cluedin_url, storage, cluedin.clock), cluedin)


@pytest.fixture
def connection(storage: str) -> StorageConnection:
    """An account without any table or queue."""
    return StorageConnection(storage, patience=IMPATIENT)


@pytest.fixture
def table(connection: StorageConnection) -> Table:
    """A table that nobody made yet."""
    return Table(connection.tables, "things")
