"""Finds the guids of the glossary terms that the keywords name, and remembers them for a while."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from pydantic import BaseModel, Field

from sync_core.clients.purview import PurviewClient
from sync_core.clients.purview_wire import Glossary, TermHeader
from sync_core.errors import ConfigError
from sync_core.mapping.keywords import Keyword, Selection
from sync_core.state.notes import Notes

NOTE = "terms"
RESOLVE_AFTER = timedelta(minutes=10)
LIST_AFTER = timedelta(minutes=2)
FEW_TERMS = 2000  # a thousand are listed with a request
SUGGESTIONS = 5
PARENT_AND_CHILD = "_"  # stands between them in a formal name (docs/vendors/purview.md, section 2)


class ResolvedTerms(BaseModel):
    """The guids of a selection's terms.

    `unknown` tells of each keyword that names no term. `listed` is how many terms had to be listed to find them.
    """

    selection: str
    guids: list[str]
    resolved_at: datetime
    unknown: list[str] = Field(default_factory=list)
    listed: int = 0

    def check(self) -> None:
        """Raise what keywords name no term, if any do.

        Raises:
            ConfigError: the message tells similar terms.
        """
        if self.unknown:
            raise ConfigError(self.unknown[0], self.unknown[1:])


@dataclass(frozen=True)
class ResolveTerms:
    """Resolves keywords to term guids."""

    purview: PurviewClient
    notes: Notes
    clock: Callable[[], datetime]

    def resolve(self, selection: Selection, *, since: datetime | None = None) -> ResolvedTerms:
        """Return the terms, some minutes old at most, or as they were `since` a moment at the earliest.

        Raises:
            ConfigError: no keyword names a term.
        """
        note = self.notes.load(ResolvedTerms, NOTE)
        if note and note.selection == str(selection) and note.resolved_at > (since or self._oldest(selection, note)):
            return note
        return self.resolve_anew(selection)

    def resolve_anew(self, selection: Selection) -> ResolvedTerms:
        """Return the terms as they are now. While one is unknown nothing is remembered: it may be made any minute."""
        listing, now = Listing(self.purview), self.clock()
        found = {keyword: self._find(keyword, listing) for keyword in selection.keywords}
        guids = list(dict.fromkeys(chain.from_iterable(found.values())))
        unknown = [_unknown_term(one, listing.names, selection.setting) for one in found if not found[one]]
        terms = ResolvedTerms(
            selection=str(selection), guids=guids, resolved_at=now, unknown=unknown, listed=listing.count
        )
        if not guids:
            terms.check()
        if not unknown:
            self.notes.save(NOTE, terms)
        return terms

    def _oldest(self, selection: Selection, note: ResolvedTerms) -> datetime:
        """Another glossary may get a term of that name, too: without a glossary it is listed more often, if cheap."""
        is_bare = any(not keyword.glossary for keyword in selection.keywords)
        return self.clock() - (LIST_AFTER if is_bare and note.listed <= FEW_TERMS else RESOLVE_AFTER)

    def _find(self, keyword: Keyword, listing: "Listing") -> list[str]:
        exact = self.purview.find_term(keyword.formal_name) if keyword.glossary else None
        if exact:
            return [exact]
        return [guid for glossary in listing.glossaries for guid in self._find_in(glossary, keyword)]

    def _find_in(self, listed: "ListedGlossary", keyword: Keyword) -> list[str]:
        glossary = listed.glossary
        if keyword.glossary not in {"", glossary.name, glossary.qualified_name}:
            return []
        matches = [header.guid for header in listed.headers if header.display_text == keyword.term]
        # A child term may be listed by its own name alone; only its formal name holds its parents' names, too.
        if not matches and PARENT_AND_CHILD in keyword.term:
            found = self.purview.find_term(f"{keyword.term}@{glossary.qualified_name}")
            matches = [found] if found else []
        return matches


@dataclass(frozen=True, slots=True)
class ListedGlossary:
    """A glossary with the headers of its terms."""

    glossary: Glossary
    headers: list[TermHeader]


@dataclass
class Listing:
    """All glossaries with their terms, read when they are first asked for: a term may be found without them."""

    purview: PurviewClient
    _read: list[ListedGlossary] | None = None

    @property
    def glossaries(self) -> list[ListedGlossary]:
        """All glossaries. No cached property: its lock is one for all listings, and would be held over the reading."""
        if self._read is None:
            self._read = [
                ListedGlossary(each, list(self.purview.fetch_term_headers(each.guid)))
                for each in self.purview.fetch_glossaries()
            ]
        return self._read

    @property
    def count(self) -> int:
        """How many terms were read until now."""
        return 0 if self._read is None else len(self.names)

    @property
    def names(self) -> list[str]:
        """What a person could have meant, as `Term@Glossary`."""
        return [f"{header.display_text}@{each.glossary.name}" for each in self.glossaries for header in each.headers]


def _unknown_term(keyword: Keyword, names: Sequence[str], setting: str) -> str:
    similar = difflib.get_close_matches(keyword.formal_name, names, n=SUGGESTIONS, cutoff=0.5)
    hint = f"Similar terms there: {'; '.join(similar)}" if similar else f"The app can see {len(names)} terms there"
    return (
        f"{setting} names the glossary term '{keyword}', which Purview does not show; expected the exact name, as Term "
        f"or Term@Glossary. {hint}. Correct {setting}, or create the term and give it to the assets; if it exists, "
        "give the app's identity the role Data Reader on the root collection."
    )
