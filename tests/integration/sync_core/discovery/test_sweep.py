"""How the whole catalog is read: in windows of creation time, over several ticks, whatever the answers look like.

The assets go into a basket and the notes into memory instead of the state, so that many cost little.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any, cast

import pytest
from pydantic import BaseModel

from sync_core.discovery import search_windows
from sync_core.discovery.all_cursor import AllCursor
from sync_core.discovery.definitions_ahead import DefinitionsAhead
from sync_core.discovery.discover_all import DiscoverAll
from sync_core.discovery.known_types import AssetTypes
from sync_core.discovery.selection import ALL_CURSOR
from sync_core.errors import TransientError
from sync_core.purview.asset import Asset
from sync_core.purview.client import PurviewClient
from sync_core.purview.wire import SearchPage
from sync_core.runs.run_log import RunLog
from tests.hasty_clock import HastyClock
from tests.kit.estate import SEARCH, Estate

if TYPE_CHECKING:
    from sync_core.discovery.save_assets import SaveAssets
    from sync_core.storage.notes import Notes

SMALL_PAGE, SMALL_WINDOW = 4, 10


@dataclass
class Basket:
    """Takes assets and remembers how often each was brought."""

    brought: Counter[str] = field(default_factory=Counter)

    def save(self, found: list[Asset], _: RunLog, **__: object) -> set[str]:
        self.brought.update(asset.qualified_name for asset in found)
        return set()


@dataclass
class MemoryNotes:
    """Notes for as long as the test runs."""

    kept: dict[str, BaseModel] = field(default_factory=dict)

    def load(self, _: type[BaseModel], name: str) -> BaseModel | None:
        return self.kept.get(name)

    def save(self, name: str, note: BaseModel) -> None:
        self.kept[name] = note

    def save_all(self, notes: Mapping[str, BaseModel]) -> None:
        self.kept.update(notes)

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)

    def all(self, model: type[BaseModel]) -> Iterator[tuple[str, BaseModel]]:
        yield from ((name, note) for name, note in self.kept.items() if isinstance(note, model))


@dataclass(frozen=True)
class Sweeper:
    """Runs the enumeration as ticks do."""

    enumeration: DiscoverAll
    basket: Basket

    def tick(self) -> RunLog:
        log = RunLog("run-1", self.enumeration.clock())
        self.enumeration.run(log, keep_alive=lambda: None)
        return log

    def cursor(self) -> AllCursor:
        cursor = self.enumeration.notes.load(AllCursor, ALL_CURSOR)
        assert cursor is not None
        return cursor


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few assets be many."""
    monkeypatch.setattr(search_windows, "PAGE_SIZE", SMALL_PAGE)
    monkeypatch.setattr(search_windows, "LARGEST_WINDOW", SMALL_WINDOW)


def make_sweeper(catalog: Estate, **changes: Any) -> Sweeper:
    basket, notes = Basket(), cast("Notes", MemoryNotes())
    enumeration = replace(
        catalog.app.discover_all,
        save=cast("SaveAssets", basket),
        notes=notes,
        types=AssetTypes(DefinitionsAhead(catalog.app.purview.fetch_entity_type), notes, catalog.clock.now),
        **changes,
    )
    return Sweeper(enumeration, basket)


def is_each_brought_once(basket: Basket, count: int) -> bool:
    return len(basket.brought) == count and set(basket.brought.values()) <= {1}


@pytest.mark.usefixtures("small_windows")
def test_a_large_catalog_is_read_in_windows_without_deep_paging(catalog: Estate) -> None:
    catalog.generate(60, days=400)
    catalog.purview.patch_switches({"deep_paging_limit": SMALL_WINDOW + SMALL_PAGE})
    sweeper = make_sweeper(catalog)

    log = sweeper.tick()

    assert is_each_brought_once(sweeper.basket, 60)
    assert log.counts["seen"] == 60
    assert (sweeper.cursor().windows, sweeper.cursor().swept) == ([], 60)
    assert sweeper.cursor().is_complete
    assert sweeper.cursor().complete_at is not None


@pytest.mark.parametrize("count", [200, 600])
def test_a_first_sweep_asks_hardly_more_often_than_a_loop_over_pages(
    catalog: Estate, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(search_windows, "PAGE_SIZE", 10)
    monkeypatch.setattr(search_windows, "LARGEST_WINDOW", 100)
    catalog.generate(count, days=400)
    sweeper = make_sweeper(catalog)
    before = catalog.purview.log.last_seq

    sweeper.tick()

    assert is_each_brought_once(sweeper.basket, count)
    assert catalog.asked_of_purview(before)[SEARCH] <= 1.3 * count / 10 + 3


@pytest.mark.usefixtures("small_windows")
def test_the_rest_is_asked_for_while_it_is_proven_that_the_front_is_whole(catalog: Estate) -> None:
    together = Barrier(2)

    class Meeting(PurviewClient):
        def search(self, search_filter: dict[str, Any], *, token: str = "", **asked: Any) -> SearchPage:
            is_count = asked["limit"] == 1 and "orderby" not in asked
            is_rest = not token and "createTime" in search_filter["and"][-1].get("not", {})
            if is_count or is_rest:
                together.wait(10)  # breaks where one is asked for after the other
            return super().search(search_filter, token=token, **asked)

    catalog.generate(2 * SMALL_WINDOW, days=400)
    sweeper = make_sweeper(catalog, purview=Meeting(catalog.app.purview.http))

    sweeper.tick()

    assert is_each_brought_once(sweeper.basket, 2 * SMALL_WINDOW)


class Unordered(PurviewClient):
    """A search that takes no notice of the order that is asked for."""

    def search(self, search_filter: dict[str, Any], *, orderby: str = "", **asked: Any) -> SearchPage:
        return super().search(search_filter, orderby="" if "ASC" in orderby else orderby, **asked)


@pytest.mark.usefixtures("small_windows")
def test_what_does_not_come_by_its_time_is_read_in_halves(catalog: Estate) -> None:
    catalog.generate(30, days=400)
    catalog.generate(30, prefix="older", days=800)
    sweeper = make_sweeper(catalog, purview=Unordered(catalog.app.purview.http))

    sweeper.tick()

    assert len(sweeper.basket.brought) == 60
    assert sweeper.cursor().is_complete


@pytest.mark.usefixtures("small_windows")
def test_many_assets_of_one_millisecond_are_all_read(catalog: Estate) -> None:
    catalog.generate(2 * SMALL_WINDOW, days=0)
    catalog.generate(3, prefix="older", days=300)
    sweeper = make_sweeper(catalog)

    sweeper.tick()

    assert is_each_brought_once(sweeper.basket, 2 * SMALL_WINDOW + 3)


@pytest.mark.usefixtures("small_windows")
def test_assets_without_a_creation_time_are_read_once_with_the_newest(catalog: Estate) -> None:
    catalog.generate(40, days=400)
    catalog.purview.patch_switches({"omit_from_hits": ["createTime"]})
    catalog.generate(2 * SMALL_WINDOW, prefix="timeless")
    sweeper = make_sweeper(catalog)

    sweeper.tick()

    assert is_each_brought_once(sweeper.basket, 40 + 2 * SMALL_WINDOW)
    assert sweeper.cursor().is_complete


@pytest.mark.usefixtures("small_windows")
def test_a_new_asset_without_an_update_time_is_found_by_the_next_tick(catalog: Estate) -> None:
    catalog.generate(10)
    sweeper = make_sweeper(catalog)
    sweeper.tick()
    catalog.purview.patch_switches({"omit_from_hits": ["updateTime", "createTime"]})
    new = catalog.act("add_asset", name="timeless.csv", collection="Sales")

    sweeper.tick()

    assert new.qualified_name in sweeper.basket.brought


@pytest.mark.usefixtures("small_windows")
def test_a_sweep_goes_on_in_the_next_tick_where_this_ones_time_ended(catalog: Estate) -> None:
    catalog.generate(60, days=400)
    hasty = HastyClock(catalog.clock.now, timedelta(seconds=2))
    sweeper = make_sweeper(catalog, clock=hasty)

    first = sweeper.tick()
    assert 0 < len(sweeper.basket.brought) < 60
    assert "The sweep of the whole catalog goes on in the next run" in first.notes[0]
    assert not sweeper.cursor().complete_at
    ticks = 1
    while sweeper.cursor().windows:
        last = sweeper.tick()
        ticks += 1

    assert is_each_brought_once(sweeper.basket, 60)
    assert 2 <= ticks < 30
    assert "The sweep of the whole catalog is done; 60 entities." in last.notes


@pytest.mark.usefixtures("small_windows")
def test_a_run_of_a_long_sweep_ends_before_the_next_tick_which_would_else_follow_at_once(catalog: Estate) -> None:
    catalog.generate(150, days=400)
    hasty = HastyClock(catalog.clock.now, timedelta(seconds=1))
    sweeper = make_sweeper(catalog, clock=hasty)

    run_s: list[int] = []
    while not run_s or sweeper.cursor().windows:
        before = hasty.looks
        sweeper.tick()
        run_s.append(hasty.looks - before)

    assert len(run_s) > 1
    assert 45 <= max(run_s) < 60


@pytest.mark.usefixtures("small_windows")
def test_a_sweep_that_fails_goes_on_at_the_window_that_failed(catalog: Estate) -> None:
    catalog.generate(60, days=400)
    catalog.purview_fault(SEARCH, skip=12, times=None, status=503)
    sweeper = make_sweeper(catalog)

    with pytest.raises(TransientError):
        sweeper.tick()
    swept = sweeper.cursor().swept
    assert 0 < swept < 60
    assert not sweeper.cursor().complete_at
    catalog.purview.faults.clear()
    sweeper.tick()

    assert len(sweeper.basket.brought) == 60
    assert sum(sweeper.basket.brought.values()) <= 60 + SMALL_WINDOW  # a window may be read again, not all of them
    assert sweeper.cursor().swept == 60


@pytest.mark.usefixtures("small_windows")
def test_what_changes_while_a_sweep_goes_on_is_found_before_it_ends(catalog: Estate) -> None:
    catalog.generate(60, days=400)
    sweeper = make_sweeper(catalog, clock=HastyClock(catalog.clock.now, timedelta(seconds=12)))
    sweeper.tick()
    new = catalog.act("add_asset", name="new.csv", collection="Sales")

    sweeper.tick()

    assert sweeper.cursor().windows
    assert new.qualified_name in sweeper.basket.brought


@pytest.mark.usefixtures("small_windows")
def test_many_changes_are_read_in_windows_too(catalog: Estate) -> None:
    sweeper = make_sweeper(catalog)
    sweeper.tick()
    catalog.purview.patch_switches({"deep_paging_limit": SMALL_WINDOW + SMALL_PAGE})
    catalog.generate(40, days=0.01)

    sweeper.tick()

    assert is_each_brought_once(sweeper.basket, 40)


@pytest.mark.usefixtures("small_windows")
def test_more_changes_than_a_tick_can_read_are_left_to_the_next_ones(catalog: Estate) -> None:
    sweeper = make_sweeper(catalog)
    sweeper.tick()
    catalog.generate(60, days=0.01)
    hasty = Sweeper(
        replace(sweeper.enumeration, clock=HastyClock(catalog.clock.now, timedelta(seconds=5))), sweeper.basket
    )

    first = hasty.tick()
    assert 0 < len(sweeper.basket.brought) < 60
    assert first.notes == ["There are more changes than one run can read; the next one goes on."]
    ticks = 1
    while sweeper.cursor().changes:
        hasty.tick()
        ticks += 1

    assert is_each_brought_once(sweeper.basket, 60)
    assert 2 <= ticks < 30
    before = catalog.purview.log.last_seq
    sweeper.tick()
    assert catalog.asked_of_purview(before) == {SEARCH: 1}


@pytest.mark.usefixtures("small_windows")
def test_changes_that_cannot_be_read_to_the_end_are_read_on_where_it_failed(catalog: Estate) -> None:
    sweeper = make_sweeper(catalog)
    sweeper.tick()
    catalog.generate(60, days=0.01)
    catalog.purview_fault(SEARCH, skip=12, times=None, status=503)

    with pytest.raises(TransientError):
        sweeper.tick()
    assert 0 < len(sweeper.basket.brought) < 60
    catalog.purview.faults.clear()
    sweeper.tick()

    assert len(sweeper.basket.brought) == 60
    assert sum(sweeper.basket.brought.values()) <= 60 + SMALL_WINDOW


def test_a_window_that_shows_less_than_is_counted_is_read_once_more(catalog: Estate) -> None:
    catalog.generate(5)
    catalog.purview_fault(SEARCH, skip=1, status=200, body={"@search.count": 5, "value": []})
    sweeper = make_sweeper(catalog)

    log = sweeper.tick()

    assert is_each_brought_once(sweeper.basket, 5)
    assert sweeper.cursor().is_complete
    assert not any("Purview counts" in note for note in log.notes)


@dataclass(frozen=True)
class Twisted(PurviewClient):
    """A search whose pages behind the first are not what they should be."""

    twist: Callable[[SearchPage], SearchPage] = lambda page: page

    def search(self, search_filter: dict[str, Any], *, token: str = "", **asked: Any) -> SearchPage:
        page = super().search(search_filter, token=token, **asked)
        return self.twist(page) if token else page


@dataclass(frozen=True)
class Repeating(PurviewClient):
    """A search whose pages begin with the last hit of the page before, in place of their own first one.

    As many are shown as are counted: Purview promises no order among hits of one moment.
    """

    last: dict[str, Any] = field(default_factory=dict)

    def search(self, search_filter: dict[str, Any], *, token: str = "", **asked: Any) -> SearchPage:
        page, query = super().search(search_filter, token=token, **asked), str(search_filter)
        if token and page.hits:
            page = replace(page, hits=(self.last[query], *page.hits[1:]))
        self.last[query] = page.hits[-1] if page.hits else None
        return page


@pytest.mark.parametrize("largest", [SMALL_WINDOW, 1000])
def test_a_hit_that_comes_on_two_pages_hides_no_other(
    catalog: Estate, monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    monkeypatch.setattr(search_windows, "PAGE_SIZE", SMALL_PAGE)
    monkeypatch.setattr(search_windows, "LARGEST_WINDOW", largest)
    catalog.generate(30, days=400)
    sweeper = make_sweeper(catalog, purview=Repeating(catalog.app.purview.http))

    log = sweeper.tick()

    assert len(sweeper.basket.brought) == 30
    assert not any("Purview counts" in note for note in log.notes)


@pytest.mark.usefixtures("small_windows")
def test_what_paging_leaves_out_of_one_moment_is_told(catalog: Estate) -> None:
    catalog.generate(SMALL_WINDOW, days=0)
    sweeper = make_sweeper(catalog, purview=Repeating(catalog.app.purview.http))

    log = sweeper.tick()

    assert f"Purview counts {SMALL_WINDOW} entities where it shows {SMALL_WINDOW - 2} twice." in log.notes


@pytest.mark.parametrize("blank", [1, 3])
def test_pages_of_which_nothing_can_be_read_hide_no_page_behind_them(
    catalog: Estate, monkeypatch: pytest.MonkeyPatch, blank: int
) -> None:
    monkeypatch.setattr(search_windows, "PAGE_SIZE", SMALL_PAGE)
    catalog.generate(30, days=400)
    asked = list[SearchPage]()

    def blanked(page: SearchPage) -> SearchPage:
        asked.append(page)
        return replace(page, hits=()) if len(asked) <= blank else page

    sweeper = make_sweeper(catalog, purview=Twisted(catalog.app.purview.http, twist=blanked))

    log = sweeper.tick()

    assert len(sweeper.basket.brought) == 30
    assert not any("Purview counts" in note for note in log.notes)


@pytest.mark.parametrize("search_count", ["exact", "more"])
def test_pages_that_are_blank_for_ever_end(catalog: Estate, monkeypatch: pytest.MonkeyPatch, search_count: str) -> None:
    monkeypatch.setattr(search_windows, "PAGE_SIZE", SMALL_PAGE)
    catalog.generate(10, days=400)
    catalog.purview.patch_switches({"search_count": search_count})
    tokens = (f"token {number}" for number in range(1000))

    class Endless(PurviewClient):
        def search(self, search_filter: dict[str, Any], *, token: str = "", **asked: Any) -> SearchPage:
            if token:
                return SearchPage(10, next(tokens), ())
            return super().search(search_filter, **asked)

    sweeper = make_sweeper(catalog, purview=Endless(catalog.app.purview.http))

    log = sweeper.tick()

    assert sweeper.cursor().windows == []
    assert any("Purview counts" in note for note in log.notes)


@pytest.mark.parametrize("search_count", ["more", "less", "page", "absent"])
@pytest.mark.parametrize("windows", ["large", "small"])
def test_a_count_that_misleads_hides_no_asset_and_keeps_no_sweep_from_its_end(
    catalog: Estate, monkeypatch: pytest.MonkeyPatch, search_count: str, windows: str
) -> None:
    if windows == "small":
        monkeypatch.setattr(search_windows, "PAGE_SIZE", SMALL_PAGE)
        monkeypatch.setattr(search_windows, "LARGEST_WINDOW", SMALL_WINDOW)
    catalog.generate(25)
    catalog.purview.patch_switches({"search_count": search_count})
    sweeper = make_sweeper(catalog)

    log = sweeper.tick()

    assert len(sweeper.basket.brought) == 25
    assert sweeper.cursor().windows == []
    assert sweeper.cursor().complete_at is not None
    assert any("Purview counts" in note for note in log.notes) == (search_count == "more")


def test_a_count_of_everything_in_every_window_does_not_halve_for_ever(
    catalog: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_windows, "LARGEST_WINDOW", 0)  # "more" counts one where there is none
    catalog.generate(2)
    catalog.purview.patch_switches({"search_count": "more"})
    sweeper = make_sweeper(catalog)

    sweeper.tick()

    assert len(sweeper.basket.brought) == 2
    assert sweeper.cursor().windows == []


def test_a_hit_that_cannot_be_read_keeps_no_other_from_being_found(catalog: Estate) -> None:
    catalog.generate(5)
    names = [each.name for each in catalog.app.purview.search({}, limit=9).assets]
    catalog.purview.patch_switches({"unreadable_rows": (names[0],)})
    sweeper = make_sweeper(catalog)

    sweeper.tick()

    assert len(sweeper.basket.brought) == 4


@pytest.mark.parametrize(
    "switches",
    [
        {"search_shape": "sample", "omit_count_approximate": True, "last_page_token": "null"},
        {"stable_paging": False, "last_page_token": "empty", "time_operators": "lt_only"},
    ],
    ids=str,
)
@pytest.mark.usefixtures("small_windows")
def test_every_reading_of_the_documents_gives_the_same_assets_at_the_same_cost(
    catalog: Estate, switches: dict[str, Any]
) -> None:
    catalog.generate(25)
    catalog.purview.patch_switches(switches)
    sweeper = make_sweeper(catalog)

    sweeper.tick()
    assert is_each_brought_once(sweeper.basket, 25)
    before = catalog.purview.log.last_seq
    sweeper.tick()
    assert catalog.asked_of_purview(before) == {SEARCH: 1}
    new = catalog.act("add_asset", name="new.csv", collection="Sales")
    sweeper.tick()

    assert new.qualified_name in sweeper.basket.brought
