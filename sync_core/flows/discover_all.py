"""Finds all assets (`*`) through Purview's search: a full sweep now and then, and what changed in between.

The sweep goes through windows of creation time, halved while one holds too much, and goes on in the next tick where
this one's time ended: no deep paging, flat memory. Between sweeps an idle tick asks one question: is what changed since
a fixed moment still the same set? Only when it is not, those changes are read.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, Field

from sync_core.clients.purview import PAGE_SIZE, PurviewClient
from sync_core.clients.purview_wire import SearchPage
from sync_core.domain.asset import Asset
from sync_core.flows.asset_types import AssetTypes
from sync_core.flows.run_log import RunLog
from sync_core.flows.take_assets import TakeAssets
from sync_core.mapping.search_filters import Filter, TimeField, Window, everything_but_own, since, within
from sync_core.state.notes import Notes

CURSOR = "all"
SWEEP_EVERY = timedelta(hours=24)
TICK_TIME = timedelta(minutes=2)  # well inside the function's time-out; the next tick goes on
# The index shows a change minutes after it happened, so what changed is asked for with an
# overlap. Source: docs/vendors/purview.md, section 1.
OVERLAP = timedelta(minutes=30)
SLIDE_AFTER = timedelta(hours=1)
LARGEST_WINDOW = 5000  # paging deeper than 20,000 rows is known to break (wjohnson/pyapacheatlas#206)


class AllCursor(BaseModel):
    """Where the sweep stands and what was seen last.

    `windows` are those still to sweep, as pairs of epoch milliseconds, the last one first to be read; an empty list
    means that no sweep is going on.
    `probe` tells the set of changes since the fixed moment `since_ms` from any other: its size and its newest member.
    `is_complete` tells whether the last sweep read all that was counted. `own_collection` is what `collection_setting`
    stood for when the last sweep began.
    """

    sweep_started_at: datetime
    windows: list[tuple[int, int | None]] = Field(default_factory=list)
    swept: int = 0
    is_complete: bool = True
    complete_at: datetime | None = None
    since_ms: int = 0
    probe: str = ""
    own_collection: str = ""
    collection_setting: str = ""


@dataclass(frozen=True)
class DiscoverAll:
    """Enumerates the whole catalog and takes over what is new or changed."""

    purview: PurviewClient
    types: AssetTypes
    take: TakeAssets
    notes: Notes
    clock: Callable[[], datetime]
    own_collection: Callable[[], str]
    collection_setting: str

    def run(self, log: RunLog, *, keep_alive: Callable[[], None]) -> None:
        """Sweep if a sweep is due or going on, then take over what changed lately."""
        cursor = self._begin(self.clock())
        conditions = everything_but_own(cursor.own_collection)
        if cursor.windows:
            cursor = self._sweep(conditions, cursor, log, keep_alive)
        cursor = self._changes(conditions, cursor, log, keep_alive)
        self.notes.save(CURSOR, cursor)

    def _begin(self, now: datetime) -> AllCursor:
        """Return where to go on. Which collection is our own is asked once a sweep: no idle tick pays for it."""
        cursor = self.notes.load(AllCursor, CURSOR)
        is_sweep_due = cursor is None or (not cursor.windows and now - cursor.sweep_started_at >= SWEEP_EVERY)
        if cursor and not is_sweep_due and cursor.collection_setting == self.collection_setting:
            return cursor
        own = {"own_collection": self.own_collection(), "collection_setting": self.collection_setting}
        cursor = (cursor or self._first_cursor(now, own["own_collection"])).model_copy(update=own)
        return _with_new_sweep(cursor, now) if is_sweep_due else cursor

    def _first_cursor(self, now: datetime, own_collection: str) -> AllCursor:
        # Asked before the sweep: whatever this counts, the sweep reads.
        since_ms = _to_ms(now - OVERLAP)
        probe = self._probe(everything_but_own(own_collection), since_ms)
        return AllCursor(sweep_started_at=now, since_ms=since_ms, probe=probe)

    def _sweep(
        self, conditions: Sequence[Filter], cursor: AllCursor, log: RunLog, keep_alive: Callable[[], None]
    ) -> AllCursor:
        ends_at = self.clock() + TICK_TIME
        while cursor.windows and self.clock() < ends_at:
            *rest, last = cursor.windows
            window = Window(*last)
            first = self._search(conditions, "createTime", window)
            halves = window.halves(_to_ms(cursor.sweep_started_at))
            if first.count > LARGEST_WINDOW and halves:
                newest_first = [(half.start_ms, half.end_ms) for half in reversed(halves)]
                cursor = cursor.model_copy(update={"windows": [*rest, *newest_first]})
                continue
            read = self._take_pages(first, within(conditions, "createTime", window), log, keep_alive)
            is_complete = cursor.is_complete and read >= first.count
            cursor = cursor.model_copy(
                update={"windows": rest, "swept": cursor.swept + read, "is_complete": is_complete}
            )
            self.notes.save(CURSOR, cursor)
        if cursor.windows:
            log.notes.append(f"The sweep of the whole catalog goes on in the next run; {cursor.swept} entities so far.")
            return cursor
        log.notes.append(f"The sweep of the whole catalog is done; {cursor.swept} entities.")
        return cursor.model_copy(update={"complete_at": self.clock() if cursor.is_complete else cursor.complete_at})

    def _changes(
        self, conditions: Sequence[Filter], cursor: AllCursor, log: RunLog, keep_alive: Callable[[], None]
    ) -> AllCursor:
        now = self.clock()
        next_since_ms = cursor.since_ms
        next_probe = None
        if now - _from_ms(cursor.since_ms) >= OVERLAP + SLIDE_AFTER:
            # Asked before the old question: what this one counts, the old one counts too.
            next_since_ms = _to_ms(now - OVERLAP)
            next_probe = self._probe(conditions, next_since_ms)
        probe = self._probe(conditions, cursor.since_ms)
        if probe != cursor.probe:
            self._take_window(conditions, Window(cursor.since_ms), _to_ms(now), log, keep_alive)
        return cursor.model_copy(update={"since_ms": next_since_ms, "probe": next_probe or probe})

    def _take_window(
        self, conditions: Sequence[Filter], window: Window, now_ms: int, log: RunLog, keep_alive: Callable[[], None]
    ) -> None:
        windows = [window]
        while windows:
            window = windows.pop()
            first = self._search(conditions, "updateTime", window)
            halves = window.halves(now_ms)
            if first.count > LARGEST_WINDOW and halves:
                windows += reversed(halves)
            else:
                self._take_pages(first, within(conditions, "updateTime", window), log, keep_alive)

    def _take_pages(self, first: SearchPage, query: Filter, log: RunLog, keep_alive: Callable[[], None]) -> int:
        read = 0
        for page in self._pages(first, query):
            keep_alive()
            assets = self._described(page.assets, log)
            self.take.take([asset for asset in assets if self._is_data_asset(asset, log)], log)
            read += len(page.assets)
        log.counts["seen"] += read
        return read

    def _pages(self, first: SearchPage, query: Filter) -> Iterator[SearchPage]:
        page, tokens = first, set[str]()
        while page.assets:
            yield page
            if not page.token or page.token in tokens:
                return
            tokens.add(page.token)
            page = self.purview.search(query, limit=PAGE_SIZE, token=page.token)

    def _search(self, conditions: Sequence[Filter], field: TimeField, window: Window) -> SearchPage:
        return self.purview.search(within(conditions, field, window), limit=PAGE_SIZE)

    def _probe(self, conditions: Sequence[Filter], since_ms: int) -> str:
        page = self.purview.search(since(conditions, "updateTime", since_ms), limit=1, orderby="updateTime DESC")
        return f"{page.count} {page.newest}"

    def _described(self, hits: Sequence[Asset], log: RunLog) -> Iterator[Asset]:
        """Yield the assets of a page; the store is asked where a hit does not tell what an asset is and is called."""
        doubtful = {hit.guid: hit for hit in hits if not _is_described(hit)}
        yield from (hit for hit in hits if hit.guid not in doubtful)
        found = list(self.purview.fetch_assets(list(doubtful)))
        yield from (replace(asset, display_text=doubtful[asset.guid].display_text) for asset in found)
        if len(found) < len(doubtful):
            log.counts["unknown to Purview"] += len(doubtful) - len(found)

    def _is_data_asset(self, asset: Asset, log: RunLog) -> bool:
        why = self.types.why_left_out(asset.type_name)
        if why:
            log.counts[f"left out: {asset.type_name}, {why}"] += 1
        return not why


def _is_described(hit: Asset) -> bool:
    """Whether a hit tells all that makes a record; a key made without the type would be that of another asset."""
    return bool(hit.type_name and hit.name and hit.qualified_name)


def _with_new_sweep(cursor: AllCursor, now: datetime) -> AllCursor:
    everything = (0, None)
    return cursor.model_copy(update={"sweep_started_at": now, "windows": [everything], "swept": 0, "is_complete": True})


def _to_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _from_ms(moment_ms: int) -> datetime:
    return datetime.fromtimestamp(moment_ms / 1000, UTC)
