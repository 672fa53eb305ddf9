"""Lists glossaries with their terms, where a keyword asks for it, so that one that cannot be read stops no other."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from sync_core.errors import SyncError, TransientError
from sync_core.purview.client import PAGE_SIZE, PurviewClient
from sync_core.purview.wire import Glossary, TermHeader
from sync_core.runs.defer import Deferrals, Refusals
from sync_core.runs.deferred import Kind
from sync_core.spelling import pick

LIST_TIME = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class ListedGlossary:
    """A glossary with the headers of its terms."""

    glossary: Glossary
    headers: list[TermHeader]


@dataclass
class Listing:
    """The glossaries, each read with its terms when these are first asked for: a term may be found without them.

    One that cannot be read, or that there is no time for, is left out, and named in `unread`.
    """

    purview: PurviewClient
    deferrals: Deferrals
    has_time: Callable[[], bool]
    unread: list[str] = field(default_factory=list)
    refusals: Refusals = field(default_factory=Refusals)
    _found: list[Glossary] | None = None
    _read: dict[str, ListedGlossary] = field(default_factory=dict)

    @property
    def glossaries(self) -> list[ListedGlossary]:
        """All that can be read, with their terms."""
        listed = [self._terms_of(each) for each in self._all]
        self.refusals.check()
        return listed

    def called(self, name: str) -> list[ListedGlossary]:
        """The glossaries of that name, or of that qualified name; the terms of the others are not read."""
        by_name = pick(name, self._all, lambda glossary: glossary.name)
        by_qualified_name = pick(name, self._all, lambda glossary: glossary.qualified_name)
        found = [*by_name, *(one for one in by_qualified_name if one not in by_name)]
        return [self._terms_of(each) for each in found]

    @contextmanager
    def guarded(self, glossary: Glossary) -> Iterator[None]:
        """Defer a glossary, where what is asked of it in the block fails."""
        try:
            with self.deferrals.asking(Kind.GLOSSARY, glossary.guid):
                yield
            self.refusals.has_answer = True
        except SyncError as error:
            self.refusals.take(error)
            self.unread.append(glossary.name)
            self.deferrals.failed(Kind.GLOSSARY, glossary.guid, error, glossary.name)

    @property
    def _all(self) -> list[Glossary]:
        """No cached property: its lock is one for all listings, and held over the reading."""
        if self._found is None:
            self._found = self.purview.fetch_glossaries()
        return self._found

    def _terms_of(self, glossary: Glossary) -> ListedGlossary:
        if glossary.guid not in self._read:
            self._read[glossary.guid] = self._list(glossary)
        return self._read[glossary.guid]

    def _list(self, glossary: Glossary) -> ListedGlossary:
        listed = ListedGlossary(glossary, [])
        if self.deferrals.waits(Kind.GLOSSARY, glossary.guid) or not self.has_time():
            self.unread.append(glossary.name)
            return listed
        with self.guarded(glossary):
            for header in self.purview.fetch_term_headers(glossary.guid):
                listed.headers.append(header)
                if len(listed.headers) % PAGE_SIZE == 0 and not self.has_time():
                    raise TransientError(
                        f"The terms of glossary {glossary.name} could not be listed within {LIST_TIME.seconds} s: name "
                        "the term with its glossary, as Term@Glossary, so that nothing has to be listed."
                    )
            self.deferrals.succeeded(Kind.GLOSSARY, [glossary.guid])
        return listed

    def names_of(self, guids: Collection[str]) -> dict[str, str]:
        """What people call these terms, those that were listed."""
        return {
            header.guid: f"classic term {header.display_text}@{each.glossary.name}"
            for each in self._read.values()
            for header in each.headers
            if header.guid in guids
        }

    @property
    def names(self) -> list[str]:
        """What a person could have meant, as `Term@Glossary`."""
        return [f"{header.display_text}@{each.glossary.name}" for each in self.glossaries for header in each.headers]
