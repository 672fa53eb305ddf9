"""Finds all assets (`*`) through Purview's search: a full sweep now and then, and what changed in between.

The sweep goes through windows of creation time, halved while one holds too much, and goes on in the next tick where
this one's time ended: no deep paging, flat memory. Between sweeps an idle tick asks one question: is what changed since
a fixed moment still the same set? Only when it is not, those changes are read.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel, Field

from sync_core.assets.asset_store import AssetStore
from sync_core.discovery.known_types import AssetTypes
from sync_core.discovery.read_assets import ReadAssets
from sync_core.discovery.selection import ALL_CURSOR, TERM_CURSOR
from sync_core.discovery.take_assets import PART_TIME, TakeAssets
from sync_core.errors import SyncError
from sync_core.purview.asset import Asset
from sync_core.purview.client import PAGE_SIZE, PurviewClient
from sync_core.purview.search_filters import Filter, TimeField, Window, everything_but_own, since, within
from sync_core.purview.wire import SearchPage
from sync_core.runs.counts import Count
from sync_core.runs.defer import Defer, Deferrals, may_be_own
from sync_core.runs.deferred import Kind
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes

SWEEP_EVERY = timedelta(hours=24)
# A run of more than a minute is followed by the next one at once: a sweep of hours must leave Purview a pause.
SWEEP_TIME = timedelta(seconds=45)
# The index shows a change minutes after it happened, so what changed is asked for with an
# overlap. Source: docs/vendors/purview.md, section 1.
OVERLAP = timedelta(minutes=30)
SLIDE_AFTER = timedelta(hours=1)
TYPE_TIME = timedelta(minutes=3)
WINDOW_TIME = timedelta(minutes=2)  # one that takes longer is read in halves
MOST_WINDOWS = 100  # so many are deferred one by one; then what fails is deferred as it is, however large
LARGEST_WINDOW = 5000  # paging deeper than 20,000 rows is known to break (wjohnson/pyapacheatlas#206)


Span = tuple[int, int | None]
SPAN = re.compile("(createTime|updateTime) ([0-9]{1,15}) ([0-9]{0,15})")
LAST_MS = 10**14  # a moment behind the year 5000 is none that this version wrote


class AllCursor(BaseModel):
    """Where the sweep stands and what was seen last.

    `windows` are those still to sweep, as pairs of epoch milliseconds, the last one first to be read; an empty list
    means that no sweep is going on.
    `changes` are the windows of what changed lately that are still to read, in the same way.
    `next_look_at` is when something that could not be read is looked at again; `awaits_types` says that assets wait for
    a type that Purview did not tell: once it does, everything is swept anew.
    `probe` tells the set of changes since the fixed moment `since_ms` from any other: its size and its newest member.
    `is_complete` tells whether the last sweep read all that was counted. `own_collection` is what `collection_setting`
    stood for when the last sweep began.
    """

    sweep_started_at: datetime
    windows: list[Span] = Field(default_factory=list)
    swept: int = 0
    is_complete: bool = True
    complete_at: datetime | None = None
    changes: list[Span] = Field(default_factory=list)
    since_ms: int = Field(default=0, ge=0, le=LAST_MS)
    probe: str = ""
    own_collection: str = ""
    collection_setting: str = ""
    next_look_at: datetime | None = None
    awaits_types: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """What all steps of one run share: what to search for, where to write down what happens, a sign of life."""

    conditions: Sequence[Filter]
    log: RunLog
    deferrals: Deferrals
    keep_alive: Callable[[], None]


@dataclass(frozen=True)
class DiscoverAll:
    """Enumerates the whole catalog and takes over what is new or changed."""

    purview: PurviewClient
    types: AssetTypes
    details: ReadAssets
    take: TakeAssets
    assets: AssetStore
    defer: Defer
    notes: Notes
    clock: Callable[[], datetime]
    own_collection: Callable[[], str]
    collection_setting: str

    def run(self, log: RunLog, *, keep_alive: Callable[[], None]) -> None:
        """Sweep if a sweep is due or going on, then take over what changed lately.

        What cannot be read is deferred, and looked at again once its pause is over.
        """
        deferrals = self.defer.open(log)
        cursor = self._begin(self.clock(), log)
        tick = Tick(everything_but_own(cursor.own_collection), log, deferrals, keep_alive)
        if cursor.next_look_at is not None and self.clock() >= cursor.next_look_at:
            cursor = self._look_again(cursor, tick)
        if cursor.windows:
            cursor = self._sweep(cursor, tick)
        if log.has_time(self.clock()):
            cursor = self._changes(cursor, tick)
        self._save(cursor, self._deferred(cursor, tick))

    def _look_again(self, cursor: AllCursor, tick: Tick) -> AllCursor:
        """Read what was deferred: assets and types by themselves, spans of time with those that are left to read."""
        for kind in (Kind.TYPE, Kind.ASSET, Kind.WINDOW):
            tick.deferrals.concern(kind, [one.id for one in tick.deferrals.due(kind)])
        for due in tick.deferrals.due(Kind.TYPE):
            self.types.why_left_out(due.id, tick.deferrals, lambda: self._has_time(tick))
        self._take_described(self._read_details([one.id for one in tick.deferrals.due(Kind.ASSET)], tick), tick)
        spans = self._due_spans(tick.deferrals)
        left = {"createTime": cursor.windows, "updateTime": cursor.changes}
        again = {name: [span for field, span in spans if field == name and span not in left[name]] for name in left}
        update = {"windows": [*again["createTime"], *left["createTime"]]}
        return cursor.model_copy(update={**update, "changes": [*again["updateTime"], *left["updateTime"]]})

    def _due_spans(self, deferrals: Deferrals) -> list[tuple[str, Span]]:
        """Return the spans to be looked at again; what another version calls one in another way is none of ours."""
        spans = {one.id: _to_span(one.id) for one in deferrals.due(Kind.WINDOW)}
        deferrals.succeeded(Kind.WINDOW, [window for window, span in spans.items() if span is None])
        return [span for span in spans.values() if span is not None]

    def _deferred(self, cursor: AllCursor, tick: Tick) -> dict[str, Any]:
        """Return what a cursor keeps of what is deferred. Once the types are known, all is swept that waited."""
        awaits_types = cursor.awaits_types or bool(tick.log.counts[Count.AWAITING_TYPE])
        if not awaits_types and not tick.deferrals.count and cursor.next_look_at is None:
            return {}
        is_answered = awaits_types and not tick.deferrals.all(Kind.TYPE)
        is_swept_anew = is_answered and not cursor.windows
        if is_swept_anew:
            tick.log.notes.append("Purview tells all types again: the whole catalog is swept for the assets of these.")
            cursor = _with_new_sweep(cursor, self.clock())
        return {
            "sweep_started_at": cursor.sweep_started_at,
            "windows": cursor.windows,
            "swept": cursor.swept,
            "is_complete": cursor.is_complete,
            "awaits_types": awaits_types and not is_swept_anew,
            "next_look_at": tick.deferrals.earliest(Kind.ASSET, Kind.TYPE, Kind.WINDOW),
        }

    def _begin(self, now: datetime, log: RunLog) -> AllCursor:
        """Return where to go on. Which collection is our own is asked once a sweep: no idle tick pays for it."""
        cursor = self.notes.load(AllCursor, ALL_CURSOR)
        is_lost = cursor is not None and not self.assets.has_sweep()
        is_old = cursor is None or (not cursor.windows and now - cursor.sweep_started_at >= SWEEP_EVERY)
        is_sweep_due = is_lost or is_old
        if cursor and not is_sweep_due and cursor.collection_setting == self.collection_setting:
            return cursor
        if cursor is None:
            self.notes.delete(TERM_CURSOR)
        own = {"own_collection": self._find_own(cursor, log), "collection_setting": self.collection_setting}
        cursor = (cursor or self._first_cursor(now, own["own_collection"])).model_copy(update=own)
        if is_sweep_due:
            cursor = _with_new_sweep(cursor, now)
            self.notes.save(ALL_CURSOR, cursor)  # first: a mark without a sweep would hide that the records were lost
            self.assets.note_sweep(now)
        return cursor

    def _find_own(self, cursor: AllCursor | None, log: RunLog) -> str:
        """Return our own collection; where Purview does not tell, the one that it told the last time."""
        try:
            return self.own_collection()
        except SyncError as error:
            if cursor is None or cursor.collection_setting != self.collection_setting or not may_be_own(error):
                raise
            log.notes.append(f"The collections cannot be read; {self.collection_setting} is what it was. {error}")
            return cursor.own_collection

    def _first_cursor(self, now: datetime, own_collection: str) -> AllCursor:
        # Asked before the sweep: whatever this counts, the sweep reads.
        since_ms = _to_ms(now - OVERLAP)
        probe = self._probe(everything_but_own(own_collection), since_ms)
        return AllCursor(sweep_started_at=now, since_ms=since_ms, probe=probe)

    def _sweep(self, cursor: AllCursor, tick: Tick) -> AllCursor:
        ends_at = tick.log.ends_within(self.clock(), SWEEP_TIME)
        while cursor.windows and self.clock() < ends_at:
            windows, read, counted = self._step(cursor.windows, "createTime", cursor.sweep_started_at, tick)
            is_complete = cursor.is_complete and read >= counted
            progress = {"windows": windows, "swept": cursor.swept + read, "is_complete": is_complete}
            cursor = self._save(cursor, progress)
        if cursor.windows:
            tick.log.notes.append(
                f"The sweep of the whole catalog goes on in the next run; {cursor.swept} entities so far."
            )
            return cursor
        tick.log.notes.append(f"The sweep of the whole catalog is done; {cursor.swept} entities.")
        return cursor.model_copy(update={"complete_at": self.clock() if cursor.is_complete else cursor.complete_at})

    def _changes(self, cursor: AllCursor, tick: Tick) -> AllCursor:
        now = self.clock()
        if not cursor.changes:
            cursor = self._ask(cursor, now, tick)
        ends_at = tick.log.ends_within(now, PART_TIME)
        while cursor.changes and self.clock() < ends_at:
            changes, _, _ = self._step(cursor.changes, "updateTime", now, tick)
            cursor = self._save(cursor, {"changes": changes})
        if cursor.changes:
            tick.log.notes.append("There are more changes than one run can read; the next one goes on.")
        return cursor

    def _ask(self, cursor: AllCursor, now: datetime, tick: Tick) -> AllCursor:
        """Ask whether anything changed since the fixed moment, and if so note that all of it is to be read."""
        next_since_ms, next_probe = cursor.since_ms, None
        if now - _from_ms(cursor.since_ms) >= OVERLAP + SLIDE_AFTER:
            # Asked before the old question: what this one counts, the old one counts too.
            next_since_ms = _to_ms(now - OVERLAP)
            next_probe = self._probe(tick.conditions, next_since_ms)
        probe = self._probe(tick.conditions, cursor.since_ms)
        changes = [(cursor.since_ms, None)] if probe != cursor.probe else []
        update = {"since_ms": next_since_ms, "probe": next_probe or probe, "changes": changes}
        # Kept before anything is read: whoever dies on the way leaves the rest to the next run.
        return self._save(cursor, update) if changes else cursor.model_copy(update=update)

    def _save(self, cursor: AllCursor, update: dict[str, Any]) -> AllCursor:
        cursor = cursor.model_copy(update=update)
        self.notes.save(ALL_CURSOR, cursor)
        return cursor

    def _step(
        self, windows: Sequence[Span], field: TimeField, now: datetime, tick: Tick
    ) -> tuple[list[Span], int, int]:
        """Read the last window, or halve it if it holds too much; return those left, how many were read and counted.

        One that cannot be read, or takes too long, is halved too; one that cannot be halved is deferred.
        """
        *rest, last = windows
        window = Window(*last)
        query = within(tick.conditions, field, window)
        halves = [(half.start_ms, half.end_ms) for half in reversed(window.halves(_to_ms(now)) or ())]
        try:
            first = self.purview.search(query, limit=PAGE_SIZE)
            if first.count > LARGEST_WINDOW and first.token and halves:  # no count is believed where nothing follows
                return [*rest, *halves], 0, 0
            read, is_over = self._take_twice(first, query, tick)
        except SyncError as error:
            if not may_be_own(error):
                raise
            self._doubt(field, error, tick)
            return [*rest, *self._smaller(_to_id(field, last), halves, error, tick)], 0, 1
        if not is_over:
            return [*rest, *(halves or [last])], 0, 0
        if tick.deferrals.knows(Kind.WINDOW):
            tick.deferrals.succeeded(Kind.WINDOW, [_to_id(field, last)])
        tick.log.counts[Count.SEEN] += read
        return rest, read, read

    def _smaller(self, window: str, halves: Sequence[Span], error: SyncError, tick: Tick) -> Sequence[Span]:
        """Return the halves of a window that cannot be read; what has none is deferred, and so is one too many."""
        if halves and len(tick.deferrals.all(Kind.WINDOW)) < MOST_WINDOWS:
            tick.deferrals.succeeded(Kind.WINDOW, [window])  # its halves stand for it
            return halves
        tick.deferrals.failed(Kind.WINDOW, window, error)
        return ()

    def _doubt(self, field: TimeField, error: SyncError, tick: Tick) -> None:
        """Ask the search for as much, of a time that nothing has yet: if that fails too, it is not this span."""
        tomorrow = Window(_to_ms(self.clock() + timedelta(days=1)))
        try:
            self.purview.search(within(tick.conditions, field, tomorrow), limit=PAGE_SIZE)
        except SyncError:
            raise error from None

    def _take_twice(self, first: SearchPage, query: Filter, tick: Tick) -> tuple[int, bool]:
        """Take a window, and once more where it shows less than is counted; then it is believed, with a note."""
        read, is_over = self._take_pages(first, query, tick)
        if not is_over or read >= first.count:
            return read, is_over
        again, is_over = self._take_pages(self.purview.search(query, limit=PAGE_SIZE), query, tick)
        if is_over and again < first.count:
            tick.log.notes.append(f"Purview counts {first.count} entities where it shows {max(read, again)} twice.")
        return max(read, again), is_over

    def _take_pages(self, first: SearchPage, query: Filter, tick: Tick) -> tuple[int, bool]:
        """Take page after page; return how many were read, and whether there was time for all."""
        read, ends_at = 0, tick.log.ends_within(self.clock(), WINDOW_TIME) if first.token else None
        for page in self._pages(first, query):
            tick.keep_alive()
            if read and ends_at is not None and self.clock() >= ends_at:
                return read, False
            self._take_described(self._described(page.assets, tick), tick)
            read += len(page.assets)
        return read, True

    def _take_described(self, assets: Iterable[Asset], tick: Tick) -> None:
        self.take.take([asset for asset in assets if self._is_data_asset(asset, tick)], tick.log)

    def _pages(self, first: SearchPage, query: Filter) -> Iterator[SearchPage]:
        page, tokens = first, set[str]()
        while page.assets:
            yield page
            if not page.token or page.token in tokens:
                return
            tokens.add(page.token)
            page = self.purview.search(query, limit=PAGE_SIZE, token=page.token)

    def _probe(self, conditions: Sequence[Filter], since_ms: int) -> str:
        page = self.purview.search(since(conditions, "updateTime", since_ms), limit=1, orderby="updateTime DESC")
        return f"{page.count} {page.newest}"

    def _described(self, hits: Sequence[Asset], tick: Tick) -> Iterator[Asset]:
        """Yield the assets of a page; the store is asked where a hit does not tell what an asset is and is called."""
        doubtful = {hit.guid: hit for hit in hits if not _is_described(hit)}
        yield from (hit for hit in hits if hit.guid not in doubtful)
        if doubtful:
            found = self._read_details(list(doubtful), tick)
            yield from (replace(asset, display_text=doubtful[asset.guid].display_text) for asset in found)

    def _read_details(self, guids: Sequence[str], tick: Tick) -> Iterator[Asset]:
        """Yield what the store knows of these, as far as there is time; those that it does not tell are deferred."""
        ends_at = tick.log.ends_within(self.clock(), PART_TIME)

        def has_time() -> bool:
            tick.keep_alive()
            return self.clock() < ends_at

        reading = self.details.begin(tick.deferrals, (), has_time)
        for number, group in enumerate(reading.groups(guids)):
            if number and not reading.has_time():
                tick.log.notes.append("There are more details to read than one run can.")
                return
            for part in reading.read(group):
                yield from part.assets
                tick.log.counts[Count.UNKNOWN] += len(part.guids) - len(part.assets) if part.is_read else 0

    def _has_time(self, tick: Tick) -> bool:
        """Whether there is time to ask for one more type in this run; each is some calls."""
        tick.keep_alive()
        return self.clock() < tick.log.started_at + TYPE_TIME

    def _is_data_asset(self, asset: Asset, tick: Tick) -> bool:
        why = self.types.why_left_out(asset.type_name, tick.deferrals, lambda: self._has_time(tick))
        if why:
            tick.log.counts[f"{Count.LEFT_OUT}: {asset.type_name}, {why}"] += 1
        elif why is None:
            tick.log.counts[Count.AWAITING_TYPE] += 1
        return why == ""


def _is_described(hit: Asset) -> bool:
    """Whether a hit tells all that makes a record; a key made without the type would be that of another asset."""
    return bool(hit.type_name and hit.name and hit.qualified_name)


def _with_new_sweep(cursor: AllCursor, now: datetime) -> AllCursor:
    everything = (0, None)
    return cursor.model_copy(update={"sweep_started_at": now, "windows": [everything], "swept": 0, "is_complete": True})


def _to_id(field: TimeField, span: Span) -> str:
    return f"{field} {span[0]} {'' if span[1] is None else span[1]}"


def _to_span(window: str) -> tuple[str, Span] | None:
    found = SPAN.fullmatch(window)
    return (found[1], (int(found[2]), int(found[3]) if found[3] else None)) if found else None


def _to_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _from_ms(moment_ms: int) -> datetime:
    return datetime.fromtimestamp(moment_ms / 1000, UTC)
