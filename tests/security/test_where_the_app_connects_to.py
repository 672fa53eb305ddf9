"""Names, ids and answers full of addresses: the app opens connections to the services of its settings, to no other."""

import os
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest

from local.stack import TERM
from tests.kit.estate import Estate
from tests.kit.lineage_bench import LineageBench
from tests.kit.scripted import Scripted


class Connections:
    """Notes where this process connects to. An audit hook stays for good, so it can be switched off."""

    def __init__(self) -> None:
        self.is_on = False
        self.addresses: set[tuple[str, int]] = set()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.is_on and event == "socket.connect" and isinstance(arguments[1], tuple):
            self.addresses.add(arguments[1][:2])


@pytest.fixture(scope="module")
def connections() -> Connections:
    return Connections()


def services_of(estate: Estate) -> set[tuple[str | None, int | None]]:
    settings = estate.app.settings
    storage = dict(part.split("=", 1) for part in estate.storage.split(";"))
    urls = [settings.purview_endpoint, settings.cluedin_url, storage["TableEndpoint"], storage["QueueEndpoint"]]
    return {(urlsplit(url).hostname, urlsplit(url).port) for url in [*urls, os.environ["IDENTITY_ENDPOINT"]]}


def test_in_a_whole_sync_and_back_the_app_connects_to_its_services_only(
    small_estate: Estate, elsewhere: Scripted, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    url = elsewhere.url
    small_estate.act("add_asset", name=f"{url}/name", qualifiedName=f"{url}/asset", terms=[TERM])
    app, cluedin, purview = small_estate.app, small_estate.cluedin, small_estate.purview
    bench = LineageBench(app, cluedin, purview, small_estate.storage, small_estate.clock)

    connections.is_on = True
    small_estate.sync()
    source_id = small_estate.record_of(f"{url}/asset").source_id
    data_set_id = bench.load(source_id, name=f"{url}/data-set", mapping={f"{url}/column": f"{url}/key"})
    assert bench.push(data_set_id).guid
    app.reconcile.run()
    connections.is_on = False

    assert connections.addresses == services_of(small_estate)
    assert elsewhere.asked == []
