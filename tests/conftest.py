"""Fixtures that every test may use: real queues and tables, empty for each test, and small function apps."""

import base64
import gc
import importlib
import sys
import textwrap
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.azurite import Azurite, run_azurite
from sync_core.held_secrets import HELD
from tests.kit.nursery import Nursery, open_nursery

if TYPE_CHECKING:
    from tests.kit.scripted import Scripted
    from tests.kit.services import Services

# Azurite learns its accounts at its start, so there must be enough of them for all tests of a session.
_ACCOUNTS = {f"t{number:05d}": base64.b64encode(b"test").decode() for number in range(3000)}


def pytest_configure() -> None:
    """Collect tests without looking for garbage, of which there is none yet."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Let the garbage collector go by what was collected: looking through it again was a sixth of a run's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    gc.enable()


@pytest.fixture(autouse=True)
def _no_secrets_of_other_tests() -> Iterator[None]:
    """A password "wrong" of one test would mask that word in the reasons of the next."""
    yield
    HELD.clear()


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


@pytest.fixture(scope="session")
def services() -> Iterator["Services"]:
    """Both simulators and the identity endpoint, one set for all tests of a process that need them."""
    from tests.kit.services import serve_services  # noqa: PLC0415 - most tests need none, and pay for no import

    with serve_services() as services:
        yield services


@pytest.fixture(scope="session")
def _scripted_services() -> Iterator[tuple["Scripted", "Scripted"]]:
    from tests.kit.scripted import scripted  # noqa: PLC0415 - as above

    with scripted() as one, scripted() as other:
        yield one, other


@pytest.fixture
def write_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Path]]:
    """Write a function app (the code after `app = func.FunctionApp(...)`) into a folder and make its script current."""
    scripts: list[str] = []

    def write(code: str) -> Path:
        scripts.append(f"app_{uuid.uuid4().hex}")
        head = "import azure.functions as func\n\napp = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)\n\n"
        (tmp_path / f"{scripts[-1]}.py").write_text(head + textwrap.dedent(code), encoding="utf-8")
        (tmp_path / "host.json").write_text('{"version": "2.0"}', encoding="utf-8")
        monkeypatch.setenv("PYTHON_SCRIPT_FILE_NAME", f"{scripts[-1]}.py")
        importlib.invalidate_caches()
        return tmp_path

    yield write
    sys.path[:] = [entry for entry in sys.path if entry != str(tmp_path)]
    for script in scripts:
        sys.modules.pop(script, None)


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Workers that die by SIGKILL, one at a time."""
    with open_nursery(tmp_path_factory.mktemp("nursery") / "workers.log") as nursery:
        yield nursery
