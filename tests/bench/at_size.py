"""What a first sync of many assets costs; and a tick, `status`, `reconcile` and the dashboard beside many records.

Those records are written straight into the state. CluedIn is empty and they name no group: what is measured is what the
records cost, not what CluedIn does.
"""

import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from statistics import median
from uuid import uuid4

import psutil
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed

from local.stack import TERM
from sync_core.app import App
from sync_core.assets.asset_index import indexing
from sync_core.assets.asset_rows import row_of
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.chunks import chunks
from sync_core.errors import TransientError
from sync_core.purview.asset import Asset
from sync_core.purview.client import PAGE_SIZE
from sync_core.storage.table import OPERATIONS_A_TRANSACTION, merge
from sync_core.upkeep.reconcile import THOROUGH
from tests.bench.rig import STORAGE, BenchedApp, Rig
from tests.bench.wire import bytes_read
from tests.unit.sync_core.builders import make_data_set, make_dead_job

WRITERS = 2
ROUNDS = 7
MESSAGES_AT_ONCE = 32
MOST_TRACED = 100_000
"""Beside more records memory is that of the process only: to trace each allocation takes four times as long."""
WORK = 25  # as many data sets and dead letters as a page shows
Act = Callable[[], object]


@dataclass(frozen=True)
class SizedCost:
    """What one act cost beside so many records."""

    records: int
    act: str
    operations: int
    read_bytes: int
    peak_bytes: int | None
    resident_bytes: int
    took_s: float


@dataclass(frozen=True)
class ViewCost:
    """What one view of the dashboard costs: the median of some rounds, and the size of the page."""

    view: str
    operations: int
    read_bytes: int
    page_bytes: int
    took_s: float
    processor_s: float


def measure_first_sync(rig: Rig, assets: int, *, in_memory: bool = False) -> Iterator[SizedCost]:
    """Yield what the first tick costs that finds so many assets, and what making all of them in CluedIn does."""
    benched = rig.new_app(assets, in_memory=in_memory)

    def provision_all() -> None:
        while messages := benched.take_messages(MESSAGES_AT_ONCE):
            for message in messages:
                benched.provision(message)

    for name, act in (("first tick", benched.tick), ("first sync, one message at a time", provision_all)):
        yield _measure(rig, assets, name, act)


def measure(rig: Rig, records: int, *, in_memory: bool = False) -> Iterator[SizedCost]:
    """Seed so many records and yield what each act costs; each is done for the time and, beside few, for memory."""
    benched = rig.new_app(records, in_memory=in_memory)
    app = benched.app
    _seed(benched)
    benched.tick()

    def tag() -> None:
        rig.tag_one_more()

    def forget_thorough() -> None:
        app.cursors.delete(THOROUGH)

    acts: list[tuple[str, Act, Act]] = [
        ("idle tick", lambda: None, benched.tick),
        ("tick with one change", tag, benched.tick),
        ("status", lambda: None, lambda: app.status.answer({})),
        ("status with a search", lambda: None, lambda: app.status.answer({"search": "no such name"})),
        ("reconcile, every step", forget_thorough, app.reconcile.run),
        ("reconcile, in between", lambda: None, app.reconcile.run),
    ]
    for name, prepare, act in acts:
        prepare()
        cost = _measure(rig, records, name, act)
        yield replace(cost, peak_bytes=_traced(prepare, act)) if records <= MOST_TRACED else cost


def measure_views(rig: Rig, records: int) -> Iterator[ViewCost]:
    """Seed so many records, data sets and dead letters in memory, and yield what each view of the dashboard costs."""
    benched = rig.new_app(records, in_memory=True)
    app = benched.app
    _seed(benched)
    _seed_work(app)
    benched.tick()
    app.reconcile.run()  # keeps the list that the table is sorted by
    for name, query in _views(app).items():
        yield _measure_view(rig, app, name, query)


def _views(app: App) -> dict[str, dict[str, str]]:
    """What people ask for: the table in each way to choose from it, and the page of an asset."""
    some = next(record for _, record in app.assets.each_after("", 1) if isinstance(record, AssetRecord))
    return {
        "all": {},
        "all, 100 at once, from the middle": {"pageSize": "100", "after": f"4-{some.key}"},
        "a state": {"state": "failed"},
        "a type and a term": {"type": some.type_name, "term": some.terms[0]},
        "a text that nothing has": {"search": "no such name"},
        "a text that all have": {"search": "bench"},
        "an asset's own page": {"asset": some.guid},
    }


def _measure_view(rig: Rig, app: App, name: str, query: Mapping[str, str]) -> ViewCost:
    times, processor = list[float](), list[float]()
    for _ in range(ROUNDS):
        started_s, processor_s = time.perf_counter(), time.process_time()
        with rig.counted() as counts, bytes_read([rig.tables.url]) as read:
            answer = app.dashboard.answer(query)
        times.append(time.perf_counter() - started_s)
        processor.append(time.process_time() - processor_s)
        if answer.status != HTTPStatus.OK:
            raise AssertionError(f"{name}: {answer.status}")
    size = len(answer.body.encode())
    return ViewCost(name, counts[STORAGE], sum(read.values()), size, median(times), median(processor))


def _measure(rig: Rig, records: int, name: str, act: Act) -> SizedCost:
    started_s = time.perf_counter()
    with rig.counted() as counts, bytes_read([*rig.azurite.endpoints.values(), rig.tables.url]) as read:
        act()
    took_s = time.perf_counter() - started_s
    resident = psutil.Process().memory_info().rss
    return SizedCost(records, name, counts[STORAGE], sum(read.values()), None, resident, took_s)


def _traced(prepare: Act, act: Act) -> int:
    prepare()
    tracemalloc.start()
    act()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def _seed_work(app: App) -> None:
    """Let the first assets have a data set each, and the next ones be given up."""
    records = [record for _, record in app.assets.each_after("", 2 * WORK) if isinstance(record, AssetRecord)]
    for record in records[:WORK]:
        app.data_sets.save(make_data_set(f"of {record.name}", data_set_id=str(uuid4()), asset_key=record.key))
    for record in records[WORK : 2 * WORK]:
        app.asset_jobs.table.transact([app.asset_jobs.inserting(make_dead_job(record.key))])
        app.assets.change(record.key, lambda one: one.model_copy(update={"status": AssetStatus.FAILED}))


def _seed(benched: BenchedApp) -> None:
    """Write the records of a sync that is done."""
    records = list(_records(benched))
    table = benched.app.assets.table
    table.get("assets", "none")

    @retry(retry=retry_if_exception_type(TransientError), stop=stop_after_attempt(9), wait=wait_fixed(1))
    def write(part: Sequence[AssetRecord]) -> None:
        rows = [merge(row_of("record", record)) for record in part]
        table.transact([*rows, *(one for record in part for one in indexing(None, record))])

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, chunks(records, OPERATIONS_A_TRANSACTION // 2)))


def _records(benched: BenchedApp) -> Iterator[AssetRecord]:
    purview, now, offset = benched.app.purview, datetime.now(UTC), 0
    guids = [one.guid for one in purview.fetch_glossaries()]
    headers = (header for guid in guids for header in purview.fetch_term_headers(guid))
    term = next(header.guid for header in headers if header.display_text == TERM.partition("@")[0])
    while page := purview.fetch_assigned_entities(term, offset):
        for entity in page:
            asset = Asset(entity.guid, entity.type_name, entity.display_text, f"bench://{entity.guid}")
            yield AssetRecord(
                key=asset.key,
                guid=asset.guid,
                type_name=asset.type_name,
                name=asset.name,
                qualified_name=asset.qualified_name,
                display_text=asset.name,
                terms=[term],
                fingerprint=asset.fingerprint,
                status=AssetStatus.SYNCED,
                first_seen_at=now,
                first_seen_run_id="bench",
                refreshed_at=now,
                synced_at=now,
                synced_name=asset.name,
            )
        offset += len(page)
        if len(page) < PAGE_SIZE:
            return
