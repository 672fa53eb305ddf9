"""Tells people that a tenant has enabled asset curation, and which keywords cannot follow their terms by themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, Field

from sync_core.discovery.terms.learn_of_curation import CurationNote
from sync_core.discovery.terms.resolve_terms import NOTE as TERMS
from sync_core.discovery.terms.resolve_terms import ResolvedTerms
from sync_core.discovery.terms.term_lists import TermLists
from sync_core.discovery.terms.term_news import told_of_proposals
from sync_core.notifications.notify import Notify
from sync_core.notifications.texts import asset_curation
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes

NOTE = "curation-told"


class CurationTold(BaseModel):
    """What people were notified of: that curation is enabled, and these proposals."""

    proposals: dict[str, str] = Field(default_factory=dict)


def told_of_curation(curation: CurationNote, proposals: Mapping[str, str]) -> Iterator[str]:
    """Yield what is known, in the words that a run, `status`, the doctor and a notification share."""
    yield (
        f"This tenant seems to have enabled asset curation: classic terms are frozen since "
        f"{curation.since:%Y-%m-%d %H:%M} UTC at the latest (seen of '{curation.term}'). New tags exist only in the "
        "Unified Catalog."
    )
    yield from told_of_proposals(proposals)


@dataclass
class TellCuration:
    """Tells a run each time, people once: again when there is another proposal."""

    lists: TermLists
    notify: Notify
    notes: Notes
    _told: CurationTold | None = field(default=None, init=False)

    def tell(self, proposals: Mapping[str, str], log: RunLog) -> None:
        """Add notes to a run, and notify; costs nothing while curation is not known to be enabled."""
        curation = self.lists.curation()
        if curation is None:
            return
        sentences = list(told_of_curation(curation, proposals))
        log.notes += sentences
        if self.notify.is_on and self._is_news(proposals):
            self._told = told = CurationTold(proposals=dict(proposals))
            self.notify.tell(asset_curation(sentences), lambda: self.notes.save(NOTE, told))

    def known(self) -> list[str]:
        """Return what is known now, from what the last runs left behind."""
        curation, terms = self.lists.curation(), self.notes.load(ResolvedTerms, TERMS)
        return list(told_of_curation(curation, terms.news.proposals if terms else {})) if curation else []

    def _is_news(self, proposals: Mapping[str, str]) -> bool:
        """Another process may have told it."""
        if self._told is None or self._told.proposals != dict(proposals):
            self._told = self.notes.load(CurationTold, NOTE)
        return self._told is None or not proposals.items() <= self._told.proposals.items()
