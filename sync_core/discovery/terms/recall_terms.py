"""What the last runs left behind of the terms, for those who only tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sync_core.discovery.terms.curation.tell_curation import describe_curation
from sync_core.discovery.terms.resolve_terms import NOTE, ResolvedTerms
from sync_core.discovery.terms.term_lists import TermLists
from sync_core.settings import TermStore
from sync_core.storage.notes import Notes


@dataclass(frozen=True, slots=True)
class KnownTerms:
    """The keyword that names each term, by its key; what asset curation does to them; why the catalog is not read."""

    names: Mapping[str, str] = field(default_factory=dict)
    curation: Sequence[str] = ()
    closed_catalog: str = ""


@dataclass(frozen=True)
class RecallTerms:
    """Asks nobody: one note is read, and that of asset curation once an hour."""

    lists: TermLists
    notes: Notes
    store: TermStore

    def recall(self) -> KnownTerms:
        """Return what is known now."""
        curation, resolved = self.lists.curation(), self.notes.load(ResolvedTerms, NOTE)
        proposals = resolved.findings.proposals if resolved else {}
        return KnownTerms(
            names={key: resolved.name_of(key) for key in resolved.guids} if resolved else {},
            curation=list(describe_curation(curation, proposals)) if curation else (),
            closed_catalog=resolved.findings.closed if resolved and resolved.store == self.store else "",
        )
