"""Tells people that a tenant has enabled asset curation, and which keywords cannot follow their terms by themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, Field

from sync_core.discovery.terms.curation.learn_of_curation import CurationNote
from sync_core.discovery.terms.term_findings import describe_proposals
from sync_core.discovery.terms.term_lists import TermLists
from sync_core.notifications.announcement import Item
from sync_core.notifications.notify import Notify
from sync_core.notifications.texts import asset_curation
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes

NOTE = "curation-notified"


class CurationNotified(BaseModel):
    """What people were notified of: that curation is enabled, and these proposals."""

    proposals: dict[str, str] = Field(default_factory=dict)


def describe_curation(curation: CurationNote, proposals: Mapping[str, str]) -> Iterator[str]:
    """Yield what is known, in the words that a run, `status`, the doctor and a notification share."""
    yield (
        f"This tenant seems to have enabled asset curation: classic terms are frozen since "
        f"{curation.since:%Y-%m-%d %H:%M} UTC at the latest (seen of '{curation.term}'). New tags exist only in the "
        "Unified Catalog."
    )
    yield from describe_proposals(proposals)


@dataclass
class TellCuration:
    """Tells a run each time, people once: again when there is another proposal."""

    lists: TermLists
    notify: Notify
    notes: Notes
    _notified: CurationNotified | None = field(default=None, init=False)

    def tell(self, proposals: Mapping[str, str], log: RunLog) -> None:
        """Add notes to a run, and notify; costs nothing while curation is not known to be enabled."""
        curation = self.lists.curation()
        if curation is None:
            return
        sentences = list(describe_curation(curation, proposals))
        log.notes += sentences
        if self.notify.is_on and self._is_to_notify(proposals):
            self._notified = notified = CurationNotified(proposals=dict(proposals))
            items = [Item(keyword, keyword, f"Write {better} in its place.") for keyword, better in proposals.items()]
            self.notify.tell(asset_curation(sentences).about(items), lambda: self.notes.save(NOTE, notified))

    def _is_to_notify(self, proposals: Mapping[str, str]) -> bool:
        """Another process may have told it."""
        if self._notified is None or self._notified.proposals != dict(proposals):
            self._notified = self.notes.load(CurationNotified, NOTE)
        return self._notified is None or not proposals.items() <= self._notified.proposals.items()
