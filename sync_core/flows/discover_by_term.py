"""Finds the assets that carry a glossary term, from the term's own list of assignments.

That list is read from Purview's store and does not wait for the search index, which lags by minutes. A tick without a
change costs one request per page of assignments, nothing else.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import BaseModel

from sync_core.clients.purview import PAGE_SIZE, PurviewClient
from sync_core.clients.purview_wire import AssignedEntity
from sync_core.domain.asset import AssetRecord, AssetStatus
from sync_core.errors import AddressError, RejectedError, TransientError
from sync_core.flows.asset_types import AssetTypes
from sync_core.flows.assignments import Assignments
from sync_core.flows.confirm_absence import LOOKS_A_RUN, ConfirmAbsence, Sight
from sync_core.flows.resolve_terms import ResolvedTerms, ResolveTerms
from sync_core.flows.retire import Outcome, Retire
from sync_core.flows.run_log import RunLog
from sync_core.flows.take_assets import PART_TIME, TakeAssets
from sync_core.mapping.discovery_plan import Sighting, guids_to_read
from sync_core.mapping.keywords import Selection
from sync_core.mapping.retirement import RETIRABLE, is_due, latest_by_guid
from sync_core.state.assets import AssetStore
from sync_core.state.notes import Notes

CURSOR = "by-term"
COMPARE_AFTER = timedelta(minutes=10)  # compare with the records at least this often, whatever the digest says
ASSETS_A_BATCH = 500
READ_TIME = timedelta(seconds=90)
TAKE_CURSOR = "by-term-take"


class TakeCursor(BaseModel):
    """Behind which guid the assets go on whose details are to be read, where a run's time ended."""

    after: str


class TermCursor(BaseModel):
    """What the last complete enumeration saw. `digest` is a hash of all assignments.

    `page_size` is the length from which on a page was followed by another one: a server may cap what is asked for.
    `has_missing` says that an asset is in its grace before it is retired: the next run compares again. `has_asked` says
    that a retirement waits for a person: the run after her word compares again.
    """

    selection: str
    digest: str
    compared_at: datetime
    page_size: int = PAGE_SIZE
    has_missing: bool = False
    has_asked: bool = False

    @classmethod
    def of(cls, found: "Snapshot", *, has_missing: bool, has_asked: bool) -> "TermCursor":
        """Return the note of a complete snapshot that was compared."""
        return cls(
            selection=str(found.selection),
            digest=found.seen.digest(),
            compared_at=found.started_at,
            page_size=found.seen.page_size,
            has_missing=has_missing,
            has_asked=has_asked,
        )

    def is_current(self, found: "Snapshot") -> bool:
        """Whether a snapshot shows the same again, so that there is nothing to do."""
        is_same = (self.selection, self.digest) == (str(found.selection), found.seen.digest())
        return is_same and not self.has_missing and found.started_at - self.compared_at < COMPARE_AFTER


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One enumeration: when it began, for which terms, and what it showed."""

    started_at: datetime
    selection: Selection
    terms: ResolvedTerms
    seen: Assignments


@dataclass(frozen=True)
class DiscoverByTerm:
    """Enumerates assignments and takes over what changed."""

    purview: PurviewClient
    terms: ResolveTerms
    types: AssetTypes
    assets: AssetStore
    take: TakeAssets
    confirm: ConfirmAbsence
    retire: Retire
    notes: Notes
    clock: Callable[[], datetime]

    def run(self, selection: Selection, log: RunLog, *, keep_alive: Callable[[], None]) -> None:
        """Discover the assets that carry one of the terms; `keep_alive` is called between steps.

        Raises:
            ConfigError: a keyword names no term. The assets of the others were taken over, nobody counts as missing.
        """
        cursor = self.notes.load(TermCursor, CURSOR)
        keep_reading = self._reader_of(keep_alive)
        found = self._enumerate(selection, cursor.page_size if cursor else PAGE_SIZE, keep_reading)
        if cursor is None or not cursor.is_current(found) or (cursor.has_asked and self.retire.has_word()):
            self._read_to_end(found.seen, keep_reading)
            if self._take(found.seen.entities, log, keep_alive):
                self._compare_if_complete(found, log, keep_alive)
        log.counts["assigned"] = len(found.seen.entities)
        found.terms.check()

    def _reader_of(self, keep_alive: Callable[[], None]) -> Callable[[], None]:
        """Return what is called before each page: a part of the lists would be no use, so the run fails in time."""
        started_at = self.clock()

        def keep_reading() -> None:
            keep_alive()
            if self.clock() - started_at >= READ_TIME:
                raise TransientError(
                    f"The assignments of the terms could not be read within {READ_TIME.seconds} s. If this "
                    "lasts, Purview is slow, or there are too many of them for one run: give the term to fewer assets."
                )

        return keep_reading

    def _compare_if_complete(self, found: Snapshot, log: RunLog, keep_alive: Callable[[], None]) -> None:
        """Retire who is missing, if the snapshot is complete: the list of each term was read to its end."""
        if found.terms.unknown:
            return
        if not found.seen.is_steady:
            log.notes.append("The assignments moved while they were read: no asset counts as missing this time.")
            return
        # It must be the latest snapshot, too: whoever lost the lease meanwhile stops here, another discovery may have
        # seen more.
        keep_alive()
        counted = [record for record in self.assets.all() if record.status in RETIRABLE]
        is_anyone_missing = not all(record.guid in found.seen.entities for record in counted)
        # A term that is gone may answer with an empty list: before anybody counts as missing, it is looked up again.
        if is_anyone_missing and self._has_other_terms(found):
            log.notes.append("A term was made anew: no asset counts as missing until its list is read.")
            return
        has_missing, has_asked = self._compare(counted, found.seen.entities, log, keep_alive)
        self.notes.save(CURSOR, TermCursor.of(found, has_missing=has_missing, has_asked=has_asked))

    def _has_other_terms(self, found: Snapshot) -> bool:
        return self.terms.resolve(found.selection, since=found.started_at).guids != found.terms.guids

    def _compare(
        self,
        counted: Sequence[AssetRecord],
        present: Mapping[str, AssignedEntity],
        log: RunLog,
        keep_alive: Callable[[], None],
    ) -> tuple[bool, bool]:
        """Retire whose grace is over; return whether others will be, and whether a person is asked."""
        replaced = {record.key for record in counted} - {one.key for one in latest_by_guid(counted).values()}
        missing = [record for record in counted if record.guid not in present]
        in_grace = [record for record in missing if not is_due(record)]
        confirmed = set[str]()
        for record in in_grace[:LOOKS_A_RUN]:
            keep_alive()
            if self.confirm.look(record, log) is not Sight.HIDDEN:
                confirmed.add(record.guid)
        marked = self.retire.mark(counted, missing=confirmed, present=present, replaced=replaced)
        log.counts["missing"] += len(missing)
        if len(in_grace) > LOOKS_A_RUN:  # a large loss must not look like many small ones, each of which is free
            log.notes.append(f"{len(in_grace)} missing assets are looked up one by one; until then none is retired.")
            return True, False
        due = [record for record in marked if is_due(record)]
        synced = sum(1 for record in counted if record.status is AssetStatus.SYNCED)
        outcome = self.retire.retire(due, synced, log, keep_alive)
        waiting = [one for one in marked if not is_due(one)]
        is_in_grace = any(one.guid in confirmed or one.key in replaced for one in waiting)
        return is_in_grace or outcome is Outcome.UNFINISHED, outcome is Outcome.ASKED

    def _enumerate(self, selection: Selection, page_size: int, keep_alive: Callable[[], None]) -> Snapshot:
        started_at, terms = self.clock(), self.terms.resolve(selection)
        try:
            seen = self._read(terms.guids, page_size, keep_alive)
        except (RejectedError, AddressError):  # a term was deleted or made anew under another guid: a 404 of any kind
            terms = self.terms.resolve_anew(selection)
            seen = self._read(terms.guids, page_size, keep_alive)
        return Snapshot(started_at, selection, terms, seen)

    def _read(self, term_guids: Iterable[str], page_size: int, keep_alive: Callable[[], None]) -> Assignments:
        seen = Assignments.of(term_guids)
        for term_guid in seen.terms:
            self._read_on(seen, term_guid, page_size, keep_alive)
        return seen

    def _read_to_end(self, seen: Assignments, keep_alive: Callable[[], None]) -> None:
        """Ask for what would follow, until nothing does: a short page could also be a server's own limit.

        An idle tick does not pay for it.
        """
        for term_guid in seen.terms:
            self._read_on(seen, term_guid, page_size=1, keep_alive=keep_alive)

    def _read_on(self, seen: Assignments, term_guid: str, page_size: int, keep_alive: Callable[[], None]) -> None:
        """Read a term's list from where it stands; a page shorter than `page_size`, or without news, is the last."""
        while True:
            keep_alive()
            page = self.purview.fetch_assigned_entities(term_guid, seen.terms[term_guid].offset)
            if not seen.add(term_guid, page) or len(page) < page_size:
                return

    def _take(self, seen: dict[str, AssignedEntity], log: RunLog, keep_alive: Callable[[], None]) -> bool:
        """Take over what is new or changed; return whether there was time for all of it."""
        started_at = self.clock()
        sightings = list(self._data_assets(seen.values(), log))
        known = latest_by_guid(record for record in self.assets.all() if record.guid in seen)
        guids = self._resumed(guids_to_read(sightings, known, started_at))
        log.counts["unchanged"] = len(sightings) - len(guids)
        shown = {sighting.guid: sighting.display_text for sighting in sightings}
        for start in range(0, len(guids), ASSETS_A_BATCH):
            keep_alive()
            if self.clock() - started_at >= PART_TIME:
                self.notes.save(TAKE_CURSOR, TakeCursor(after=guids[start - 1]))
                log.notes.append(f"{len(guids) - start} assets are left to the next run.")
                return False
            batch = guids[start : start + ASSETS_A_BATCH]
            found = [
                replace(asset, display_text=shown.get(asset.guid, "")) for asset in self.purview.fetch_assets(batch)
            ]
            if len(found) < len(batch):
                log.counts["unknown to Purview"] += len(batch) - len(found)
            self.take.take(found, log)
        return True

    def _resumed(self, guids: Iterable[str]) -> list[str]:
        """Return the guids from where the last run's time ended: what cannot be read must not hold up the others."""
        ordered = sorted(guids)
        cursor = self.notes.load(TakeCursor, TAKE_CURSOR) if ordered else None
        start = bisect_right(ordered, cursor.after) if cursor else 0
        return ordered[start:] + ordered[:start]

    def _data_assets(self, entities: Iterable[AssignedEntity], log: RunLog) -> Iterable[Sighting]:
        for entity in entities:
            if why := self.types.why_left_out(entity.type_name):
                log.counts[f"left out: {entity.type_name}, {why}"] += 1
            else:
                yield Sighting(entity.guid, entity.type_name, entity.display_text)
