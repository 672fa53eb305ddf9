"""One organization, one Purview account and one storage account a test; the servers stay for the session."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from local.azurite import Azurite
from local.cluedin.app import make_app as make_cluedin_app
from local.cluedin.simulator import CluedIn
from local.cluedin.switches import CluedInSwitches
from local.identity import serve_identity
from local.purview import Purview
from local.purview import make_app as make_purview_app
from local.simulation import Clock, serve
from sync_core.runtime import Runtime
from tests.integration.sync_core.lineage.bench import CalmApp, LineageBench
from tests.kit.settings import settings_of

NewBench = Callable[..., LineageBench]


@dataclass(frozen=True)
class Services:
    """The simulated services and where they listen; one clock for all."""

    clock: Clock
    cluedin: CluedIn
    purview: Purview
    cluedin_url: str
    purview_url: str
    identity: Mapping[str, str]


@pytest.fixture(scope="session")
def lineage_services() -> Iterator[Services]:
    """Servers whose simulators every test resets. In CluedIn what was made is seen at once."""
    clock = Clock()
    cluedin, purview = CluedIn(CluedInSwitches(read_after_create_lag_s=0), clock=clock), Purview(clock=clock)
    with ExitStack() as parts:
        cluedin_url = parts.enter_context(serve(make_cluedin_app(cluedin)))
        purview_url = parts.enter_context(serve(make_purview_app(purview=purview)))
        identity = parts.enter_context(serve_identity())
        yield Services(clock, cluedin, purview, cluedin_url, purview_url, identity)


@pytest.fixture
def services(lineage_services: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    """An organization that has just been made, and an account with the estate in it."""
    lineage_services.cluedin.reset_all()
    lineage_services.purview.reset_all()
    lineage_services.purview.seed({"name": "estate"})
    for name in [name for name in os.environ if name.startswith(("AZURE_", "MSI_", "IDENTITY_"))]:
        monkeypatch.delenv(name)
    for name, value in lineage_services.identity.items():
        monkeypatch.setenv(name, value)
    return lineage_services


@pytest.fixture
def new_bench(services: Services, storage: str) -> NewBench:
    """Make apps on the same services, each another process; all share storage unless told. Settings may differ."""

    def make(at: str = storage, **changes: str) -> LineageBench:
        settings = settings_of(services.purview_url, services.cluedin_url, at, **changes)
        app = CalmApp(settings, Runtime(now=services.clock.now, sleep=lambda _: None))
        return LineageBench(app, services.cluedin, services.purview, at, services.clock)

    return make


@pytest.fixture
def bench(new_bench: NewBench) -> LineageBench:
    """One app at work."""
    return new_bench()


@pytest.fixture
def other_storage(azurite_server: Azurite, _unused_accounts: Iterator[str]) -> str:
    """Connection string of another empty account."""
    return azurite_server.connection_string(next(_unused_accounts))
