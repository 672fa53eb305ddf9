"""The whole laptop run: the app on its host as a process, Azurite, Purview, CluedIn and a managed identity."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser

from local.azurite import Azurite
from local.demo.purview import Purview
from local.demo.run import DEMO_SETTINGS
from local.stack import Stack, StackOptions, run_stack
from tests.chromium import run_chromium


@pytest.fixture(scope="module")
def stack(
    azurite_server: Azurite,
    _unused_accounts: Iterator[str],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Stack]:
    """One run for a file's tests, with its `SETTINGS`; its timers run only when a test says so."""
    storage = azurite_server.connection_string(next(_unused_accounts))
    logs = tmp_path_factory.mktemp("logs")
    settings = {**DEMO_SETTINGS, **getattr(request.module, "SETTINGS", {})}
    options = StackOptions(log_dir=logs, timers=False, host="own", storage=storage, settings=settings)
    with run_stack(options) as stack:
        yield stack


@pytest.fixture(scope="module")
def steward(stack: Stack) -> Iterator[Purview]:
    """The data steward, at work in Purview."""
    with closing(Purview(stack.purview.url, stack.identity.url)) as purview:
        yield purview


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser of a file's own."""
    with run_chromium() as browser:
        yield browser


@pytest.fixture
def address(stack: Stack) -> str:
    """The dashboard's address as `make run` prints it."""
    return f"{stack.function_url}/dashboard?code={stack.function_key}"
