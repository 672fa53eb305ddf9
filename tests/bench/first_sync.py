"""A first sync of new assets in real time: the running app beside the script that people would write on CluedIn's SDK.

Each answer of Purview and CluedIn takes 50 ms longer than the simulators need, as over a network.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cluedin

from local.cluedin.seed import ORGANIZATION, SERVICE_ACCOUNT
from local.demo.cluedin import fetch_groups
from local.demo.purview import Purview, TaggedAsset
from local.demo.requests_seen import watch
from local.demo.run import DEMO_SETTINGS
from local.demo.stage import DISCOVER
from local.stack import TERM, Stack, StackOptions, run_stack
from sync_core.cluedin.client import document_of
from tests.bench.rig import TAGGED_IN_ESTATE, post

ASSETS = 300
DELAY_S = 0.05
THREADS = 10
LONGEST_S = 300.0
LOOK_S = 0.1
Script = Callable[[Sequence[TaggedAsset]], None]


@dataclass(frozen=True)
class FirstSync:
    """Who made the groups and sources, how long it took, and how many requests CluedIn had."""

    name: str
    took_s: float
    cluedin_requests: int


def measure(settings: Mapping[str, str] | None = None) -> Iterator[FirstSync]:
    """Let the app and both scripts sync the same assets into the same CluedIn, emptied in between."""
    with _slow_stack(settings or {}) as stack, closing(Purview(stack.purview.url, stack.identity.url)) as purview:
        stack.run_function(DISCOVER)
        _wait_for_sources(stack, TAGGED_IN_ESTATE)
        post(stack.purview, "generate", {"count": ASSETS, "term": TERM, "prefix": "first-sync"})
        yield _time("this app", stack, lambda: _sync(stack))
        for name, threads in (("a loop on CluedIn's SDK", 1), (f"the same with {THREADS} threads", THREADS)):
            _empty(stack)
            script = SdkScript(stack.cluedin.url, threads)
            yield _time(name, stack, lambda script=script: script.run(_new_assets(purview)))  # type: ignore[misc]


@contextmanager
def _slow_stack(settings: Mapping[str, str]) -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="bench-") as logs:
        options = StackOptions(log_dir=Path(logs), timers=False, host="own", settings={**DEMO_SETTINGS, **settings})
        with run_stack(options) as stack:
            for service in (stack.purview, stack.cluedin):
                post(service, "faults", {"effect": {"delay_s": DELAY_S}, "times": None})
            yield stack


def _empty(stack: Stack) -> None:
    post(stack.cluedin, "reset", {})
    post(stack.cluedin, "seed", {"name": "empty"})
    post(stack.cluedin, "faults", {"effect": {"delay_s": DELAY_S}, "times": None})


def _time(name: str, stack: Stack, act: Callable[[], None]) -> FirstSync:
    with watch(stack.cluedin.url) as seen:
        started_s = time.perf_counter()
        act()
        took_s = time.perf_counter() - started_s
    return FirstSync(name, took_s, len(seen.requests))


def _sync(stack: Stack) -> None:
    with ThreadPoolExecutor(1) as pool:
        ticking = pool.submit(stack.run_function, DISCOVER)
        _wait_for_sources(stack, TAGGED_IN_ESTATE + ASSETS)
        ticking.result()


def _wait_for_sources(stack: Stack, count: int) -> None:
    deadline_s = time.monotonic() + LONGEST_S
    while sum(len(group.sources) for group in fetch_groups(stack.cluedin.url)) < count:
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"CluedIn has fewer than {count} sources after {LONGEST_S} s")
        time.sleep(LOOK_S)


def _new_assets(purview: Purview) -> list[TaggedAsset]:
    assets = purview.fetch_tagged_assets(purview.fetch_term_guid(TERM))
    return [asset for asset in assets if "first-sync" in asset.qualified_name]


class SdkScript:
    """Looks each asset up by its name, makes its group and its source: three requests, no state, no promise."""

    def __init__(self, url: str, threads: int) -> None:
        self.threads = threads
        self._context = cluedin.Context.from_dict(
            {
                "domain": "localhost",
                "org_name": ORGANIZATION.client_id,
                "user_email": SERVICE_ACCOUNT.username,
                "user_password": SERVICE_ACCOUNT.password,
                "org_url": url,
            }
        )

    def run(self, assets: Sequence[TaggedAsset]) -> None:
        """Sign in and make what is missing."""
        self._context.get_token()
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(self._make, assets))

    def _make(self, asset: TaggedAsset) -> None:
        found = self._ask("getAllDataSourceSet", page=0, pageSize=20, searchName=asset.name)["dataSourceSets"]
        if any(group["name"] == asset.name for group in found["data"] or []):
            return
        author = SERVICE_ACCOUNT.id
        group = self._ask("createDataSourceSet", dataSourceSet={"name": asset.name, "author": author})
        source = {"author": author, "type": "endpoint", "name": asset.qualified_name}
        self._ask("createDataSource", dataSourceSetId=group["createDataSourceSet"], dataSource=source)

    def _ask(self, operation: str, **variables: Any) -> dict[str, Any]:
        answer = cluedin.gql.org_gql(self._context, document_of(operation), variables)
        data: dict[str, Any] = answer["data"]["inbound"]
        return data
