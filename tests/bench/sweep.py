"""Reading all assets through the search (`*`): the app's windows, the peers' clients, and a bare loop over pages."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import requests
from azure.core.credentials import AzureKeyCredential
from azure.core.pipeline.policies import AzureKeyCredentialPolicy
from azure.purview.datamap import DataMapClient
from pyapacheatlas.core.discovery.purview import PurviewDiscoveryClient

from sync_core.app import App
from sync_core.discovery.definitions_ahead import DefinitionsAhead
from sync_core.discovery.known_types import AssetTypes
from sync_core.purview.client import API_VERSION, DATA_MAP, PAGE_SIZE
from sync_core.runs.run_log import RunLog
from tests.bench.rig import PURVIEW, Rig, post
from tests.contract.purview.conftest import TOKEN, StaticCredential, StaticToken
from tests.integration.sync_core.discovery.test_sweep import Basket, MemoryNotes

if TYPE_CHECKING:
    from sync_core.discovery.discover_all import DiscoverAll
    from sync_core.discovery.save_assets import SaveAssets
    from sync_core.storage.notes import Notes

EVERYTHING: Mapping[str, Any] = {"keywords": None, "limit": PAGE_SIZE, "filter": {"not": {"entityType": "none"}}}
Read = Callable[[], int]


@dataclass(frozen=True)
class Reading:
    """Who read so many assets, with how many requests, how long, and with how much processor time of this process."""

    name: str
    assets: int
    requests: int
    took_s: float
    processor_s: float


def measure(rig: Rig, assets: int, delay_s: float = 0) -> Iterator[Reading]:
    """Let each read the same catalog; the first one is the bare loop. Each answer takes `delay_s` longer."""
    app = rig.new_app().app
    post(rig.purview, "generate", {"count": assets, "days": 365})
    if delay_s:
        post(rig.purview, "faults", {"effect": {"delay_s": delay_s}, "times": None})
    readers: dict[str, Read] = {
        "a bare loop over pages": lambda: _read_bare(rig.purview.url),
        "this app, first sweep": lambda: _sweep(app),
        "pyapacheatlas": lambda: _read_by_pyapacheatlas(rig.purview.url),
        "azure-purview-datamap": lambda: _read_by_datamap(rig.purview.url),
    }
    _read_bare(rig.purview.url)
    for name, read in readers.items():
        yield _measure(rig, name, read)


def _measure(rig: Rig, name: str, read: Read) -> Reading:
    started_s, processor_s = time.perf_counter(), time.process_time()
    with rig.counted() as counts:
        found = read()
    took_s = time.perf_counter() - started_s
    return Reading(name, found, counts[PURVIEW], took_s, time.process_time() - processor_s)


def _sweep(app: App) -> int:
    """Sweep as ticks do; what was found goes into a basket, so that reading is what counts."""
    basket, notes = Basket(), cast("Notes", MemoryNotes())
    enumeration: DiscoverAll = replace(
        app.discover_all,
        save=cast("SaveAssets", basket),
        notes=notes,
        types=AssetTypes(DefinitionsAhead(app.purview.fetch_entity_type), notes, app.runtime.now),
    )
    log = RunLog("bench", app.runtime.now())
    enumeration.run(log, keep_alive=lambda: None)
    return sum(basket.brought.values())


def _read_bare(url: str) -> int:
    found, token = 0, ""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        while True:
            body = {**EVERYTHING, "continuationToken": token} if token else EVERYTHING
            address = f"{url}{DATA_MAP}/search/query"
            page = session.post(address, params={"api-version": API_VERSION}, json=body, timeout=60).json()
            found, token = found + len(page["value"]), page.get("continuationToken") or ""
            if not token:
                return found


def _read_by_pyapacheatlas(url: str) -> int:
    client = PurviewDiscoveryClient(f"{url}{DATA_MAP}", StaticToken())
    hits = client.search_entities(None, limit=PAGE_SIZE, search_filter=EVERYTHING["filter"], api_version=API_VERSION)
    return sum(1 for _ in hits)


def _read_by_datamap(url: str) -> int:
    policy = AzureKeyCredentialPolicy(AzureKeyCredential(TOKEN), "Authorization", prefix="Bearer")
    found, token = 0, None
    with DataMapClient(url, StaticCredential(), authentication_policy=policy) as client:
        while True:
            page = client.discovery.query({**EVERYTHING, "continuationToken": token})
            found, token = found + len(list(page.value)), page.continuation_token
            if not token:
                return found
