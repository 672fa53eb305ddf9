"""Fixtures that every test may use: real queues and tables, empty for each test."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from local.azurite import Azurite, run_azurite

if TYPE_CHECKING:
    from collections.abc import Iterator

# Azurite learns its accounts at its start, so there must be enough of them for all tests of a session.
_ACCOUNTS = {f"t{number:05d}": base64.b64encode(b"test").decode() for number in range(3000)}


@pytest.fixture(scope="session")
def azurite_server() -> Iterator[Azurite]:
    """One Azurite for the test session (or for each worker, when tests run in several processes)."""
    with run_azurite(accounts=_ACCOUNTS) as azurite:
        yield azurite


@pytest.fixture(scope="session")
def azurite(azurite_server: Azurite) -> str:
    """Connection string of an account that all tests of the session share."""
    return azurite_server.connection_string()


@pytest.fixture(scope="session")
def _unused_accounts() -> Iterator[str]:
    return iter(_ACCOUNTS)


@pytest.fixture
def storage(azurite_server: Azurite, _unused_accounts: Iterator[str]) -> str:
    """Connection string of an account that no test used before: the app's own table and queue names, all empty."""
    return azurite_server.connection_string(next(_unused_accounts))
