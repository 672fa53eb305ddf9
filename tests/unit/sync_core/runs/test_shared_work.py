"""Work behind which many workers wait: while what it needs hangs, one of them tries, not each in turn."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier, Event
from typing import Any

import pytest

from sync_core.app.services import Services
from sync_core.discovery.terms.list_glossaries import Listing
from sync_core.errors import SlowAnswerError, TransientError
from sync_core.http.services import CLUEDIN
from sync_core.lineage.register_types import RegisterTypes
from sync_core.runs.defer import unremembered
from sync_core.runs.pauses import KEPT_S, Pauses
from sync_core.runs.run_log import RunLog
from sync_core.runs.throttle import Throttle
from sync_core.runtime import Runtime
from sync_core.settings import Settings

THREADS = 10
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Hanging:
    """Whatever is called on it hangs until everybody waits, and then times out; calls are counted by name."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.may_end = Event()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*_: object, **__: object) -> None:
            self.calls.append(name)
            assert self.may_end.wait(10)
            raise SlowAnswerError("no answer")

        return call


class MemoryNotes:
    """Keeps one note in memory and counts what storage would be asked."""

    def __init__(self) -> None:
        self.kept: Throttle | None = None
        self.reads = self.writes = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def load_with_age(self, *_: object) -> tuple[Throttle, float] | None:
        self.reads += 1
        kept = self.kept
        self.meanwhile()
        return (kept, 0.0) if kept else None

    def save(self, _: str, throttle: Throttle) -> None:
        self.writes += 1
        self.kept = throttle


def outcomes(hanging: Hanging, work: Callable[[], object]) -> list[BaseException | None]:
    """Let many threads ask, and let what hangs time out when all have."""
    together = Barrier(THREADS + 1)

    def ask() -> object:
        together.wait(10)
        return work()

    with ThreadPoolExecutor(THREADS) as pool:
        jobs = [pool.submit(ask) for _ in range(THREADS)]
        together.wait(10)
        Event().wait(0.3)
        hanging.may_end.set()
        return [job.exception() for job in jobs]


def make_pauses(notes: Any, monotonic: Callable[[], float] = lambda: 1000.0) -> Pauses:
    return Pauses(notes, Runtime(now=lambda: NOW, monotonic=monotonic, chance=lambda: 0.0))


def test_a_pause_that_storage_does_not_tell_is_asked_for_by_one_worker() -> None:
    notes = Hanging()
    pauses = make_pauses(notes)
    assert {type(each) for each in outcomes(notes, lambda: pauses.wait_s("cluedin"))} == {SlowAnswerError}
    assert notes.calls == ["load_with_age"]


def test_a_pause_that_storage_does_not_keep_lets_nobody_wait_for_another() -> None:
    notes = Hanging()
    pauses = make_pauses(notes)
    assert {type(each) for each in outcomes(notes, lambda: pauses.note("cluedin", None))} == {SlowAnswerError}
    assert notes.calls == ["load_with_age"] * THREADS  # all at once, none after another


def test_what_asks_for_no_longer_pause_than_is_kept_costs_nothing() -> None:
    notes = MemoryNotes()
    pauses = make_pauses(notes)
    for retry_after_s in (30.0, None, 5.0, 30.0):
        pauses.note("cluedin", retry_after_s)
    assert (notes.reads, notes.writes) == (1, 1)
    pauses.note("cluedin", 60.0)
    assert (notes.reads, notes.writes, pauses.wait_s("cluedin")) == (2, 2, 60.0)


def test_what_a_429_taught_of_the_pace_is_shared_with_the_pause_and_costs_no_operation_a_request() -> None:
    notes, now, slept = MemoryNotes(), [1000.0], list[float]()
    runtime = Runtime(now=lambda: NOW, monotonic=lambda: now[0], sleep=slept.append, chance=lambda: 0.0)
    one, another = (Pauses(notes, runtime) for _ in range(2))  # type: ignore[arg-type]
    pace = one.pace(CLUEDIN)
    for _ in range(40):
        pace.take()
    one.note("cluedin", 5.0)
    assert (notes.reads, notes.writes, slept) == (1, 1, [])

    another.wait_s("cluedin")
    for _ in range(100):
        another.pace(CLUEDIN).take()
    assert another.pace(CLUEDIN).per_s == 20.0
    assert (notes.reads, notes.writes, len(slept)) == (2, 1, 80)


def test_a_pause_that_is_noted_while_an_older_state_is_read_counts_at_once() -> None:
    notes, now = MemoryNotes(), [1000.0]
    pauses = make_pauses(notes, lambda: now[0])

    def note() -> None:
        notes.meanwhile = lambda: None
        now[0] += 0.1
        pauses.note("cluedin", 30.0)

    notes.meanwhile = note
    assert pauses.wait_s("cluedin") == 30.0
    assert pauses.wait_s("cluedin") == 30.0
    assert now[0] - 1000.0 < KEPT_S


def test_types_that_purview_does_not_take_in_time_are_sent_by_one_worker() -> None:
    lineage, notes = Hanging(), MemoryNotes()
    notes.load = lambda *_: None  # type: ignore[attr-defined]
    types = RegisterTypes(lineage, notes, lambda: NOW)  # type: ignore[arg-type]
    assert {type(each) for each in outcomes(lineage, types.ensure)} == {SlowAnswerError}
    assert lineage.calls == ["register_types"]


def test_the_collection_that_purview_does_not_tell_is_asked_for_by_one_worker() -> None:
    settings = Settings.model_validate(
        {
            "PURVIEW_ENDPOINT": "http://127.0.0.1:9",
            "PURVIEW_COLLECTION": "Root/CluedIn",
            "CLUEDIN_URL": "http://127.0.0.1:9",
            "CLUEDIN_ACCESS_TOKEN": "a.b.c",
            "SYNC_TERM": "*",
            "AzureWebJobsStorage": "UseDevelopmentStorage=true",
        }
    )
    services, purview = Services(settings), Hanging()
    vars(services)["purview"] = purview
    assert {type(each) for each in outcomes(purview, services.own_collection)} == {SlowAnswerError}
    assert purview.calls == ["fetch_collections"]


def test_two_listings_of_terms_are_read_at_once() -> None:
    purview = Hanging()
    listings = [Listing(purview, unremembered(RunLog("run", NOW)), lambda: True) for _ in range(2)]  # type: ignore[arg-type]
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(lambda each=each: each.glossaries) for each in listings]  # type: ignore[misc]
        Event().wait(0.2)
        assert purview.calls == ["fetch_glossaries"] * 2
        purview.may_end.set()
    for job in jobs:
        with pytest.raises(TransientError):
            job.result()
