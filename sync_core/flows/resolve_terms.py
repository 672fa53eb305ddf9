"""Finds the guids of the glossary terms that the keywords name, and remembers them for a while."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain

from pydantic import BaseModel

from sync_core.clients.purview import PurviewClient
from sync_core.clients.purview_wire import Glossary, TermHeader
from sync_core.errors import ConfigError
from sync_core.mapping.keywords import Keyword, Selection
from sync_core.state.notes import Notes

NOTE = "terms"
RESOLVE_AFTER = timedelta(minutes=10)
SUGGESTIONS = 5
PARENT_AND_CHILD = "_"  # stands between them in a formal name (docs/vendors/purview.md, section 2)


class ResolvedTerms(BaseModel):
    """The guids of a selection's terms."""

    selection: str
    guids: list[str]
    resolved_at: datetime


@dataclass(frozen=True)
class ResolveTerms:
    """Resolves keywords to term guids."""

    purview: PurviewClient
    notes: Notes
    clock: Callable[[], datetime]

    def resolve(self, selection: Selection, *, since: datetime | None = None) -> Sequence[str]:
        """Return the guids, at most ten minutes old, or as they were `since` a moment at the earliest.

        Raises:
            ConfigError: a keyword names no term; the message tells similar ones.
        """
        note = self.notes.load(ResolvedTerms, NOTE)
        oldest = since or self.clock() - RESOLVE_AFTER
        if note and note.selection == str(selection) and note.resolved_at > oldest:
            return note.guids
        return self.resolve_anew(selection)

    def resolve_anew(self, selection: Selection) -> Sequence[str]:
        """Return the guids as they are now."""
        listing = Listing(self.purview)
        found = (self._find(keyword, listing, selection.setting) for keyword in selection.keywords)
        guids = list(dict.fromkeys(chain.from_iterable(found)))
        self.notes.save(NOTE, ResolvedTerms(selection=str(selection), guids=guids, resolved_at=self.clock()))
        return guids

    def _find(self, keyword: Keyword, listing: "Listing", setting: str) -> list[str]:
        exact = self.purview.find_term(keyword.formal_name) if keyword.glossary else None
        if exact:
            return [exact]
        matches = [guid for glossary in listing.glossaries for guid in self._find_in(glossary, keyword)]
        if not matches:
            raise ConfigError(_unknown_term(keyword, listing.names, setting))
        return matches

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

    @cached_property
    def glossaries(self) -> list[ListedGlossary]:
        """All glossaries."""
        return [
            ListedGlossary(each, list(self.purview.fetch_term_headers(each.guid)))
            for each in self.purview.fetch_glossaries()
        ]

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
