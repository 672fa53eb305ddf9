"""Finds the assets that carry a glossary term, from the term's own list of assignments.

That list is read from Purview's store and does not wait for the search index, which lags by minutes. A tick without a
change costs one request per page of assignments, nothing else.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import nlargest

from pydantic import BaseModel, Field

from sync_core.absence.retirement import latest_by_guid
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetRecord
from sync_core.discovery.find_missing import FindMissing, Missing
from sync_core.discovery.known_types import AssetTypes
from sync_core.discovery.plan import Sighting, guids_to_read
from sync_core.discovery.read_assets import ReadAssets, Reading
from sync_core.discovery.selection import ALL_CURSOR, TERM_CURSOR
from sync_core.discovery.take_assets import PART_TIME, TakeAssets
from sync_core.discovery.terms.keywords import Selection
from sync_core.discovery.terms.read_lists import Position, ReadLists, Snapshot
from sync_core.discovery.terms.tell_curation import TellCuration
from sync_core.discovery.terms.tell_paused import TellPaused
from sync_core.purview.asset import Asset
from sync_core.purview.client import PAGE_SIZE
from sync_core.purview.wire import AssignedEntity
from sync_core.runs.counts import Count
from sync_core.runs.defer import Defer, Deferrals
from sync_core.runs.deferred import Kind
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes

COMPARE_AFTER = timedelta(minutes=10)  # compare with the records at least this often, whatever the digest says
ASSETS_A_BATCH = 500
KNOWN_ASSETS_ASKED = 3
TAKE_CURSOR = "by-term-take"


class TakeCursor(BaseModel):
    """Behind which guid the assets go on whose details are to be read, where a run's time ended."""

    after: str


class TermCursor(BaseModel):
    """What the last complete enumeration saw. `digest` is a hash of all assignments.

    `page_size` is the length from which on a page was followed by another one: a server may cap what is asked for.
    `has_missing` says that an asset is in its grace before it is retired: the next run compares again. `has_asked` says
    that a retirement waits for a person: the run after her word compares again. `has_paused` says that a term is
    paused, `deferred` how many things are, and `next_look_at` when to compare for them. `goes_on` is where a run's time
    for reading lists ended.
    """

    selection: str
    digest: str
    compared_at: datetime
    assigned: int
    page_size: int = PAGE_SIZE
    has_missing: bool = False
    has_asked: bool = False
    has_paused: bool = False
    deferred: int = 0
    next_look_at: datetime | None = None
    goes_on: Position = Field(default_factory=Position)

    @classmethod
    def of(cls, found: Snapshot, left: Missing, deferrals: Deferrals) -> "TermCursor":
        """Return the note of a complete snapshot that was compared."""
        return cls(
            selection=str(found.selection),
            digest=found.digest(),
            compared_at=found.started_at,
            assigned=len(found.seen.entities),
            page_size=found.seen.page_size,
            has_missing=left.has_missing,
            has_asked=left.has_asked,
            has_paused=bool(found.paused),
            deferred=deferrals.count,
            next_look_at=deferrals.next_look_at(Kind.ASSET, Kind.TYPE, Kind.TERM),
        )

    def is_current(self, found: Snapshot) -> bool:
        """Whether a snapshot shows the same again, so that there is nothing to do."""
        is_same = (self.selection, self.digest) == (str(found.selection), found.digest())
        is_look_due = self.next_look_at is not None and found.started_at >= self.next_look_at
        is_recent = found.started_at - self.compared_at < COMPARE_AFTER
        return is_same and found.is_whole and is_recent and not (self.has_missing or is_look_due)


@dataclass(frozen=True)
class DiscoverByTerm:
    """Enumerates assignments and takes over what changed."""

    lists: ReadLists
    details: ReadAssets
    types: AssetTypes
    assets: AssetStore
    take: TakeAssets
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
            TransientError: no term can be read, or there was no time for all lists; what was read was taken over.
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
        if cursor is None or not cursor.is_current(found) or (cursor.has_asked and self.missing.retire.has_approval()):
            found = self.lists.read_to_end(found, deferrals, keep_alive) if found.is_whole else found
            is_taken = self._take(found, deferrals, log, keep_alive)
            is_in_time = is_taken and log.has_time(self.clock())
            left = self.missing.run(found, deferrals, log, keep_alive) if is_in_time else None
            self._note(cursor, found, left, deferrals)
        else:
            log.counts[Count.DEFERRED] = cursor.deferred
        log.counts[Count.ASSIGNED] = len(found.seen.entities)
        news = found.terms.news.notes(found.terms.keywords, found.started_at)
        log.notes += [each for each in news if each not in log.notes]
        self.tell_curation.tell(found.terms.news.proposals, log)
        self.tell.tell(found.paused.values())
        found.check()

    def _note(self, before: TermCursor | None, found: Snapshot, left: Missing | None, deferrals: Deferrals) -> None:
        """Keep what was compared; of what was not, where reading goes on, and whether a term is paused."""
        if left is not None:
            self.notes.save(TERM_CURSOR, TermCursor.of(found, left, deferrals))
            return
        cursor = before or TermCursor.of(found, Missing(), deferrals).model_copy(update={"digest": ""})
        update = {"goes_on": found.ended or Position(), "has_paused": bool(found.paused)}
        if cursor is not before or any(getattr(cursor, name) != value for name, value in update.items()):
            self.notes.save(TERM_CURSOR, cursor.model_copy(update=update))

    def _take(self, found: Snapshot, deferrals: Deferrals, log: RunLog, keep_alive: Callable[[], None]) -> bool:
        """Take over what is new or changed; return whether there was time for all of it."""
        seen, ends_at = found.seen.entities, log.ends_within(self.clock(), PART_TIME)

        def has_time() -> bool:
            keep_alive()
            return self.clock() < ends_at

        sightings = list(self._data_assets(seen.values(), deferrals, log, has_time))
        is_cut = log.counts[Count.AWAITING_TYPE] > 0 and not has_time()
        known = latest_by_guid(record for record in self.assets.all() if record.guid in seen)
        guids = self._resumed(guids_to_read(sightings, known, found.started_at))
        log.counts[Count.UNCHANGED] = len(sightings) - len(guids)
        reading = self.details.begin(deferrals, _readable(known.values()), has_time)
        groups = reading.groups(guids)
        done = self._take_groups(groups, reading, found, log)
        if done < len(groups):
            self.notes.save(TAKE_CURSOR, TakeCursor(after=groups[done - 1][-1]))
            log.notes.append(f"{sum(len(group) for group in groups[done:])} assets are left to the next run.")
        return done == len(groups) and not is_cut

    def _take_groups(self, groups: Sequence[Sequence[str]], reading: Reading, found: Snapshot, log: RunLog) -> int:
        """Take group after group, the first one in any case; return how many there was time for.

        What was read is taken, whatever ends the reading.
        """
        waiting, done = list[Asset](), 0
        try:
            for group in groups:
                if not reading.has_time() and done:
                    break
                for part in reading.read(group):
                    waiting += [_described(asset, found) for asset in part.assets]
                    log.counts[Count.UNKNOWN] += len(part.guids) - len(part.assets) if part.is_read else 0
                if len(waiting) >= ASSETS_A_BATCH:
                    batch, waiting = waiting, []
                    self.take.take(batch, log)
                done += 1
        finally:
            if waiting:
                self.take.take(waiting, log)
        return done

    def _resumed(self, guids: Iterable[str]) -> list[str]:
        """Return the guids from where the last run's time ended: what takes long must not hold up the others."""
        ordered = sorted(guids)
        cursor = self.notes.load(TakeCursor, TAKE_CURSOR) if ordered else None
        start = bisect_right(ordered, cursor.after) if cursor else 0
        return ordered[start:] + ordered[:start]

    def _data_assets(
        self, entities: Iterable[AssignedEntity], deferrals: Deferrals, log: RunLog, has_time: Callable[[], bool]
    ) -> Iterator[Sighting]:
        """Yield the data assets among these; those of a type that Purview does not tell wait.

        Types that failed before come last: where their time ends the run, the others were asked about.
        """
        for entity in sorted(entities, key=lambda one: deferrals.find(Kind.TYPE, one.type_name) is not None):
            match self.types.why_left_out(entity.type_name, deferrals, has_time):
                case None:
                    log.counts[Count.AWAITING_TYPE] += 1
                case "":
                    yield Sighting(entity.guid, entity.type_name, entity.display_text)
                case why:
                    log.counts[f"{Count.LEFT_OUT}: {entity.type_name}, {why}"] += 1


def _described(asset: Asset, found: Snapshot) -> Asset:
    """Return an asset with what the lists tell of it."""
    terms = tuple(term for term in found.terms.guids if found.seen.shows(term, asset.guid))
    return replace(asset, display_text=found.seen.entities[asset.guid].display_text, terms=terms)


def _readable(records: Iterable[AssetRecord]) -> list[str]:
    """Return the guids of those that were read last: they tell a store that fails from an asset that does."""
    latest = nlargest(KNOWN_ASSETS_ASKED, records, key=lambda record: record.refreshed_at)
    return [record.guid for record in latest]
