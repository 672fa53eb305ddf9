"""Storage whose tables stand in memory: Azurite takes the longer for a row the more there are.

What the tables answer is held against Azurite by `tests/integration/bench/test_tables.py`; queues are Azurite's.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.azurite import Azurite
from tests.bench import tables


@contextmanager
def with_tables_in_memory(storage: str, azurite: Azurite) -> Iterator[str]:
    """Yield the connection string of an account of Azurite's with empty tables in memory in place of its own."""
    with tables.serve() as url:
        yield storage.replace(azurite.endpoints["Table"], url)


@pytest.fixture
def storage(storage: str, azurite_server: Azurite) -> Iterator[str]:
    """Connection string of an account that no test used before, with tables in memory."""
    with with_tables_in_memory(storage, azurite_server) as connection:
        yield connection
