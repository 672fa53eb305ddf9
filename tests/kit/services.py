"""Both simulators and an identity endpoint on one clock."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from local.cluedin.app import make_app as make_cluedin_app
from local.cluedin.simulator import CluedIn
from local.identity import IDENTITY_HEADER_VALUE, IdentityEndpoint, serve_identity
from local.identity.app import TOKEN_PATH
from local.purview import Purview
from local.purview import make_app as make_purview_app
from local.simulation import Clock, serve

IDENTITY_VARIABLES = ("AZURE_", "MSI_", "IDENTITY_")


@dataclass(frozen=True)
class Services:
    """The simulated services and where they listen; one clock for all. Tests share them, and reset what they use."""

    clock: Clock
    cluedin: CluedIn
    purview: Purview
    cluedin_url: str
    purview_url: str
    identity: Mapping[str, str]
    """The environment in which the app finds its identity."""


@contextmanager
def serve_services() -> Iterator[Services]:
    """Serve them for as long as the block lasts."""
    clock = Clock()
    cluedin, purview, endpoint = CluedIn(clock=clock), Purview(clock=clock), IdentityEndpoint()
    endpoint.clock = clock
    with ExitStack() as parts:
        cluedin_url = parts.enter_context(serve(make_cluedin_app(cluedin)))
        purview_url = parts.enter_context(serve(make_purview_app(purview=purview)))
        identity = parts.enter_context(serve_identity(endpoint))
        yield Services(clock, cluedin, purview, cluedin_url, purview_url, identity)


def identity_at(url: str) -> Mapping[str, str]:
    """Return the environment that leads to an identity endpoint there."""
    return {"IDENTITY_ENDPOINT": url + TOKEN_PATH, "IDENTITY_HEADER": IDENTITY_HEADER_VALUE}


def use_identity(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    """Give this process that identity and no other."""
    for name in [name for name in os.environ if name.startswith(IDENTITY_VARIABLES)]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
