"""Finds the terms and data products of the Unified Catalog that the keywords name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

from pydantic import BaseModel

from sync_core.catalog.client import CatalogClient, is_called
from sync_core.catalog.values import Concept, Kind
from sync_core.discovery.terms.curation.signs import proposal
from sync_core.discovery.terms.keywords import Keyword, Selection
from sync_core.discovery.terms.stores import Outcome, StoreState, judge_store
from sync_core.discovery.terms.targets import Resolution, resolve
from sync_core.errors import ConfigError, ForbiddenError, SyncError, ThrottledError, WaitError
from sync_core.runs import deferred
from sync_core.runs.defer import Deferrals, is_ours
from sync_core.settings import TermStore
from sync_core.spelling import normalized
from sync_core.storage.notes import Notes

STORE = "the Unified Catalog"
NOTE = "catalog"
T = TypeVar("T")
Known: TypeAlias = "dict[tuple[Kind, str], list[Concept] | None]"


class CatalogNote(BaseModel):
    """The catalog has shown a term or data product in its life: from then on a refusal is a pause."""

    has_shown: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """What the catalog has for the keywords.

    `why_unread` says why it could not be asked, if it could not, and `error` is that; `is_closed` that the app was
    never given a role in it. `unread` says the same of single keywords, by their text. `proposals` are what to write in
    place of keywords that cannot follow a migration; `others` what has a keyword's name in other domains only.
    """

    resolution: Resolution = field(default_factory=lambda: Resolution((), ()))
    domains: Mapping[str, str] = field(default_factory=dict)
    why_unread: str = ""
    error: SyncError | None = None
    is_closed: bool = False
    unread: Mapping[str, str] = field(default_factory=dict)
    proposals: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, Sequence[str]] = field(default_factory=dict)
    store: TermStore = TermStore.AUTO

    @property
    def keywords(self) -> dict[str, list[str]]:
        """The keywords of each target, by the target's key."""
        return {target.key: list(target.keywords) for target in self.resolution.targets}

    @property
    def drafts(self) -> dict[str, list[str]]:
        """The keywords of what is shown and not published, by key."""
        found: dict[str, list[str]] = {}
        for keyword, concept in self.resolution.unpublished:
            found.setdefault(f"{concept.kind}/{concept.id}", []).append(str(keyword))
        return found

    @property
    def names(self) -> dict[str, str]:
        """What people call each target, by key; also one that is not published."""
        drafts = {
            f"{concept.kind}/{concept.id}": f"{concept.name}@{self.domains.get(concept.domain_id, concept.domain_id)}"
            for _, concept in self.resolution.unpublished
        }
        return {**drafts, **{target.key: str(target) for target in self.resolution.targets}}

    def hint(self, keyword: Keyword) -> str:
        """Return what to do in the catalog for a keyword that selects nothing; empty where it is not asked."""
        drafts = [concept for one, concept in self.resolution.unpublished if one == keyword]
        if drafts:
            where = ", ".join(self.domains.get(concept.domain_id, concept.domain_id) for concept in drafts)
            return f"the Unified Catalog has it as {drafts[0].status} in {where}; publish it there."
        if self.store is TermStore.CLASSIC:
            return ""
        if why := self.unread.get(str(keyword)):
            return why
        where = f" in the governance domain {keyword.glossary}" if keyword.glossary else ""
        if self.why_unread:
            return f"the Unified Catalog cannot be asked for it{where}: {self.why_unread}"
        if others := self.others.get(str(keyword)):
            return f"the Unified Catalog shows none of that name{where}, but has {'; '.join(others)}: write that."
        return (
            f"the Unified Catalog shows nothing published of that name{where}; expected the exact name, as Term, "
            "Term@Governance domain or product:Name. A draft is not shown: publish it, and its domain. The app's "
            "identity needs the role Global Catalog Reader."
        )

    def is_elsewhere(self, keyword: Keyword) -> bool:
        """Whether a keyword may also name a classic term."""
        return not keyword.is_product and self.store is not TermStore.UNIFIED


@dataclass(frozen=True)
class FindConcepts:
    """Asks the catalog, unless the setting leaves it out."""

    catalog: CatalogClient
    store: TermStore
    notes: Notes
    _so_far: "Known" = field(default_factory=dict, repr=False)

    @property
    def asks_classic(self) -> bool:
        """Whether classic terms are looked for at all."""
        return self.store is not TermStore.UNIFIED

    def find(self, selection: Selection, deferrals: Deferrals, has_time: Callable[[], bool] = lambda: True) -> Found:
        """Return the targets of all keywords; one that is a draft or hidden is not among them.

        What there is no time for is unread, and the next look goes on there.

        Raises:
            ConfigError: with SYNC_TERM_STORE=unified, the app has no role in a catalog that never showed anything.
        """
        if self.store is TermStore.CLASSIC:
            return Found(store=self.store)
        if deferrals.waits(deferred.Kind.STORE, STORE):
            return self._unread(str(deferrals.find(deferred.Kind.STORE, STORE)))
        asked = _Asked(self.catalog, has_time, deferrals, dict(self._so_far))
        domains = asked.domains()
        # Those that failed before come last: a request to slow down ends the questions of one look.
        concepts = {keyword: asked.concepts(keyword) for keyword in sorted(selection.keywords, key=asked.has_failed)}
        self._so_far.clear()
        if asked.is_cut:
            self._so_far.update({wanted: found for wanted, found in asked.known.items() if found is not None})
        return self._judged(selection, asked, domains, concepts, deferrals)

    def domains(self) -> dict[str, str]:
        """Return the names of the governance domains, by id."""
        return {domain.id: domain.name for domain in self.catalog.fetch_domains()}

    def _judged(
        self,
        selection: Selection,
        asked: "_Asked",
        domains: Mapping[str, str] | None,
        concepts: Mapping[Keyword, Sequence[Concept] | None],
        deferrals: Deferrals,
    ) -> Found:
        """One call that is refused hides no more than what it was asked for: a store pauses when none succeeds."""
        match judge_store(asked.outcomes, has_shown=self._has_shown() if asked.error else True):
            case StoreState.CLOSED:
                return self._closed(selection, asked)
            case StoreState.PAUSED if asked.error:
                paused = deferrals.failed(deferred.Kind.STORE, STORE, asked.error, STORE)
                return replace(self._unread(str(paused)), error=asked.error)
            case _:
                deferrals.succeeded(deferred.Kind.STORE, [STORE])
                asked.defer()
        found = self._found(selection, asked, domains, concepts)
        if found.unread:
            deferrals.log.notes.append(f"A call to {STORE} fails. {asked.error}")
        if found.resolution.targets and deferrals.store is not None and not self._has_shown():
            self.notes.save(NOTE, CatalogNote())
        return found

    def _found(
        self,
        selection: Selection,
        asked: "_Asked",
        domains: Mapping[str, str] | None,
        concepts: Mapping[Keyword, Sequence[Concept] | None],
    ) -> Found:
        unread = {
            str(keyword): f"{STORE} cannot be asked for it: {asked.error}"
            for keyword, found in concepts.items()
            if found is None or (domains is None and keyword.glossary)
        }
        shown = [one for found in concepts.values() for one in found or ()]
        return Found(
            resolve(selection, (), shown, domains or {}),
            domains or {},
            unread=unread,
            proposals=_proposals(concepts, domains or {}),
            others=_others(concepts, domains or {}),
            store=self.store,
        )

    def _closed(self, selection: Selection, asked: "_Asked") -> Found:
        """No role is no pause for a catalog that never showed anything: then the classic terms decide alone."""
        if self.store is TermStore.UNIFIED:
            places = ", ".join(dict.fromkeys(keyword.glossary for keyword in selection.keywords if keyword.glossary))
            where = f" (governance domain {places})" if places else ""
            raise ConfigError(
                f"SYNC_TERM_STORE is unified, and the app may not read {STORE}{where}: {asked.error}"
            ) from asked.error
        return replace(self._unread(str(asked.error)), is_closed=True)

    def _unread(self, why: str) -> Found:
        return Found(why_unread=why, store=self.store)

    def _has_shown(self) -> bool:
        return self.notes.load(CatalogNote, NOTE) is not None


def _proposals(concepts: Mapping[Keyword, Sequence[Concept] | None], domains: Mapping[str, str]) -> dict[str, str]:
    """Return what to write in place of each `Term@Glossary` whose name one published term of the catalog has."""
    places = {normalized(name) for name in domains.values()}
    proposals = {
        str(keyword): proposal(keyword, found or (), domains)
        for keyword, found in concepts.items()
        if normalized(keyword.glossary) not in places
    }
    return {keyword: written for keyword, written in proposals.items() if written}


def _others(concepts: Mapping[Keyword, Sequence[Concept] | None], domains: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what is published under the name of a keyword, where none of it is in the keyword's domain."""
    others: dict[str, list[str]] = {}
    for keyword, found in concepts.items():
        places = [domains.get(one.domain_id, "") for one in found or () if one.is_published]
        if keyword.glossary and normalized(keyword.glossary) not in map(normalized, places):
            others[str(keyword)] = [str(replace(keyword, glossary=place)) for place in places if place]
    return {keyword: found for keyword, found in others.items() if found}


def _wanted(keyword: Keyword) -> tuple[Kind, str]:
    return Kind.PRODUCT if keyword.is_product else Kind.TERM, keyword.term


def _query(keyword: Keyword) -> str:
    """Return under what a look for a name is put off."""
    return "/query/".join(_wanted(keyword))


@dataclass
class _Asked:
    """The calls of one look-up: what each came to, and the last failure."""

    catalog: CatalogClient
    has_time: Callable[[], bool]
    deferrals: Deferrals
    known: "Known"
    is_cut: bool = False
    is_told_to_wait: bool = False
    outcomes: list[Outcome] = field(default_factory=list)
    error: SyncError | None = None
    failures: dict[str, tuple[str, SyncError]] = field(default_factory=dict)
    listed: dict[Kind, list[Concept] | None] = field(default_factory=dict)

    def domains(self) -> dict[str, str] | None:
        found = self._ask(self.catalog.fetch_domains)
        return None if found is None else {domain.id: domain.name for domain in found}

    def concepts(self, keyword: Keyword) -> list[Concept] | None:
        kind, name = _wanted(keyword)
        if (kind, name) not in self.known:
            with self.deferrals.asking(deferred.Kind.TERM, _query(keyword)):
                self.known[kind, name] = self._find(keyword)
        return self.known[kind, name]

    def has_failed(self, keyword: Keyword) -> bool:
        """Whether the last look for this name failed."""
        return self.deferrals.find(deferred.Kind.TERM, _query(keyword)) is not None

    def defer(self) -> None:
        """Put off the names that could not be looked for, where the store answered: what they ask for is their own."""
        for query, (name, error) in self.failures.items():
            self.deferrals.failed(deferred.Kind.TERM, query, error, name)
        answered = [f"{kind}/query/{name}" for (kind, name), found in self.known.items() if found is not None]
        self.deferrals.succeeded(deferred.Kind.TERM, answered)

    def _find(self, keyword: Keyword) -> list[Concept] | None:
        """Look for a name; what fails after a request to all of us to slow down says nothing about it."""
        query, was_told_to_wait = _query(keyword), self.is_told_to_wait
        before = self.deferrals.find(deferred.Kind.TERM, query)
        if before and self.deferrals.waits(deferred.Kind.TERM, query):
            self.error = WaitError(str(before))
            return None
        found = self._look(*_wanted(keyword))
        if found is None and self.error and not (was_told_to_wait or self.is_cut):
            self.failures[query] = (str(keyword), self.error)
            self.is_told_to_wait = before is None and isinstance(self.error, ThrottledError)
        return found

    def _look(self, kind: Kind, name: str) -> list[Concept] | None:
        """Ask for a name; where none is written so, the one that looks like it may be no match: all are read once."""
        found = self._ask(lambda: self.catalog.find_concepts(kind, name))
        if found == [] and kind not in self.listed:
            self.listed[kind] = self._ask(lambda: self.catalog.fetch_concepts(kind))
        if found or found is None:
            return found
        listed = self.listed[kind]
        return listed and [concept for concept in listed if is_called(name, concept)]

    def _ask(self, call: Callable[[], T]) -> T | None:
        """Return what a call gives, None where it fails: also a refused sign-in or a request to slow down."""
        if self.outcomes and not self.has_time():
            self.is_cut, self.error = True, WaitError("There was no time left for it in this run.")
            return None
        try:
            found = call()
        except SyncError as error:
            if is_ours(error):
                raise
            self.error = error
            self.outcomes.append(Outcome.NO_ROLE if isinstance(error, ForbiddenError) else Outcome.FAILED)
            return None
        self.outcomes.append(Outcome.ANSWERED)
        return found
