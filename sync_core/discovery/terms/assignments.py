"""What was read so far of the lists of terms' assignments, and whether that can be all of them.

The lists come in pages, in no documented order. A list that moves while it is read shows some rows twice and hides
others. So each page begins at the last row of the one before: where that place now holds a row that is new, or a later
place one that is not, the list has moved.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sync_core.assets.entry import PARTS, part_of
from sync_core.purview.client import PAGE_SIZE
from sync_core.purview.wire import AssignedEntity

HASH_CHARACTERS = 16


@dataclass
class TermRows:
    """How far one term's list was read: the rows so far, where the next page begins, and how long the last one was.

    `guids` are the entities that it shows. `overlap` is how many rows the next page has in common with the last one.
    """

    seen: set[str] = field(default_factory=set)
    offset: int = 0
    last_page: int = 0
    overlap: int = 0
    is_steady: bool = True
    is_readable: bool = True
    guids: set[str] = field(default_factory=set)

    def add(self, page: Sequence[AssignedEntity]) -> bool:
        """Add the page at `offset`; return whether it brought anything new, or was a page seen before."""
        rows = [entity.assignment for entity in page]
        again, rest = rows[: self.overlap], rows[self.overlap :]
        fresh = set(rows) - self.seen
        is_joined = self.overlap > 0 or not self.offset or not rows
        has_moved = len(again) < self.overlap or not self.seen.issuperset(again) or len(fresh) < len(rest)
        self.is_steady = self.is_steady and is_joined and not has_moved
        self.is_readable = self.is_readable and all(entity.is_readable for entity in page)
        self.seen |= fresh
        self.last_page = len(rows)
        self.overlap = int(len(rows) > 1)  # a page of a single row that is known would bring nothing new
        self.offset += len(rows) - self.overlap
        return bool(fresh)


@dataclass
class Assignments:
    """The entities by guid, and how far each term's list was read.

    `page_size` is the length from which on a page was followed by another one: a server may cap what is asked for.
    """

    terms: dict[str, TermRows]
    entities: dict[str, AssignedEntity] = field(default_factory=dict)
    page_size: int = PAGE_SIZE

    @classmethod
    def of(cls, term_guids: Iterable[str]) -> "Assignments":
        """Return the start of an enumeration of these terms."""
        return cls({guid: TermRows() for guid in term_guids})

    def add(self, term_guid: str, page: Sequence[AssignedEntity]) -> bool:
        """Add the next page of a term; return whether it brought anything new."""
        rows = self.terms[term_guid]
        before = rows.last_page
        is_fresh = rows.add(page)
        if is_fresh and before:
            self.page_size = min(self.page_size, before)
        active = {entity.guid: entity for entity in page if entity.is_active}
        self.entities.update(active)
        rows.guids.update(active)
        return is_fresh

    def leave_out(self, term_guid: str, guids: Collection[str]) -> None:
        """Forget that a term shows these; who is shown by no other term is not seen then."""
        rows = self.terms.get(term_guid)
        left_out = rows.guids.intersection(guids) if rows else set()
        if rows and left_out:
            rows.guids -= left_out
            for guid in left_out - set().union(*(each.guids for each in self.terms.values())):
                self.entities.pop(guid, None)

    def shows(self, term_guid: str, guid: str) -> bool:
        """Whether a term's list shows an entity."""
        return term_guid in self.terms and guid in self.terms[term_guid].guids

    @property
    def is_steady(self) -> bool:
        """Whether no list moved while it was read: only then what was seen can be all there is."""
        return all(rows.is_steady for rows in self.terms.values())

    @property
    def is_readable(self) -> bool:
        """Whether each row could be read: what could not may be an asset that would count as missing."""
        return all(rows.is_readable for rows in self.terms.values())

    def digest(self) -> str:
        """Return a hash of each part of what an enumeration tells, one behind the other."""
        parts: dict[int, list[str]] = {part: [] for part in range(PARTS)}
        ordered = sorted(self.terms)
        for one in self.entities.values():
            terms = " ".join(term for term in ordered if self.shows(term, one.guid))
            parts[part_of(one.guid)].append(f"{one.guid}\t{one.type_name}\t{one.display_text}\t{terms}")
        hashes = (hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest() for rows in parts.values())
        return "".join(each[:HASH_CHARACTERS] for each in hashes)
