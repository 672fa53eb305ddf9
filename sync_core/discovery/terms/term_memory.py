"""What is remembered of a term between runs: how many assets it showed last, and where its links lead."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import BaseModel, Field

from sync_core.runs.defer import note_name
from sync_core.storage.notes import Notes

LINKS_A_NOTE = 300  # a row holds 32,000 characters a text, and a link is two ids of 36
SAMPLE = 300


class TermNote(BaseModel):
    """One term: `shown` assets, a hash of its list and since when that is the same; a `sample` of the assets.

    `searched_at` is when the index was asked for it last.
    """

    shown: int = 0
    digest: str = ""
    since: datetime
    sample: list[str] = Field(default_factory=list)
    searched_at: datetime | None = None


class LinksNote(BaseModel):
    """A part of a term's links: the catalog's id of an asset and its guid in the Data Map, with a space between."""

    links: list[str]


@dataclass
class TermMemory:
    """Keeps the notes, and what this process knows of them: an idle tick reads none."""

    notes: Notes
    links: Notes
    _known: dict[str, TermNote] = field(default_factory=dict)
    _guids: dict[str, dict[str, str]] = field(default_factory=dict)

    def recall(self, key: str, digest: str | None = None) -> TermNote | None:
        """Return what is remembered; from storage, where this process knows nothing or the list has another digest.

        Another process may have seen it since.
        """
        known = self._known.get(key)
        if known is None or digest not in {None, known.digest}:
            known = self.notes.load(TermNote, note_name(key))
        if known is not None:
            self._known[key] = known
        return known

    def keep(self, key: str, note: TermNote) -> None:
        """Remember, if it is news."""
        if self._known.get(key) != note:
            self.notes.save(note_name(key), note)
            self._known[key] = note

    def guids(self, key: str) -> Mapping[str, str]:
        """Return the guids by catalog id of all assets that a term was ever linked with."""
        if key not in self._guids:
            self._guids[key] = {}
            for number in range(1_000_000):
                part = self.links.load(LinksNote, f"{note_name(key)}-{number}")
                if part is None:
                    break
                # One that another version wrote in another way is learned anew.
                self._guids[key].update(_pairs(part.links))
        return self._guids[key]

    def learn(self, key: str, guids: Mapping[str, str]) -> None:
        """Remember where further links lead: only the parts that change are written."""
        known = self._guids.setdefault(key, dict(self.guids(key)))
        first = len(known) // LINKS_A_NOTE
        known.update(guids)
        links = [f"{catalog_id} {guid}" for catalog_id, guid in known.items()]
        for number in range(first, -(-len(links) // LINKS_A_NOTE)):
            part = links[number * LINKS_A_NOTE : (number + 1) * LINKS_A_NOTE]
            self.links.save(f"{note_name(key)}-{number}", LinksNote(links=part))


def _pairs(links: Iterable[str]) -> Iterator[tuple[str, str]]:
    for link in links:
        catalog_id, blank, guid = link.partition(" ")
        if blank and guid and " " not in guid:
            yield catalog_id, guid


def digest_of(ids: Iterable[str]) -> str:
    """Return a hash of a list, whatever its order."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()
