"""Reads the lists of what terms are assigned to. A term whose list cannot be read is paused; the other terms go on.

Where there is no time for all lists, what was read counts as a part, and the next run reads on behind it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pydantic import BaseModel

from sync_core.assets.entry import Entry
from sync_core.assets.record import AssetRecord
from sync_core.discovery.terms.assignments import Assignments
from sync_core.discovery.terms.find_concepts import STORE as CATALOG
from sync_core.discovery.terms.keywords import Selection
from sync_core.discovery.terms.paused import PAUSED, UNPUBLISHED, PausedError
from sync_core.discovery.terms.resolve_terms import STORE as CLASSIC
from sync_core.discovery.terms.resolve_terms import ResolvedTerms, ResolveTerms
from sync_core.discovery.terms.standing import Standing
from sync_core.discovery.terms.targets import is_of_catalog
from sync_core.discovery.terms.term_lists import Lists, TermLists
from sync_core.errors import OutOfTimeError, SyncError, TransientError
from sync_core.purview.wire import AssignedEntity
from sync_core.runs.defer import Deferrals, Refusals
from sync_core.runs.deferred import Deferred, Kind

READ_TIME = timedelta(seconds=90)


class Position(BaseModel):
    """Where reading goes on: in which term's list, and behind how many rows; at the start of all without a term."""

    term: str = ""
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One enumeration: when it began, for which terms, and what it showed.

    `paused` are the terms whose lists cannot be read, or may not count. `began` and `ended` say which part of the lists
    it is. `standing` says whom others than those that show it keep; what is paused does in any case.
    """

    started_at: datetime
    selection: Selection
    terms: ResolvedTerms
    seen: Assignments
    paused: Mapping[str, Deferred] = field(default_factory=dict)
    began: Position = field(default_factory=Position)
    ended: Position | None = None
    lists: Lists | None = None
    standing: Standing = field(default_factory=Standing)
    failures: Mapping[str, SyncError] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether each list that can be read was read from its start to its end."""
        return not self.began.term and self.ended is None

    def may_show(self, record: AssetRecord | Entry) -> bool:
        """Whether one that decides nothing now showed this asset last, so that it counts as present."""
        holding = self.standing.holding
        return bool(holding) and (not record.terms or self.standing.keeps(record.guid, record.terms))

    def terms_of(self, record: AssetRecord | Entry) -> list[str]:
        """Return which terms show the asset; of those that decide nothing now, which showed it last."""
        held = self.standing.holding.intersection(self.standing.evidence(record.guid, record.terms))
        return [key for key in self.terms.guids if key in held or self.seen.shows(key, record.guid)]

    def check(self, deferrals: Deferrals) -> None:
        """Raise what keeps all of it from being read.

        Raises:
            TransientError: no term can be read and its store answers nothing, or there was no time for all lists. Terms
                of a store that answers are paused, and told: that is no failure, however many they are.
            ConfigError: keywords name no term.
        """
        self.terms.check()
        if self.ended is not None:
            raise TransientError(
                f"The assignments of the terms could not be read within {READ_TIME.seconds} s; the next run reads on. "
                "If this lasts, Purview is slow, or there are too many of them for one run: nobody counts as missing "
                "meanwhile. Give the term to fewer assets."
            )
        is_read = not self.paused.keys() >= set(self.terms.guids)
        unread = [one for one in self.paused.values() if one.cause_class not in {PAUSED, UNPUBLISHED}]
        silent = next((one for one in unread if not is_read and deferrals.find(Kind.STORE, _store_of(one.id))), None)
        if silent:
            raise TransientError(f"No term can be read. {silent}")


@dataclass(frozen=True)
class ReadLists:
    """Enumerates assignments."""

    lists: TermLists
    terms: ResolveTerms
    clock: Callable[[], datetime]

    def read(
        self,
        selection: Selection,
        deferrals: Deferrals,
        *,
        began: Position,
        page_size: int,
        has_paused: bool,
        keep_alive: Callable[[], None],
    ) -> Snapshot:
        """Read the lists from a position on. `has_paused` says whether terms may be paused: else nobody looks.

        Raises:
            ConfigError: no keyword names a term.
            SyncError: Purview's store does not answer.
        """
        started_at = self.clock()
        terms = self.terms.resolve(selection, deferrals, keep_alive)
        has_time = self._has_time(deferrals, keep_alive)  # from now on: looking the terms up has a time of its own
        lists = self._begin(selection, terms, deferrals, has_time)
        reader = ListReader(lists, page_size, has_time, deferrals if has_paused else None)
        began = began if began.term in terms.guids else Position()
        waiting = _waiting(terms, lists, deferrals) if has_paused else set[str]()
        seen, ended = reader.read_from(began, [guid for guid in terms.guids if guid not in waiting])
        if reader.failures:
            # A term was deleted or made anew under another guid, or its list cannot be read. Looking the terms up also
            # proves that the store answers: where it does not, no term is at fault. Once a run is enough.
            anew = self.terms.resolve(selection, deferrals, keep_alive, since=started_at)
            if anew.guids != terms.guids:
                reader.failures.clear()
                reader.lists = self._begin(selection, anew, deferrals, has_time)
                began = Position()
                seen, ended = reader.read_from(began, [guid for guid in anew.guids if guid not in waiting])
            terms = anew
        paused = _paused(terms, seen, reader.failures, waiting, deferrals=deferrals, has_paused=has_paused)
        return Snapshot(
            started_at, selection, terms, seen, paused, began, ended, reader.lists, failures=reader.failures
        )

    def read_to_end(self, found: Snapshot, deferrals: Deferrals, keep_alive: Callable[[], None]) -> Snapshot:
        """Ask for what would follow, until nothing does: a short page could also be a server's own limit.

        An idle tick does not pay for it. A term for which that fails is paused; without time, it was a part.
        """
        has_time = self._has_time(deferrals, keep_alive)
        lists = found.lists or self._begin(found.selection, found.terms, deferrals, has_time)
        lists.has_time = has_time
        reader = ListReader(lists, 1, has_time)
        ended = None
        for guid in [guid for guid in found.seen.terms if guid not in found.paused]:
            if not reader.read_on(found.seen, guid):
                ended = Position(term=guid, offset=found.seen.terms[guid].offset)
                break
        failures = {**found.failures, **reader.failures}
        for guid, error in reader.failures.items():
            deferrals.failed(Kind.TERM, guid, error, found.terms.name_of(guid))
        whole = replace(found, ended=ended, failures=failures)
        return self._settled(whole, lists, deferrals) if whole.is_whole else whole

    def _settled(self, found: Snapshot, lists: Lists, deferrals: Deferrals) -> Snapshot:
        """Judge how far each list counts; who may not is paused, and told."""
        standing, pauses = lists.settle(found.seen, found.failures)
        for guid, why in pauses.items():
            deferrals.failed(Kind.TERM, guid, PausedError(why), found.terms.name_of(guid))
        deferrals.succeeded(Kind.TERM, found.seen.terms.keys() - found.failures.keys() - pauses.keys())
        paused = {guid: one for guid in found.terms.guids if (one := deferrals.find(Kind.TERM, guid))}
        return replace(found, standing=standing, paused=paused)

    def _begin(
        self, selection: Selection, terms: ResolvedTerms, deferrals: Deferrals, has_time: Callable[[], bool]
    ) -> Lists:
        by_name = {str(keyword): keyword for keyword in selection.keywords}
        keywords = {
            key: named
            for key, texts in terms.keywords.items()
            if (named := [by_name[text] for text in texts if text in by_name])
        }
        return self.lists.begin(keywords, terms.kept, deferrals, has_time)

    def _has_time(self, deferrals: Deferrals, keep_alive: Callable[[], None]) -> Callable[[], bool]:
        """Return what is called before each page, and says whether there is time for it."""
        ends_at = deferrals.log.ends_within(self.clock(), READ_TIME)

        def has_time() -> bool:
            keep_alive()
            return self.clock() < ends_at

        return has_time


def _store_of(key: str) -> str:
    return CATALOG if is_of_catalog(key) else CLASSIC


def _waiting(terms: ResolvedTerms, lists: Lists, deferrals: Deferrals) -> set[str]:
    """Return the terms that are paused, and whose lists this run leaves alone."""
    return {
        guid
        for guid in terms.guids
        if not (lists.is_followed(guid) or _is_back(guid, terms, deferrals)) and deferrals.waits(Kind.TERM, guid)
    }


def _paused(
    terms: ResolvedTerms,
    seen: Assignments,
    failures: Mapping[str, SyncError],
    waiting: Collection[str],
    *,
    deferrals: Deferrals,
    has_paused: bool,
) -> dict[str, Deferred]:
    """Remember which lists cannot be read, and which can again; return the terms that are paused.

    Whether an empty list counts is judged when all is read: until then it is paused if it was.
    """
    for guid, error in failures.items():
        deferrals.failed(Kind.TERM, guid, error, terms.name_of(guid))
    empty = {guid for guid, rows in seen.terms.items() if not rows.guids}
    if has_paused:
        deferrals.succeeded(Kind.TERM, seen.terms.keys() - failures.keys() - empty)
    unread = [guid for guid in terms.guids if guid in waiting or guid in failures or guid in empty]
    asked = [*(unread if has_paused else ()), *failures]
    return {guid: found for guid in asked if (found := deferrals.find(Kind.TERM, guid))}


def _is_back(key: str, terms: ResolvedTerms, deferrals: Deferrals) -> bool:
    """Whether the catalog's names show a term as published that was not when it was read last: no pause holds then.

    A steward unpublishes a term to add links, and what she added is to arrive soon after she publishes it again.
    """
    deferred = deferrals.find(Kind.TERM, key)
    is_hidden = deferred is not None and deferred.cause_class == UNPUBLISHED and deferred.looked_at < terms.resolved_at
    return is_hidden and is_of_catalog(key) and key not in terms.kept


@dataclass
class ListReader:
    """Reads lists page by page; those that fail are kept in `failures`."""

    lists: Lists
    page_size: int
    has_time: Callable[[], bool]
    deferrals: Deferrals | None = None
    failures: dict[str, SyncError] = field(default_factory=dict)
    refusals: Refusals = field(default_factory=Refusals)

    def read_from(self, began: Position, guids: list[str]) -> tuple[Assignments, Position | None]:
        """Read the lists of these terms, from a position on; return what they show, and where time ended if it did.

        Raises:
            SyncError: the store refuses all of them.
        """
        seen = Assignments.of(guids[guids.index(began.term) :] if began.term in guids else guids)
        if began.term in seen.terms:
            seen.terms[began.term].offset = began.offset
        for guid in seen.terms:
            if not self.read_on(seen, guid):
                return seen, Position(term=guid, offset=seen.terms[guid].offset)
        self.refusals.check()
        return seen, None

    def read_on(self, seen: Assignments, guid: str) -> bool:
        """Read a term's list from where it stands; return whether there was time.

        A page shorter than `page_size`, or without news, is the last.
        """
        while True:
            if not self.has_time():
                return False
            try:
                page = self._fetch(guid, seen.terms[guid].offset)
            except OutOfTimeError:  # it has more links than there is time for; what was learned of them is kept
                return False
            except SyncError as error:
                self.refusals.take(error)
                self.failures[guid] = error
                return True
            if not seen.add(guid, page) or len(page) < self.page_size:
                return True

    def _fetch(self, guid: str, offset: int) -> Sequence[AssignedEntity]:
        with self.deferrals.asking(Kind.TERM, guid) if self.deferrals else nullcontext():
            page = self.lists.fetch(guid, offset)
        # The catalog is another service, and a list that is not needed any more is not asked for.
        if not is_of_catalog(guid) and not self.lists.is_followed(guid):
            self.refusals.has_answer = True
        return page
