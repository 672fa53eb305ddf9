"""Keeps what is remembered of each target between runs, and where its links lead."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from sync_core.discovery.terms.standing import Memory
from sync_core.storage.notes import Notes, note_name

LINKS_A_NOTE = 300  # a row holds 32,000 characters a text, and a link is two ids of 36


class LinksNote(BaseModel):
    """A part of a term's links: the catalog's id of an asset and its guid in the Data Map, with a space between."""

    links: list[str]


@dataclass
class TermMemory:
    """Keeps the notes, and what this process knows of them: an idle tick reads none."""

    notes: Notes
    links: Notes
    _known: dict[str, Memory] = field(default_factory=dict)
    _guids: dict[str, dict[str, str]] = field(default_factory=dict)

    def recall(self, key: str, digest: str | None = None) -> Memory | None:
        """Return what is remembered; from storage, where this process knows nothing or the list has another digest.

        Another process may have seen it since.
        """
        known = self._known.get(key)
        if known is None or digest not in {None, known.digest}:
            known = self.notes.load(Memory, note_name(key))
        if known is not None:
            self._known[key] = known
        return known

    def recall_all(self, keywords: Collection[str]) -> dict[str, Memory]:
        """Return, from storage, what is remembered of all targets of these keywords, by key."""
        found = {memory.key: memory for _, memory in self.notes.all(Memory) if memory.key}
        self._known.update(found)
        return {key: memory for key, memory in found.items() if not set(memory.keywords).isdisjoint(keywords)}

    def keep(self, memory: Memory) -> None:
        """Remember, if it is news."""
        if self._known.get(memory.key) != memory:
            self.notes.save(note_name(memory.key), memory)
            self._known[memory.key] = memory

    def forget(self, key: str) -> None:
        """Forget a target: it is no evidence any more. Where its links lead stays known."""
        self.notes.delete(note_name(key))
        self._known.pop(key, None)

    def reload(self, keys: Iterable[str]) -> None:
        """Forget what this process knows of these: another one may have seen more."""
        for key in keys:
            self._guids.pop(key, None)

    def ever(self, key: str) -> set[str]:
        """Return the guids of all assets that a target of the catalog ever showed."""
        return set(self.guids(key).values())

    def guids(self, key: str) -> Mapping[str, str]:
        """Return the guids by catalog id of all that a target was ever linked with."""
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
        self.reload([key])
        known = dict(self.guids(key))
        first = len(known) // LINKS_A_NOTE
        known.update(guids)
        links = [f"{catalog_id} {guid}" for catalog_id, guid in known.items()]
        for number in range(first, -(-len(links) // LINKS_A_NOTE)):
            part = links[number * LINKS_A_NOTE : (number + 1) * LINKS_A_NOTE]
            self.links.save(f"{note_name(key)}-{number}", LinksNote(links=part))
        self._guids[key] = known


def _pairs(links: Iterable[str]) -> Iterator[tuple[str, str]]:
    for link in links:
        catalog_id, blank, guid = link.partition(" ")
        if blank and guid and " " not in guid:
            yield catalog_id, guid


def digest_of(ids: Iterable[str]) -> str:
    """Return a hash of a list, whatever its order."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()
