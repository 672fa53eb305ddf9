"""The lists of what terms and data products select, from both stores, as rows that count.

A list that may not count raises; its term is paused then, and what it showed last counts as present. So a draft with an
empty list makes nobody missing, nor does a classic list that a migration has emptied.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel

from sync_core.catalog.client import CatalogClient
from sync_core.catalog.values import Kind
from sync_core.discovery.terms.curation import LINK_LIMIT, LISTED_FOR, SEARCH_EVERY, Evidence, shows_curation
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.standing import SEVERAL, Reason, problem_of
from sync_core.discovery.terms.term_memory import SAMPLE, TermMemory, TermNote, digest_of
from sync_core.errors import AddressError, ConfigError, NotFoundError, RejectedError, SyncError, ThrottledError
from sync_core.purview.client import PAGE_SIZE, PurviewClient
from sync_core.purview.wire import AssignedEntity
from sync_core.runs.counts import Count
from sync_core.runs.defer import Deferrals, is_own_failure
from sync_core.storage.notes import Notes

CURATION = "curation"
PAUSED = "paused"
ANY_TYPE = "DataSet"
REFRESH_AFTER = timedelta(minutes=10)
WARN_FROM = 80


class CurationNote(BaseModel):
    """This tenant has enabled asset curation: since when that is known, and by which term."""

    since: datetime
    term: str


class PausedError(RejectedError):
    """A term may not count: it was read and is a draft, say, or it is not shown, which a draft's reader sees."""

    cause_class = PAUSED


def split_key(key: str) -> tuple[Kind, str] | None:
    """Return the kind and id of a term or data product of the catalog; None for the guid of a classic term.

    Raises:
        ValueError: it is of a kind that this version does not know.
    """
    kind, slash, concept_id = key.partition("/")
    return (Kind(kind), concept_id) if slash else None


def is_of_catalog(key: str) -> bool:
    """Whether a key is that of a term or data product of the catalog."""
    return split_key(key) is not None


@dataclass
class Details:
    """The entities behind a term's links, as the Data Map had them at `read_at`; those that are gone for sure."""

    read_at: datetime
    entities: dict[str, AssignedEntity] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)


@dataclass
class TermLists:
    """Reads lists. `may_be_empty` says whether a person has approved that so many assets are lost at once."""

    purview: PurviewClient
    catalog: CatalogClient
    memory: TermMemory
    notes: Notes
    clock: Callable[[], datetime]
    may_be_empty: Callable[[int], bool]
    asks_catalog: bool = True
    _details: dict[str, Details] = field(default_factory=dict)
    _curation: CurationNote | None = None
    _curation_read_at: datetime | None = None

    def begin(self, keywords: Mapping[str, Keyword], kept: Iterable[str], deferrals: Deferrals) -> "Lists":
        """Return the lists of one run. `keywords` are those of each key; `kept` are not found any more."""
        return Lists(self, keywords, frozenset(kept), deferrals)

    def curation(self) -> CurationNote | None:
        """Return what is known of asset curation, an hour old at most; it never ends."""
        now = self.clock()
        if self._curation is None and (self._curation_read_at is None or now - self._curation_read_at > SEARCH_EVERY):
            self._curation, self._curation_read_at = self.notes.load(CurationNote, CURATION), now
        return self._curation

    def conclude_curation(self, keyword: Keyword) -> None:
        """Remember that this tenant has enabled it."""
        self._curation = CurationNote(since=self.clock(), term=str(keyword))
        self.notes.save(CURATION, self._curation)

    def details(self, key: str) -> Details:
        """Return what is known of the entities behind a term's links."""
        return self._details.setdefault(key, Details(self.clock()))

    def refresh(self, key: str) -> Details:
        """Forget it, so that all are read again."""
        self._details[key] = Details(self.clock())
        return self._details[key]


@dataclass
class Lists:
    """One run's look at the lists. Those of the catalog are read before the classic ones, which they may succeed."""

    source: TermLists
    keywords: Mapping[str, Keyword]
    kept: frozenset[str]
    deferrals: Deferrals
    _rows: dict[str, list[AssignedEntity]] = field(default_factory=dict)

    def fetch(self, key: str, offset: int) -> Sequence[AssignedEntity]:
        """Return a page of a term's list, from a row on.

        Raises:
            PausedError: it may not count.
            SyncError: it cannot be read.
        """
        target = split_key(key)
        if target is None:
            return self._fetch_classic(key, offset)
        if not offset:
            self._rows.pop(key, None)
            self._rows[key] = self._read_alone(key, *target)
        return self._rows.get(key, [])[offset : offset + PAGE_SIZE]

    # Terms and data products of the Unified Catalog

    def _read_alone(self, key: str, kind: Kind, concept_id: str) -> list[AssignedEntity]:
        """Read a list; whatever the catalog refuses, a sign-in or too many requests, the classic terms go on."""
        try:
            return self._read(key, kind, concept_id)
        except NotFoundError as error:
            raise PausedError(f"It is not shown: it was deleted, or is a draft. {error}") from error
        except AddressError:
            raise
        except (ConfigError, ThrottledError) as error:
            raise PausedError(str(error)) from error

    def _read(self, key: str, kind: Kind, concept_id: str) -> list[AssignedEntity]:
        """One request where nothing changed; a list that changed counts only if its term does."""
        ids = self.source.catalog.fetch_links(kind, concept_id)
        digest = digest_of(ids)
        note = self.source.memory.recall(key, digest)
        if note is None or note.digest != digest or key in self.kept:
            self._check(key, kind, concept_id)
            self._check_emptied(key, len(ids), note)
            self._warn(key, len(ids))
        rows = self._rows_of(key, ids)
        if note is None or note.digest != digest:
            self.source.memory.keep(key, TermNote(shown=len(rows), digest=digest, since=self.source.clock()))
        return rows

    def _check(self, key: str, kind: Kind, concept_id: str) -> None:
        keyword = self.keywords[key]
        concept = self.source.catalog.fetch_concept(kind, concept_id)
        domains = {one.id: one.name for one in self.source.catalog.fetch_domains()} if keyword.glossary else {}
        problem = problem_of(keyword, concept, domains)
        if problem:
            raise PausedError(f"'{keyword}' in the Unified Catalog: {problem}.")

    def _check_emptied(self, key: str, count: int, note: TermNote | None) -> None:
        if count == 0 and note is not None and note.shown >= SEVERAL and not self.source.may_be_empty(note.shown):
            raise PausedError(
                f"'{self.keywords[key]}': {Reason.EMPTIED}. If that is meant, approve it: python -m sync_core "
                f"approve-retirement --assets {note.shown} --by NAME."
            )

    def _warn(self, key: str, count: int) -> None:
        if count >= WARN_FROM and key.startswith(Kind.TERM):
            self.deferrals.log.notes.append(
                f"'{self.keywords[key]}' is linked with {count} assets; Purview allows {LINK_LIMIT} relationships of a "
                "term: use several terms, or a data product."
            )

    def _rows_of(self, key: str, ids: Sequence[str]) -> list[AssignedEntity]:
        """Return the entities of the Data Map that the links lead to; what leads elsewhere is a note."""
        guids = self._guids(key, ids)
        details = self.source.details(key)
        if self.source.clock() - details.read_at >= REFRESH_AFTER:
            details = self.source.refresh(key)
        self._describe([guid for guid in guids.values() if guid not in details.entities], details)
        shown = {catalog_id: guid for catalog_id, guid in guids.items() if guid not in details.gone}
        if len(shown) < len(ids):
            self.deferrals.log.counts[Count.NO_DATA_MAP_ASSET] += len(ids) - len(shown)
        known = details.entities
        return [
            AssignedEntity(guid, known[guid].type_name, known[guid].display_text, catalog_id)
            for catalog_id, guid in shown.items()
            if guid in known
        ]

    def _guids(self, key: str, ids: Sequence[str]) -> dict[str, str]:
        memory = self.source.memory
        known = memory.guids(key)
        unknown = [catalog_id for catalog_id in ids if catalog_id not in known]
        learned = {asset.id: asset.guid for asset in self.source.catalog.fetch_assets(unknown) if asset.guid}
        if learned:
            memory.learn(key, learned)
        known = memory.guids(key)
        return {catalog_id: known[catalog_id] for catalog_id in ids if catalog_id in known}

    def _describe(self, guids: Sequence[str], details: Details) -> None:
        """Read the entities; one that the store leaves out is gone only when it says so."""
        to_read = [guid for guid in guids if guid not in details.gone]
        found = {asset.guid: asset for asset in self.source.purview.fetch_assets(to_read)}
        for guid in to_read:
            if asset := found.get(guid):
                details.entities[guid] = AssignedEntity(guid, asset.type_name, asset.name, "")
            elif self._is_gone(guid):
                details.gone.add(guid)
            else:  # it is there, as far as anybody knows; what it is will be asked when it is read
                details.entities[guid] = AssignedEntity(guid, ANY_TYPE, "", "")

    def _is_gone(self, guid: str) -> bool:
        try:
            return self.source.purview.is_gone(guid)
        except SyncError as error:
            if not is_own_failure(error):
                raise
            return False

    # Classic terms

    def _fetch_classic(self, key: str, offset: int) -> Sequence[AssignedEntity]:
        note = self.source.memory.recall(key)
        if note is not None and note.shown <= LINK_LIMIT and self._is_succeeded(key, []):
            return []
        try:
            page = self.source.purview.fetch_assigned_entities(key, offset)
        except (RejectedError, AddressError):
            self._conclude_from(key, None)
            if self._is_succeeded(key, []):
                return []
            raise
        note = self._note_classic(key, page) if not offset else note
        if offset:
            return self._without_successors(key, page)
        if not page and note is not None and note.shown >= SEVERAL:
            self._conclude_from(key, 0)
            if not self._is_succeeded(key, page):
                self._check_emptied(key, 0, note)
        elif self._is_unsearchable(key, note):
            self.source.conclude_curation(self.keywords[key])
        return self._without_successors(key, page)

    def _note_classic(self, key: str, page: Sequence[AssignedEntity]) -> TermNote | None:
        """Remember what it shows; an empty list leaves what is remembered, as far as several assets."""
        digest = digest_of(row.assignment for row in page)
        note = self.source.memory.recall(key, digest)
        if page and (note is None or note.digest != digest):
            sample = sorted({row.guid for row in page})[:SAMPLE]
            note = TermNote(shown=len(page), digest=digest, since=self.source.clock(), sample=sample)
            self.source.memory.keep(key, note)
        return note

    def _conclude_from(self, key: str, count: int | None) -> None:
        note = self.source.memory.recall(key)
        if note is None or self.source.curation() is not None:
            return
        if shows_curation(Evidence(note.shown, count, catalog_answers=self._catalog_answers())):
            self.source.conclude_curation(self.keywords[key])

    def _is_unsearchable(self, key: str, note: TermNote | None) -> bool:
        """Ask the search, once an hour, for what the list has named for an hour."""
        now = self.source.clock()
        if note is None or not self.source.asks_catalog or now - note.since < LISTED_FOR:
            return False
        if self.source.curation() is not None:
            return False
        if note.searched_at is not None and now - note.searched_at < SEARCH_EVERY:
            return False
        self.source.memory.keep(key, note.model_copy(update={"searched_at": now}))
        try:
            found = self.source.purview.search({"termGuid": key}, limit=1).count
        except SyncError as error:
            if not is_own_failure(error):
                raise
            return False
        seen = Evidence(note.shown, note.shown, catalog_answers=not found and self._catalog_answers())
        return shows_curation(Evidence(seen.listed, seen.lists_now, seen.catalog_answers, note.shown, found))

    def _catalog_answers(self) -> bool:
        if not self.source.asks_catalog:
            return False
        try:
            self.source.catalog.fetch_domains()
        except SyncError as error:
            if not is_own_failure(error):
                raise
            return False
        return True

    def _is_succeeded(self, key: str, page: Sequence[AssignedEntity]) -> bool:
        return bool(self._successors(key, page))

    def _successors(self, key: str, page: Sequence[AssignedEntity]) -> list[str]:
        """Return the catalog terms that decide in place of a classic one: of its keyword, with assets of it."""
        if self.source.curation() is None:
            return []
        note = self.source.memory.recall(key)
        before = {row.guid for row in page} | set(note.sample if note else ())
        return [
            other
            for other, rows in self._rows.items()
            if self.keywords[other] == self.keywords[key] and (not before or any(row.guid in before for row in rows))
        ]

    def _without_successors(self, key: str, page: Sequence[AssignedEntity]) -> Sequence[AssignedEntity]:
        """Leave out what a successor decides on: all, or of a list beyond the limit what it has shown once."""
        successors, note = self._successors(key, page), self.source.memory.recall(key)
        if not successors:
            return page
        if note is None or note.shown <= LINK_LIMIT:
            return []
        shown = {guid for other in successors for guid in self.source.memory.guids(other).values()}
        return [row for row in page if row.guid not in shown]
