"""The keywords of each target that counts: what is found, and what is remembered and is not shown any more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sync_core.discovery.terms.find_concepts import Found
from sync_core.discovery.terms.targets import is_of_catalog
from sync_core.settings import TermStore


@dataclass
class KnownTargets:
    """The keywords of each target that counts, by key: what is found, and what is remembered and not shown any more.

    `kept` of those are not found, or not published. `replaced` are classic terms that were made anew.
    """

    texts: Sequence[str]
    store: TermStore
    remembered: Mapping[str, Sequence[str]]
    keywords: dict[str, list[str]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)

    @property
    def named(self) -> set[str]:
        """The keywords that have a target."""
        return {text for texts in self.keywords.values() for text in texts}

    def add_catalog(self, concepts: Found) -> None:
        """Add what the catalog shows, and what it has shown: a draft looks like a deleted term.

        Where it could not be asked, what is known goes on.
        """
        if self.store is TermStore.CLASSIC:
            return
        self.keywords.update(concepts.keywords)
        for key in self.remembered:
            texts = self._texts(key)
            if key in self.keywords:  # found by another keyword; of these nothing is known
                self._name(key, [text for text in texts if text in concepts.unread])
            elif is_of_catalog(key):
                is_unread = concepts.why_unread or not concepts.unread.keys().isdisjoint(texts)
                self._add(key, texts, is_kept=not is_unread)

    def add_drafts(self, concepts: Found) -> None:
        """Add what the catalog shows as a draft: it pauses alone."""
        for key, texts in concepts.drafts.items():
            if key not in self.keywords:
                self._add(key, texts, is_kept=True)

    def add_classic(self, found: Mapping[str, Sequence[str]], *, is_partial: bool) -> None:
        """Add classic terms. One that is not listed any more is kept, unless it was made anew.

        After a migration glossaries may list no term at all. `is_partial`: not all of them could be read.
        """
        if self.store is TermStore.UNIFIED:
            return
        by_key: dict[str, list[str]] = {}
        for text in self.texts:
            for guid in found.get(text, ()):
                by_key.setdefault(guid, []).append(text)
        extra: dict[str, list[str]] = {}
        anew = {text for key, texts in by_key.items() if key not in self.remembered for text in texts}
        for key in self.remembered:
            texts = self._texts(key)
            if is_of_catalog(key) or key in by_key:
                by_name = {text.rpartition("@")[0] for text in by_key.get(key, ())}
                # Its glossary may list no term any more, or could not be read.
                extra[key] = [text for text in texts if is_partial or text in by_name]
                continue
            if not is_partial and not anew.isdisjoint(texts):
                self.replaced.append(key)
            else:
                self._add(key, texts, is_kept=not is_partial)
        self.keywords.update(by_key)
        for key, texts in extra.items():
            self._name(key, texts)

    def _add(self, key: str, texts: Sequence[str], *, is_kept: bool) -> None:
        self.keywords[key] = list(texts)
        self.kept += [key] if is_kept else []

    def _name(self, key: str, texts: Sequence[str]) -> None:
        """Let further keywords name a target that was found."""
        if key in self.keywords:
            known = self.keywords[key]
            self.keywords[key] = [text for text in self.texts if text in known or text in texts]

    def _texts(self, key: str) -> list[str]:
        return [text for text in self.remembered[key] if text in self.texts]
