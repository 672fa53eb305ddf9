"""The lists of what terms and data products select, from both stores, as rows that count, and how far each counts.

A list that may not count raises, or holds: what it showed last counts as present then. The rules are in `standing.py`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from sync_core.catalog.client import CatalogClient
from sync_core.catalog.values import Kind
from sync_core.discovery.terms.assignments import Assignments
from sync_core.discovery.terms.curation.learn_of_curation import CurationNote, LearnOfCuration
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.links.catalog_lists import CatalogLists, Seen
from sync_core.discovery.terms.links.link_details import KeepDetails
from sync_core.discovery.terms.links.read_links import ReadLinks
from sync_core.discovery.terms.pages_ahead import PagesAhead
from sync_core.discovery.terms.paused import GoneError
from sync_core.discovery.terms.standing import (
    Look,
    Memory,
    Reason,
    Sight,
    Situation,
    Standing,
    Verdict,
    has_followed,
    heirs_among,
    judge_all,
    left_of,
)
from sync_core.discovery.terms.targets import is_of_catalog, split_key
from sync_core.discovery.terms.term_memory import TermMemory, digest_of
from sync_core.errors import AddressError, ForbiddenError, NotFoundError, RejectedError, SyncError
from sync_core.notifications.texts import approve_command
from sync_core.purview.client import PAGE_SIZE, PurviewClient
from sync_core.purview.wire import AssignedEntity
from sync_core.runs.defer import Deferrals, may_be_own
from sync_core.storage.notes import Notes

LOOK_AGAIN_AFTER = timedelta(minutes=10)  # at a classic list that its successors have followed


@dataclass
class TermLists:
    """Reads lists. `may_be_empty` says whether a person has approved that so many assets are lost at once.

    `is_asset` says whether a type is one of data assets, as far as anybody knows.
    """

    purview: PurviewClient
    catalog: CatalogClient
    memory: TermMemory
    notes: Notes
    clock: Callable[[], datetime]
    may_be_empty: Callable[[int], bool]
    is_asset: Callable[[str], bool]
    asks_catalog: bool = True
    links: ReadLinks = field(init=False)
    learning: LearnOfCuration = field(init=False)
    _looked_again_at: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.links = ReadLinks(self.purview, self.catalog, self.memory, KeepDetails(self.memory.links, self.clock))
        self.learning = LearnOfCuration(self.purview, self.catalog, self.notes, self.clock, self.asks_catalog)

    def begin(
        self,
        keywords: Mapping[str, Sequence[Keyword]],
        kept: Collection[str],
        deferrals: Deferrals,
        has_time: Callable[[], bool] = lambda: True,
    ) -> "Lists":
        """Return the lists of one run. `keywords` are those of each key; `kept` are not found any more."""
        return Lists(self, keywords, frozenset(kept), deferrals, has_time)

    def curation(self) -> CurationNote | None:
        """Return what is known of asset curation, an hour old at most."""
        return self.learning.known()

    def is_look_due(self, key: str) -> bool:
        """Whether a list that is not needed any more is looked at again, which it then counts as."""
        looked_at = self._looked_again_at.get(key)
        if looked_at is not None and self.clock() - looked_at < LOOK_AGAIN_AFTER:
            return False
        self._looked_again_at[key] = self.clock()
        return True

    def memory_of(self, key: str, keywords: Sequence[Keyword]) -> Memory:
        """Return what is remembered of a target of these keywords."""
        words = [str(keyword) for keyword in keywords]
        known = self.memory.recall(key)
        if known is None:
            return Memory(key=key, keywords=words, since=self.clock())
        return (
            known if known.keywords == words and known.key else known.model_copy(update={"key": key, "keywords": words})
        )


@dataclass
class Lists:
    """One run's look at the lists. Those of the catalog are read before the classic ones, which they may succeed."""

    source: TermLists
    keywords: Mapping[str, Sequence[Keyword]]
    kept: frozenset[str]
    deferrals: Deferrals
    has_time: Callable[[], bool] = lambda: True
    _catalog: dict[str, Seen] = field(default_factory=dict)
    _classic: dict[str, dict[str, AssignedEntity]] = field(default_factory=dict)
    _pages: dict[str, PagesAhead] = field(default_factory=dict)
    _heirs: dict[str, list[str]] = field(init=False)
    _memories: dict[str, Memory] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._heirs = heirs_among({key: [str(one) for one in words] for key, words in self.keywords.items()})

    def fetch(self, key: str, offset: int) -> Sequence[AssignedEntity]:
        """Return a page of a term's list, from a row on; rows that do not count are not active.

        Raises:
            PausedError: it may not count.
            OutOfTimeError: there was no time to learn where all of its links lead.
            SyncError: it cannot be read.
        """
        target = split_key(key)
        if target is None:
            return self._fetch_classic(key, offset)
        if not offset or key not in self._catalog:
            self._catalog.pop(key, None)
            self._catalog[key] = self._lists().read(key, *target)
        return self._catalog[key].rows[offset : offset + PAGE_SIZE]

    def _lists(self) -> CatalogLists:
        source = self.source
        shared = (self.keywords, self.kept, self.deferrals, self.has_time)
        return CatalogLists(source.catalog, source.memory, source.links, *shared)

    def is_followed(self, key: str) -> bool:
        """Whether a classic term is not needed any more, as far as is known before its list is read."""
        return has_followed(self._memory(key), self._heirs.get(key, ()), self._situation())

    def _fetch_classic(self, key: str, offset: int) -> Sequence[AssignedEntity]:
        """Return a page; rows that a successor decides on, and those of a term that is only kept, are not active."""
        is_followed = self.is_followed(key)
        if is_followed and not (self._memory(key).is_exact and (offset or self.source.is_look_due(key))):
            return []
        try:
            page = self._pages_of(key).fetch(offset)
        except SyncError as error:
            if is_followed and may_be_own(error):
                return []
            if isinstance(error, NotFoundError):
                raise GoneError(f"Purview does not show the classic term any more. {error}") from error
            raise
        seen = self._classic.setdefault(key, {})
        seen.update((row.guid, row) for row in page if row.is_active)
        left_out = self._left_out(key) if self.source.curation() else set[str]()
        return [replace(row, is_active=False) if key in self.kept or row.guid in left_out else row for row in page]

    def _pages_of(self, key: str) -> PagesAhead:
        if key not in self._pages:
            read = partial(self.source.purview.fetch_assigned_entities, key)
            self._pages[key] = PagesAhead(read, self._memory(key).shown)
        return self._pages[key]

    def _left_out(self, key: str) -> set[str]:
        """Return on whom a classic term has no say any more: successors have, or a person had the last word."""
        memory = self._memory(key)
        inherited = {guid for heir in self._heirs.get(key, ()) for guid in self.source.memory.ever(heir)}
        return inherited | set(memory.sample if memory.is_over else ())

    def settle(self, seen: Assignments, failures: Mapping[str, SyncError]) -> tuple[Standing, dict[str, str]]:
        """Judge the lists, read whole but for those that failed, and remember it; return why others are paused.

        What successors decide on is taken out of `seen`.
        """
        self.source.memory.reload(key for key in self.keywords if is_of_catalog(key))
        looks = {key: self._look(key, failures.get(key)) for key in seen.terms}
        memories = {key: self._memory(key) for key in looks}
        classic = {key: look for key, look in looks.items() if not is_of_catalog(key)}
        names = {key: str(self.keywords[key][0]) for key in classic}
        self.source.learning.learn(memories, classic, names, self.has_time)
        at = self._situation()
        verdicts = judge_all(memories, looks, self._heirs, at)
        self._remember(verdicts)
        for key, verdict in verdicts.items():
            if left := left_of(verdict.memory, self._heirs.get(key, ()), at):
                self._tell_left(key, left)
        holding = {key for key, one in verdicts.items() if one.holds}
        holding |= {key for key in self.keywords if key not in verdicts and not self.is_followed(key)}
        heirs = self._heirs if at.is_curated else {}
        for key in heirs:
            seen.leave_out(key, self._left_out(key))
        pauses = {key: one.pause for key, one in verdicts.items() if one.pause and key not in failures}
        return Standing(frozenset(holding), heirs, at.ever), pauses

    def _tell_left(self, key: str, left: int) -> None:
        self.deferrals.log.notes.append(
            f"{left} assets that the classic term '{self.keywords[key][0]}' had were never shown by its successor in "
            "the Unified Catalog: they stay until it shows them. If they are to go, approve it: "
            f"{approve_command(left)}."
        )

    def _memory(self, key: str) -> Memory:
        """Return what is remembered of a term, looked up once a run until it changes."""
        if key not in self._memories:
            self._memories[key] = self.source.memory_of(key, self.keywords[key])
        return self._memories[key]

    def _situation(self) -> Situation:
        is_curated = self.source.curation() is not None
        heirs = {heir for each in self._heirs.values() for heir in each} if is_curated else set[str]()
        ever = {heir: self.source.memory.ever(heir) for heir in heirs}
        return Situation(self.source.clock(), is_curated, self.source.may_be_empty, ever)

    def _look(self, key: str, error: SyncError | None) -> Look:
        if error is not None:
            return Look(Sight.GONE if isinstance(error, GoneError) else Sight.HIDDEN, pause=str(error))
        return self._look_at_catalog(key) if is_of_catalog(key) else self._look_at_classic(key)

    def _look_at_catalog(self, key: str) -> Look:
        seen = self._catalog[key]
        assets = self._assets(seen.rows)
        return Look(
            Sight.ROWS if seen.rows else Sight.NOTHING,
            pause=f"{Reason.STILL_NAMED}." if self._has_last(key, assets) and self._is_linked(key) else "",
            assets=assets,
            digest=seen.digest,
            place=seen.place,
            is_readable=seen.is_readable,
            nowhere=seen.nowhere,
        )

    def _look_at_classic(self, key: str) -> Look:
        if key not in self._classic:  # it was not needed, or could not be read and is not needed
            return Look(Sight.HIDDEN)
        rows = self._classic[key]
        assets = self._assets(rows.values())
        return Look(
            Sight.ROWS if assets else Sight.NOTHING,
            pause=f"{Reason.UNLISTED}." if key in self.kept else "",
            assets=assets,
            digest=digest_of(rows),
            is_tagged=self._has_last(key, assets) and self._is_tagged(key),
        )

    def _assets(self, rows: Iterable[AssignedEntity]) -> frozenset[str]:
        rows = list(rows)
        types = {name for name in {row.type_name for row in rows} if self.source.is_asset(name)}  # each asked once
        return frozenset(row.guid for row in rows if row.type_name in types)

    def _has_last(self, key: str, assets: Collection[str]) -> bool:
        """Whether a list shows none, and showed one asset last."""
        memory = self._memory(key)
        return not assets and memory.shown == 1 and memory.is_exact and not memory.has_fallen

    def _is_linked(self, key: str) -> bool:
        """Whether the last asset of a term or data product says that it is still linked with it.

        The catalog may say so for a while after a link was taken away: that is asked again, and decides nothing.
        """
        kind, concept_id = split_key(key) or (Kind.TERM, key)
        known, last = self.source.memory.guids(key), self._memory(key).sample
        ids = [catalog_id for catalog_id, guid in known.items() if guid in last]
        return any(self._says_so(concept_id, partial(self._fetch_concepts_of, kind, one)) for one in ids)

    def _fetch_concepts_of(self, kind: Kind, catalog_id: str) -> Collection[str]:
        """Return nothing where a role shows terms and not this: then the list alone decides."""
        try:
            return self.source.catalog.fetch_concepts_of(kind, catalog_id)
        except (ForbiddenError, RejectedError, AddressError):
            return ()

    def _is_tagged(self, key: str) -> bool:
        """Whether the last asset of a classic term says that it still has it."""
        return self._says_so(key, partial(self.source.purview.fetch_terms_of, self._memory(key).sample[0]))

    def _says_so(self, key: str, ask: Callable[[], Collection[str]]) -> bool:
        """Whether an asset names a term; where it does not tell, or there is no time, nothing is known."""
        if not self.has_time():
            return True
        try:
            return key in ask()
        except NotFoundError:
            return False
        except SyncError as error:
            if not may_be_own(error):
                raise
            return True

    def _remember(self, verdicts: Mapping[str, Verdict]) -> None:
        self._memories.clear()
        for key, verdict in verdicts.items():
            if verdict.is_forgotten:
                self.source.memory.forget(key)
            elif verdict.memory.digest or verdict.memory.shown or verdict.memory.missing_since:
                self.source.memory.keep(verdict.memory)
