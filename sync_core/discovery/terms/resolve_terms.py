"""Finds the guids of the glossary terms that the keywords name, and remembers them for a while."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, Field, field_validator

from sync_core.discovery.terms.find_concepts import FindConcepts, Found
from sync_core.discovery.terms.keywords import Keyword, Selection
from sync_core.discovery.terms.known_targets import KnownTargets
from sync_core.discovery.terms.list_glossaries import LIST_TIME, ListedGlossary, Listing
from sync_core.discovery.terms.not_found import why_not_found
from sync_core.discovery.terms.targets import is_of_catalog, split_key
from sync_core.discovery.terms.tell_apart import details_of, tell_apart
from sync_core.discovery.terms.term_findings import TermFindings
from sync_core.discovery.terms.term_memory import TermMemory
from sync_core.errors import ConfigError, SyncError, UnknownTermError, WaitError
from sync_core.purview.client import PurviewClient
from sync_core.runs.defer import Deferrals, Refusals, may_be_own
from sync_core.runs.deferred import Kind
from sync_core.settings import TermStore
from sync_core.spelling import LookAlikeError, pick
from sync_core.storage.notes import Notes
from sync_core.storage.rows import LARGEST_ROW_BYTES, size_bytes, to_row

NOTE = "terms"
SO_FAR = "terms-so-far"
RESOLVE_AFTER = timedelta(minutes=10)
RESOLVE_HIDDEN_AFTER = timedelta(minutes=2)  # one is hidden: a steward may be adding links, and publish it again
HIDDEN_LATELY = timedelta(hours=2)
MOST_TERMS = 5000
MOST_EXPLAINED = 10  # of the keywords that name nothing: each is compared with all names
STORE = "glossaries"
PARENT_AND_CHILD = "_"  # stands between them in a formal name (docs/vendors/purview.md, section 2)


class ResolvedTerms(BaseModel):
    """The keys of a selection's terms, with the keywords that name each.

    Terms and data products of the Unified Catalog come first. `kept` are those that are not found any more, or not
    published, which is no proof that they are gone. `unknown` tells of each keyword that names no term.
    """

    selection: str
    store: str
    keywords: dict[str, list[str]]
    kept: list[str] = Field(default_factory=list)
    resolved_at: datetime
    unknown: list[str] = Field(default_factory=list)
    findings: TermFindings = Field(default_factory=TermFindings)

    @field_validator("keywords")
    @classmethod
    def _check_kinds(cls, keywords: dict[str, list[str]]) -> dict[str, list[str]]:
        """A newer version may know terms of a further kind."""
        for key in keywords:
            split_key(key)
        return keywords

    @property
    def guids(self) -> list[str]:
        """The keys, in the order in which their lists are read."""
        return list(self.keywords)

    def name_of(self, key: str) -> str:
        """Return the first keyword that names a term."""
        return next(iter(self.keywords.get(key, ())), "")

    def check(self) -> None:
        """Raise what keywords name no term, if any do.

        Raises:
            UnknownTermError: the message tells similar terms.
        """
        if self.unknown:
            raise UnknownTermError(self.unknown[0], self.unknown[1:])


class FoundSoFar(BaseModel):
    """What was found of a selection until time ended: the guids by keyword; it counts for some minutes."""

    selection: str
    guids: dict[str, list[str]]
    found_at: datetime


@dataclass(frozen=True)
class ResolveTerms:
    """Resolves keywords to term guids."""

    purview: PurviewClient
    concepts: FindConcepts
    memory: TermMemory
    notes: Notes
    clock: Callable[[], datetime]

    def resolve(
        self,
        selection: Selection,
        deferrals: Deferrals,
        keep_alive: Callable[[], None] = lambda: None,
        *,
        since: datetime | None = None,
    ) -> ResolvedTerms:
        """Return the terms, some minutes old at most, or as they were `since` a moment at the earliest.

        Without such a moment, where Purview does not let them be looked up again, those that are known go on.

        Raises:
            ConfigError: no keyword names a term.
        """
        stored = self._stored()
        note = self._known(selection, stored)
        if note and note.resolved_at > (since or self._oldest(note, deferrals)):
            return note
        if note is None or since is not None:
            terms = self._resolve(selection, deferrals, keep_alive, stored)
            deferrals.succeeded(Kind.STORE, [STORE])
            return terms
        return note if deferrals.waits(Kind.STORE, STORE) else self._refresh(selection, deferrals, note, keep_alive)

    def resolve_anew(
        self, selection: Selection, deferrals: Deferrals, keep_alive: Callable[[], None] = lambda: None
    ) -> ResolvedTerms:
        """Return the terms as they are now. While one is unknown nothing is remembered: it may be made any minute.

        Of a glossary that cannot be read, or that there was no time for, the terms that are known go on. `keep_alive`
        is called before each call.
        """
        return self._resolve(selection, deferrals, keep_alive, self._stored())

    def _resolve(
        self,
        selection: Selection,
        deferrals: Deferrals,
        keep_alive: Callable[[], None],
        stored: ResolvedTerms | None,
    ) -> ResolvedTerms:
        listing, now = Listing(self.purview, deferrals, self._has_time(deferrals, keep_alive)), self.clock()
        setting = selection.setting
        found, failures = self._find_each(selection, listing)
        concepts = self.concepts.find(selection, deferrals, self._has_time(deferrals, keep_alive))
        targets = self._targets(selection, found, concepts, is_partial=bool(listing.unread or failures))
        missing = [one for one in selection.keywords if str(one) not in targets.named]
        unknown = _why_unknown(missing, lambda one: why_not_found(one, failures.get(one), listing, concepts, setting))
        if not targets.keywords and concepts.error and not found:
            raise concepts.error
        terms = ResolvedTerms(
            selection=str(selection),
            store=self.concepts.store,
            keywords=targets.keywords,
            kept=targets.kept,
            resolved_at=now,
            unknown=unknown,
            findings=self._findings(targets.keywords, listing, concepts, stored),
        )
        self._forget(targets.replaced, deferrals)
        if not targets.keywords:
            terms.check()
        check_size(terms, setting)
        if not unknown:
            self.notes.save(NOTE, terms)
        return terms

    def _targets(
        self, selection: Selection, found: Mapping[Keyword, list[str]], concepts: Found, *, is_partial: bool
    ) -> KnownTargets:
        """Return what the keywords name in both stores, beside what they named before."""
        words = [str(keyword) for keyword in selection.keywords]
        remembered = self.memory.recall_all(words)
        targets = KnownTargets(words, self.concepts.store, {key: one.keywords for key, one in remembered.items()})
        targets.add_catalog(concepts)
        targets.add_classic({str(one): guids for one, guids in found.items()}, is_partial=is_partial)
        if targets.keywords:  # of drafts alone a person is told what to do
            targets.add_drafts(concepts)
        return targets

    def _findings(
        self, keys: Mapping[str, Sequence[str]], listing: Listing, concepts: Found, stored: ResolvedTerms | None
    ) -> TermFindings:
        """What is not found any more keeps the name that it had; what no listing named is called as its keyword."""
        before = stored.findings if stored else TermFindings()
        written = {key: f"classic term {words[0]}" for key, words in keys.items() if not is_of_catalog(key)}
        names = {**written, **before.names, **listing.names_of(keys), **concepts.names}
        details = details_of(concepts.resolution.targets, concepts.domains)
        return TermFindings(
            names=tell_apart({key: name for key, name in names.items() if key in keys}, details),
            proposals=dict(concepts.proposals),
            unread=concepts.why_unread if self.concepts.store is TermStore.AUTO else "",
            closed_since=(before.closed_since or self.clock()) if concepts.is_closed else None,
        )

    def _find_each(
        self, selection: Selection, listing: Listing
    ) -> tuple[dict[Keyword, list[str]], dict[Keyword, SyncError]]:
        """Return the guids of each keyword, and why others could not be looked up.

        Raises:
            SyncError: none of them could.
        """
        found: dict[Keyword, list[str]] = {}
        failures: dict[Keyword, SyncError] = {}
        refusals = Refusals()
        so_far = self._so_far(selection)
        # Those that failed before come last: where their time ends, the others were looked up.
        has_failed = {one: listing.deferrals.find(Kind.TERM, str(one)) is not None for one in selection.keywords}
        for keyword in sorted(selection.keywords, key=has_failed.__getitem__):
            try:
                known = so_far.get(str(keyword))
                found[keyword] = self._find_in_time(keyword, listing) if known is None else known
                refusals.has_answer |= known is None and self.concepts.asks_classic and not keyword.is_product
            except LookAlikeError as error:
                failures[keyword] = LookAlikeError(f"{selection.setting} names the term '{keyword}': {error}")
            except SyncError as error:
                refusals.take(error)
                failures[keyword] = error
        refusals.check()
        if not found:
            raise next(iter(failures.values()))
        for keyword, why in failures.items():  # some could be looked up: so it is no outage, and these can wait
            if not isinstance(why, WaitError | LookAlikeError):
                listing.deferrals.failed(Kind.TERM, str(keyword), why, str(keyword))
        listing.deferrals.succeeded(Kind.TERM, map(str, found))
        self._keep_so_far(selection, found, is_cut=not listing.has_time())
        return found, failures

    def _so_far(self, selection: Selection) -> dict[str, list[str]]:
        note = self.notes.load(FoundSoFar, SO_FAR)
        is_ours = note is not None and note.selection == str(selection)
        return note.guids if note and is_ours and self.clock() - note.found_at < RESOLVE_AFTER else {}

    def _keep_so_far(self, selection: Selection, found: Mapping[Keyword, list[str]], *, is_cut: bool) -> None:
        """Where time ended, the next run goes on behind what was found: else it would begin anew for ever."""
        if is_cut:
            guids = {str(keyword): guids for keyword, guids in found.items()}
            self.notes.save(SO_FAR, FoundSoFar(selection=str(selection), guids=guids, found_at=self.clock()))

    def _find_in_time(self, keyword: Keyword, listing: Listing) -> list[str]:
        """Look a keyword up.

        Raises:
            WaitError: it could not be looked up a short time ago, or no time is left.
        """
        deferred = listing.deferrals.find(Kind.TERM, str(keyword))
        if deferred and listing.deferrals.waits(Kind.TERM, str(keyword)):
            raise WaitError(f"{deferred.reason} Next look {deferred.next_look_at:%Y-%m-%d %H:%M} UTC.")
        if not listing.has_time():
            raise WaitError("There was no time left for it in this run.")
        with listing.deferrals.asking(Kind.TERM, str(keyword)):
            return self._find(keyword, listing)

    def known(self, selection: Selection) -> ResolvedTerms | None:
        """Return the terms as the last run knew them, or None; nobody is asked."""
        return self._known(selection, self._stored())

    def _known(self, selection: Selection, stored: ResolvedTerms | None) -> ResolvedTerms | None:
        is_same = stored and (stored.selection, stored.store) == (str(selection), self.concepts.store)
        return stored if is_same else None

    def _stored(self) -> ResolvedTerms | None:
        return self.notes.load(ResolvedTerms, NOTE)

    def _forget(self, keys: Iterable[str], deferrals: Deferrals) -> None:
        """Forget terms that were made anew; who only looks changes nothing."""
        for key in keys if deferrals.store is not None else ():
            self.memory.forget(key)

    def _refresh(
        self, selection: Selection, deferrals: Deferrals, note: ResolvedTerms, keep_alive: Callable[[], None]
    ) -> ResolvedTerms:
        try:
            with deferrals.asking(Kind.STORE, STORE):
                terms = self._resolve(selection, deferrals, keep_alive, note)
        except SyncError as error:
            if not may_be_own(error):  # the lists tell whether all is refused
                raise
            deferrals.failed(Kind.STORE, STORE, error, "glossaries")
            return note
        deferrals.succeeded(Kind.STORE, [STORE])
        return terms

    def _has_time(self, deferrals: Deferrals, keep_alive: Callable[[], None]) -> Callable[[], bool]:
        ends_at = deferrals.log.ends_within(self.clock(), LIST_TIME)

        def has_time() -> bool:
            keep_alive()
            return self.clock() < ends_at

        return has_time

    def _oldest(self, note: ResolvedTerms, deferrals: Deferrals) -> datetime:
        """Return since when names count: while one is hidden that was shown lately, they are looked up more often."""
        now = self.clock()
        hidden = [one for key in note.kept if (one := deferrals.find(Kind.TERM, key))]
        is_lately = any(now - one.since < HIDDEN_LATELY for one in hidden)
        return now - (RESOLVE_HIDDEN_AFTER if is_lately else RESOLVE_AFTER)

    def _find(self, keyword: Keyword, listing: Listing) -> list[str]:
        if keyword.is_product or not self.concepts.asks_classic:
            return []
        exact = self.purview.find_term(keyword.formal_name) if keyword.glossary else None
        if exact:
            return [exact]
        glossaries = listing.called(keyword.glossary) if keyword.glossary else listing.glossaries
        return [guid for glossary in glossaries for guid in self._find_in(glossary, keyword, listing)]

    def _find_in(self, listed: ListedGlossary, keyword: Keyword, listing: Listing) -> list[str]:
        glossary = listed.glossary
        matches = [header.guid for header in pick(keyword.term, listed.headers, lambda header: header.display_text)]
        # A child term may be listed by its own name alone; only its formal name holds its parents' names, too.
        if not matches and PARENT_AND_CHILD in keyword.term:
            with listing.guarded(glossary):
                found = self.purview.find_term(f"{keyword.term}@{glossary.qualified_name}")
                matches = [found] if found else []
        return matches


def _why_unknown(missing: Sequence[Keyword], why: Callable[[Keyword], str]) -> list[str]:
    """Tell of the first of the keywords that name nothing, below how many they are."""
    told = [why(one) for one in missing[:MOST_EXPLAINED]]
    if len(missing) > MOST_EXPLAINED:
        return [f"{len(missing)} keywords name nothing; the first {MOST_EXPLAINED} are:", *told]
    return told


def check_size(terms: ResolvedTerms, setting: str) -> None:
    """The terms are kept in one row with their names, which has a bound.

    Raises:
        ConfigError: there are too many, or their names are too long.
    """
    is_large = size_bytes(to_row("", "", terms)) > LARGEST_ROW_BYTES
    if len(terms.guids) > MOST_TERMS or is_large:
        raise ConfigError(
            f"{setting} selects {len(terms.guids)} terms{', with long names' if is_large else ''}; expected "
            f"{MOST_TERMS} at most, and less of long names: name fewer."
        )
