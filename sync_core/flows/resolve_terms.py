"""Finds the guids of the glossary terms that the keywords name, and remembers them for a while."""

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel

from sync_core.clients.purview import PurviewClient
from sync_core.errors import ConfigError
from sync_core.mapping.keywords import Keyword, Selection
from sync_core.state.notes import Notes

NOTE = "terms"
RESOLVE_AFTER = timedelta(minutes=10)
SUGGESTIONS = 5


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

    def resolve(self, selection: Selection) -> Sequence[str]:
        """Return the guids, at most ten minutes old.

        Raises:
            ConfigError: a keyword names no term; the message tells similar ones.
        """
        note = self.notes.load(ResolvedTerms, NOTE)
        if note and note.selection == str(selection) and self.clock() - note.resolved_at < RESOLVE_AFTER:
            return note.guids
        return self.resolve_anew(selection)

    def resolve_anew(self, selection: Selection) -> Sequence[str]:
        """Return the guids as they are now."""
        guids = list(
            dict.fromkeys(guid for keyword in selection.keywords for guid in self._find(keyword, selection.setting))
        )
        self.notes.save(NOTE, ResolvedTerms(selection=str(selection), guids=guids, resolved_at=self.clock()))
        return guids

    def _find(self, keyword: Keyword, setting: str) -> list[str]:
        exact = self.purview.find_term(keyword.formal_name) if keyword.glossary else None
        if exact:
            return [exact]
        names: list[str] = []
        matches: list[str] = []
        # A child term's formal name holds its parents' names too, so its own name is looked for in the headers.
        for glossary, guid, name in self._all_terms():
            names.append(f"{name}@{glossary}")
            if name == keyword.term and keyword.glossary in {"", glossary}:
                matches.append(guid)
        if not matches:
            raise ConfigError(_unknown_term(keyword, names, setting))
        return matches

    def _all_terms(self) -> Iterator[tuple[str, str, str]]:
        for glossary in self.purview.fetch_glossaries():
            for header in self.purview.fetch_term_headers(glossary.guid):
                yield glossary.name, header.guid, header.display_text


def _unknown_term(keyword: Keyword, names: Sequence[str], setting: str) -> str:
    similar = difflib.get_close_matches(keyword.formal_name, names, n=SUGGESTIONS, cutoff=0.5)
    hint = f"Similar terms there: {'; '.join(similar)}" if similar else f"The app can see {len(names)} terms there"
    return (
        f"{setting} names the glossary term '{keyword}', which Purview does not show; expected the exact name, as Term "
        f"or Term@Glossary. {hint}. Correct {setting}, or create the term and give it to the assets; if it exists, "
        "give the app's identity the role Data Reader on the root collection."
    )
