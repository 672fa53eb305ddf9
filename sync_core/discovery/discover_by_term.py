"""Finds the assets that carry a glossary term, from the term's own list of assignments.

That list is read from Purview's store and does not wait for the search index, which lags by minutes. A tick without a
change costs one request per page of assignments, nothing else.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import nlargest

from sync_core.absence.retirement import latest_by_guid
from sync_core.assets.asset_rows import ASSETS_A_TRANSACTION
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.entry import ALL_PARTS, Entry, part_of
from sync_core.discovery.find_missing import FindMissing, Missing
from sync_core.discovery.known_types import AssetTypes
from sync_core.discovery.plan import Sighting, guids_to_read
from sync_core.discovery.read_assets import ReadAssets, Reading
from sync_core.discovery.save_assets import PART_TIME, SaveAssets
from sync_core.discovery.selection import ALL_CURSOR, TERM_CURSOR
from sync_core.discovery.term_cursor import TermCursor, keepers
from sync_core.discovery.terms.curation.tell_curation import TellCuration
from sync_core.discovery.terms.keywords import Selection
from sync_core.discovery.terms.read_lists import Position, ReadLists, Snapshot
from sync_core.discovery.terms.tell_paused import TellPaused
from sync_core.logs import get_logger
from sync_core.purview.asset import Asset
from sync_core.purview.asset_types import NOT_A_DATA_SET
from sync_core.purview.client import PAGE_SIZE
from sync_core.purview.wire import AssignedEntity
from sync_core.runs.counts import Count
from sync_core.runs.defer import Defer, Deferrals
from sync_core.runs.deferred import Kind
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes

logger = get_logger(__name__)

ASSETS_A_BATCH = 15 * ASSETS_A_TRANSACTION  # some hundred, in transactions that are full
KNOWN_ASSETS_ASKED = 3


@dataclass(frozen=True, slots=True)
class Tick:
    """What all steps of one run share: what is deferred, where to write down what happens, a sign of life."""

    deferrals: Deferrals
    log: RunLog
    keep_alive: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Due:
    """Whose details are to be read, who of these is not in the index, who was read before, and who was read now."""

    guids: list[str]
    unindexed: set[str]
    readable: list[str]
    read: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Saved:
    """Whether there was time for all, in which parts somebody could not be read, who could, and where time ended."""

    is_whole: bool
    again: frozenset[int]
    readable: list[str]
    details_after: str


@dataclass(frozen=True)
class DiscoverByTerm:
    """Enumerates assignments and takes over what changed."""

    lists: ReadLists
    details: ReadAssets
    types: AssetTypes
    assets: AssetStore
    save: SaveAssets
    missing: FindMissing
    defer: Defer
    tell: TellPaused
    tell_curation: TellCuration
    notes: Notes
    clock: Callable[[], datetime]

    def run(self, selection: Selection, log: RunLog, *, keep_alive: Callable[[], None]) -> None:
        """Discover the assets that carry one of the terms; `keep_alive` is called between steps.

        Raises:
            ConfigError: a keyword names no term. The assets of the others were taken over, nobody counts as missing.
            TransientError: no term can be read and its store answers nothing, or there was no time for all lists; what
                was read was taken over.
        """
        cursor, deferrals = self.notes.load(TermCursor, TERM_CURSOR), self.defer.open(log)
        if cursor is None:
            self.notes.delete(ALL_CURSOR)
        found = self.lists.read(
            selection,
            deferrals,
            began=cursor.goes_on if cursor else Position(),
            page_size=cursor.page_size if cursor else PAGE_SIZE,
            has_paused=cursor is None or cursor.has_paused,
            keep_alive=keep_alive,
        )
        is_approved = cursor is not None and cursor.has_asked and self.missing.retire.has_approval()
        if cursor is None or is_approved or not cursor.is_current(found):
            found = self.lists.read_to_end(found, deferrals, keep_alive) if found.is_whole else found
            parts = ALL_PARTS if cursor is None or is_approved else cursor.parts_due(found)
            self._compare(cursor, found, parts, Tick(deferrals, log, keep_alive))
        else:
            log.counts[Count.DEFERRED] = cursor.deferred
        log.counts[Count.ASSIGNED] = len(found.seen.entities)
        notes = found.terms.findings.notes(found.terms.keywords, found.started_at)
        log.notes += [each for each in notes if each not in log.notes]
        self.tell_curation.tell(found.terms.findings.proposals, log)
        self.tell.tell(found.paused.values())
        self.tell.tell_stores(deferrals)
        found.check(deferrals)

    def _compare(self, cursor: TermCursor | None, found: Snapshot, parts: frozenset[int], tick: Tick) -> None:
        """Compare parts of the lists with the records, and keep that."""
        before = cursor or TermCursor(selection=str(found.selection), compared_at=found.started_at)
        saved = self._save_due(found, parts, before, tick)
        is_in_time = saved.is_whole and tick.log.has_time(self.clock())
        left = self.missing.run(found, parts, tick.deferrals, tick.log, tick.keep_alive) if is_in_time else None
        if left is not None:
            self.notes.save(TERM_CURSOR, _compared(before, found, parts, saved, left, deferrals=tick.deferrals))
            return
        update = {"goes_on": found.ended or Position(), "has_paused": bool(found.paused), "readable": saved.readable}
        part = before.model_copy(update={**update, "details_after": saved.details_after})
        if part != cursor:
            self.notes.save(TERM_CURSOR, part)

    def _save_due(self, found: Snapshot, parts: frozenset[int], before: TermCursor, tick: Tick) -> Saved:
        """Take over what is new or changed in some parts of the lists."""
        ends_at, log = tick.log.ends_within(self.clock(), PART_TIME), tick.log

        def has_time() -> bool:
            tick.keep_alive()
            return self.clock() < ends_at

        awaiting = set[int]()
        entities = found.seen.entities.values()
        with self.types.learning((one.type_name for one in entities), tick.deferrals):
            sightings = list(self._data_assets(entities, tick, has_time, awaiting))
        is_cut = log.counts[Count.AWAITING_TYPE] > 0 and not has_time()
        due = self._find_due(found, parts, sightings, tick)
        guids = _resumed(due.guids, before.details_after)
        log.counts[Count.UNCHANGED] = len(sightings) - len(guids)
        known = list(dict.fromkeys([*due.readable, *before.readable]))[:KNOWN_ASSETS_ASKED]
        reading = self.details.begin(tick.deferrals, known, has_time)
        groups = reading.groups(guids)
        done = self._save_groups(groups, reading, found, due)
        if done < len(groups):
            log.notes.append(f"{sum(len(group) for group in groups[done:])} assets are left to the next run.")
        deferred = {part_of(guid) for guid in guids if tick.deferrals.find(Kind.ASSET, guid)}
        readable = list(dict.fromkeys([*due.read, *known]))[:KNOWN_ASSETS_ASKED]
        details_after = groups[done - 1][-1] if done < len(groups) else ""
        return Saved(not (details_after or is_cut), frozenset(awaiting | deferred), readable, details_after)

    def _find_due(self, found: Snapshot, parts: frozenset[int], sightings: Sequence[Sighting], tick: Tick) -> Due:
        """Compare the sightings with the index, part by part."""
        by_part: dict[int, list[Sighting]] = {}
        for sighting in sightings:
            by_part.setdefault(part_of(sighting.guid), []).append(sighting)
        guids, unindexed, latest = list[str](), set[str](), list[Entry]()
        for part, entries in self.assets.index.by_part(parts, tick.keep_alive):
            known = latest_by_guid(one.entry for one in entries if one.entry.guid in found.seen.entities)
            due = guids_to_read(by_part.get(part, ()), known, found.started_at)
            guids += due
            unindexed.update(guid for guid in due if guid not in known)
            # Those that were read last tell a store that fails from an asset that does.
            latest = nlargest(KNOWN_ASSETS_ASKED, [*latest, *known.values()], key=lambda one: one.refreshed_at)
        return Due(guids, unindexed, [one.guid for one in latest])

    def _save_groups(self, groups: Sequence[Sequence[str]], reading: Reading, found: Snapshot, due: Due) -> int:
        """Take group after group, the first one in any case; return how many there was time for.

        What was read is taken, whatever ends the reading.
        """
        waiting, done, log = list[Asset](), 0, reading.deferrals.log
        try:
            for group in groups:
                if not reading.has_time() and done:
                    break
                for part in reading.read(group):
                    waiting += [_described(asset, found) for asset in part.assets]
                    due.read.extend(asset.guid for asset in part.assets)
                    log.counts[Count.UNKNOWN] += len(part.guids) - len(part.assets) if part.is_read else 0
                if len(waiting) >= ASSETS_A_BATCH:
                    batch, waiting = waiting[:ASSETS_A_BATCH], waiting[ASSETS_A_BATCH:]
                    self._save(batch, due, log)
                done += 1
        finally:
            if waiting:
                self._save(waiting, due, log)
        return done

    def _save(self, assets: Sequence[Asset], due: Due, log: RunLog) -> None:
        self.save.save(assets, log, unindexed=due.unindexed, likely_new=due.unindexed)

    def _data_assets(
        self, entities: Iterable[AssignedEntity], tick: Tick, has_time: Callable[[], bool], awaiting: set[int]
    ) -> Iterator[Sighting]:
        """Yield the data assets among these; of those of a type that Purview does not tell, the parts are `awaiting`.

        Types that failed before come last: where their time ends the run, the others were asked about.
        """
        deferrals, log = tick.deferrals, tick.log
        for entity in sorted(entities, key=lambda one: deferrals.find(Kind.TYPE, one.type_name) is not None):
            match self.types.why_left_out(entity.type_name, deferrals, has_time):
                case None:
                    log.counts[Count.AWAITING_TYPE] += 1
                    awaiting.add(part_of(entity.guid))
                case "":
                    yield Sighting(entity.guid, entity.type_name, entity.display_text)
                case why:
                    _leave_out(entity.type_name, why, log)


def _resumed(guids: Iterable[str], after: str) -> list[str]:
    """Return the guids from where the last run's time ended: what takes long must not hold up the others."""
    ordered = sorted(guids)
    start = bisect_right(ordered, after)
    return ordered[start:] + ordered[:start]


def _leave_out(type_name: str, why: str, log: RunLog) -> None:
    """Count an entity that is no data asset. A type that only its definition tells apart may be a surprise.

    A term on a column or a process is the everyday case; who gives it to a server or a share expects something to come.
    """
    name = f"{Count.LEFT_OUT}: {type_name}, {why}"
    log.counts[name] += 1
    if why == NOT_A_DATA_SET and log.counts[name] == 1:
        logger.warning("Assets of type %s are left out as no data assets: %s", type_name, why)


def _compared(
    before: TermCursor, found: Snapshot, parts: frozenset[int], saved: Saved, left: Missing, *, deferrals: Deferrals
) -> TermCursor:
    """Return the note of a complete snapshot, some parts of which were compared, and the others are as they were."""
    update = {
        "selection": str(found.selection),
        "digest": found.seen.digest(),
        "paused": sorted(found.paused),
        "keepers": keepers(found),
        "again": sorted(left.parts | saved.again),
        "page_size": found.seen.page_size,
        "has_missing": left.has_missing,
        "has_asked": left.has_asked,
        "has_paused": bool(found.paused),
        "deferred": deferrals.count,
        "next_look_at": deferrals.next_look_at(Kind.ASSET, Kind.TYPE, Kind.TERM),
        "readable": saved.readable,
        "goes_on": Position(),
        "details_after": saved.details_after,
    }
    return before.model_copy(update={**update, **before.compared(found, parts)})


def _described(asset: Asset, found: Snapshot) -> Asset:
    """Return an asset with what the lists tell of it."""
    terms = tuple(term for term in found.terms.guids if found.seen.shows(term, asset.guid))
    return replace(asset, display_text=found.seen.entities[asset.guid].display_text, terms=terms)
