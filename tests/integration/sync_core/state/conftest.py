"""A connection to an empty storage account, and how to make one that fails."""

import pytest

from sync_core.state.connection import Patience, StorageConnection
from sync_core.state.table import Table

IMPATIENT = Patience(retries=0, backoff_s=0, timeout_s=2)


@pytest.fixture
def connection(storage: str) -> StorageConnection:
    """An account without any table or queue."""
    return StorageConnection(storage, patience=IMPATIENT)


@pytest.fixture
def table(connection: StorageConnection) -> Table:
    """A table that nobody made yet."""
    return Table(connection.tables, "things")
