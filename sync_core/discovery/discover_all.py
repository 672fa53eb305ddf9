"""Finds all assets (`*`) through Purview's search: a full sweep now and then, and what changed in between.

The sweep goes through windows of creation time, halved while one holds too much, and goes on in the next tick where
this one's time ended: no deep paging, flat memory. Between sweeps an idle tick asks one question: is what changed since
a fixed moment still the same set? Only when it is not, those changes are read. Either way only differences are compared
with the records: from what was recorded as the sweep began, and from what was compared since the fixed moment.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sync_core.assets.asset_store import AssetStore
from sync_core.assets.entry import PARTS
from sync_core.discovery.all_cursor import AllCursor, Span, from_ms, parse_span, to_ms
from sync_core.discovery.compared_changes import Compared, ComparedChanges
from sync_core.discovery.known_types import AssetTypes
from sync_core.discovery.read_assets import ReadAssets
from sync_core.discovery.read_hits import ReadHits
from sync_core.discovery.recorded_assets import Recorded, RecordedAssets
from sync_core.discovery.save_assets import PART_TIME, SaveAssets
from sync_core.discovery.search_windows import LARGEST_WINDOW, SearchWindows, Tick, fetch_probe
from sync_core.discovery.selection import ALL_CURSOR, TERM_CURSOR
from sync_core.errors import SyncError
from sync_core.purview.asset import Asset
from sync_core.purview.client import PurviewClient
from sync_core.purview.search_filters import everything_but_own
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


@dataclass(frozen=True)
class DiscoverAll:
    """Enumerates the whole catalog and takes over what is new or changed."""

    purview: PurviewClient
    types: AssetTypes
    details: ReadAssets
    save: SaveAssets
    assets: AssetStore
    recorded: RecordedAssets
    compared: ComparedChanges
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
        if self.types.is_told_otherwise(deferrals, self._hits(tick).has_time):
            cursor = cursor.model_copy(update={"awaits_types": True})
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
        hits = self._hits(tick)
        for due in tick.deferrals.due(Kind.TYPE):
            self.types.why_left_out(due.id, tick.deferrals, hits.has_time)
        details = hits.details_of([one.id for one in tick.deferrals.due(Kind.ASSET)])
        self.save.save(hits.only_data_assets(details), tick.log)
        spans = self._due_spans(tick.deferrals)
        left = {"createTime": cursor.windows, "updateTime": cursor.changes}
        again = {name: [span for field, span in spans if field == name and span not in left[name]] for name in left}
        update = {"windows": [*again["createTime"], *left["createTime"]]}
        return cursor.model_copy(update={**update, "changes": [*again["updateTime"], *left["updateTime"]]})

    def _due_spans(self, deferrals: Deferrals) -> list[tuple[str, Span]]:
        """Return the spans to be looked at again; what another version calls one in another way is none of ours."""
        spans = {one.id: parse_span(one.id) for one in deferrals.due(Kind.WINDOW)}
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
            cursor = cursor.with_new_sweep(self.clock(), LARGEST_WINDOW)
        return {
            "sweep_started_at": cursor.sweep_started_at,
            "windows": cursor.windows,
            "parts_read": cursor.parts_read,
            "read": cursor.read,
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
            cursor = cursor.with_new_sweep(now, LARGEST_WINDOW)
            self.compared.forget()
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
        since_ms = to_ms(now - OVERLAP)
        probe = fetch_probe(self.purview, everything_but_own(own_collection), since_ms)
        return AllCursor(sweep_started_at=now, since_ms=since_ms, probe=probe)

    def _sweep(self, cursor: AllCursor, tick: Tick) -> AllCursor:
        ends_at = tick.log.ends_within(self.clock(), SWEEP_TIME)
        cursor = self._read_recorded(cursor, tick, ends_at)
        recorded = self.recorded.load(cursor.sweep_started_at) if cursor.parts_read == PARTS else Recorded()
        search = self._search(lambda assets: self._save_swept(assets, recorded, tick.log), tick)
        while cursor.parts_read == PARTS and cursor.windows and self.clock() < ends_at:
            *_, (start, _) = cursor.windows
            windows, read, counted = search.step(cursor.windows, "createTime", cursor.sweep_started_at)
            progress = {"windows": windows, "swept": cursor.swept + read}
            progress |= {"is_complete": cursor.is_complete and read >= counted}
            cursor = self._save(cursor, progress | {"read": [*cursor.read, (start, read)] if read else cursor.read})
        if cursor.windows:
            tick.log.notes.append(
                f"The sweep of the whole catalog goes on in the next run; {cursor.swept} entities so far."
            )
            return cursor
        tick.log.notes.append(f"The sweep of the whole catalog is done; {cursor.swept} entities.")
        return cursor.model_copy(update={"complete_at": self.clock() if cursor.is_complete else cursor.complete_at})

    def _read_recorded(self, cursor: AllCursor, tick: Tick, ends_at: datetime) -> AllCursor:
        """Read what is recorded, as far as there is time, before anything is compared with it."""
        if cursor.parts_read == PARTS:
            return cursor
        sweep, first = cursor.sweep_started_at, cursor.parts_read
        parts_read = self.recorded.read_on(sweep, first, lambda: self.clock() < ends_at, tick.keep_alive)
        return self._save(cursor, {"parts_read": parts_read})

    def _save_swept(self, assets: Sequence[Asset], recorded: Recorded, log: RunLog) -> None:
        """Take what is not recorded just so; where only the index did not tell, it is mended."""
        new = [asset for asset in assets if not recorded.shows(asset)]
        log.counts[Count.UNCHANGED] += len(assets) - len(new)
        guids = {asset.guid for asset in new}
        self.save.save(new, log, unindexed=guids, likely_new=guids)

    def _save_changed(self, assets: Sequence[Asset], compared: Compared, log: RunLog) -> None:
        """Take what was not compared just so since the fixed moment."""
        new = [asset for asset in assets if not compared.shows(asset)]
        log.counts[Count.UNCHANGED] += len(assets) - len(new)
        left = self.save.save(new, log, likely_new={asset.guid for asset in new})
        compared.add(asset for asset in new if asset.guid not in left)

    def _search(self, handle: Callable[[Sequence[Asset]], None], tick: Tick) -> SearchWindows:
        hits = self._hits(tick)
        return SearchWindows(self.purview, self.clock, tick, lambda page: handle(hits.data_assets(page)))

    def _hits(self, tick: Tick) -> ReadHits:
        return ReadHits(self.types, self.details, self.clock, tick)

    def _changes(self, cursor: AllCursor, tick: Tick) -> AllCursor:
        now = self.clock()
        if not cursor.changes:
            cursor = self._ask(cursor, now, tick)
        if not cursor.changes:
            return cursor
        ends_at, compared = tick.log.ends_within(now, PART_TIME), self.compared.load()
        search = self._search(lambda assets: self._save_changed(assets, compared, tick.log), tick)
        while cursor.changes and self.clock() < ends_at:
            changes, _, _ = search.step(cursor.changes, "updateTime", now)
            self.compared.save(compared)
            cursor = self._save(cursor, {"changes": changes})
        if cursor.changes:
            tick.log.notes.append("There are more changes than one run can read; the next one goes on.")
        return cursor

    def _ask(self, cursor: AllCursor, now: datetime, tick: Tick) -> AllCursor:
        """Ask whether anything changed since the fixed moment, and if so note that all of it is to be read."""
        next_since_ms, next_probe = cursor.since_ms, None
        if now - from_ms(cursor.since_ms) >= OVERLAP + SLIDE_AFTER:
            # Asked before the old question: what this one counts, the old one counts too.
            next_since_ms = to_ms(now - OVERLAP)
            self.compared.forget()
            next_probe = fetch_probe(self.purview, tick.conditions, next_since_ms)
        probe = fetch_probe(self.purview, tick.conditions, cursor.since_ms)
        changes = [(cursor.since_ms, None)] if probe != cursor.probe else []
        update = {"since_ms": next_since_ms, "probe": next_probe or probe, "changes": changes}
        # Kept before anything is read: whoever dies on the way leaves the rest to the next run.
        return self._save(cursor, update) if changes else cursor.model_copy(update=update)

    def _save(self, cursor: AllCursor, update: dict[str, Any]) -> AllCursor:
        cursor = cursor.model_copy(update=update)
        self.notes.save(ALL_CURSOR, cursor)
        return cursor
