"""What the last enumeration of the terms' lists saw, and which parts of the lists the next one compares."""

from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from sync_core.assets.entry import ALL_PARTS, PARTS, ranges
from sync_core.chunks import chunks
from sync_core.discovery.terms.assignments import HASH_CHARACTERS
from sync_core.discovery.terms.read_lists import Position, Snapshot
from sync_core.purview.client import PAGE_SIZE
from sync_core.storage.table import ROWS_A_PAGE

COMPARE_AFTER = timedelta(minutes=10)  # compare more of the lists at least this often, whatever the hashes say
COMPARED_ANYWAY = 5000  # so many assets each time


class TermCursor(BaseModel):
    """What the last complete enumeration saw.

    `digest` has a hash of each part of all assignments; `keepers` are terms that kept assets which they do not show.
    `compared_at` is when parts were compared last whatever their hashes said, and `next_part` the first of the next
    ones. `again` are the parts in which somebody is missing or could not be read: they are compared whenever any is, so
    that who is missing is judged together. `page_size` is the length from which on a page was followed by another one:
    a server may cap what is asked for. `has_missing` says that an asset is in its grace before it is retired: the next
    run compares again. `has_asked` says that a retirement waits for a person: the run after her word compares again.
    `has_paused` says that a term is paused, `deferred` how many things are, and `next_look_at` when to compare for
    them. `readable` are assets that could be read lately. `goes_on` is where a run's time for reading lists ended,
    `details_after` behind which guid those of the assets go on whose details it had no time to read.
    """

    selection: str
    digest: str = ""
    paused: list[str] = Field(default_factory=list)
    keepers: list[str] = Field(default_factory=list)
    compared_at: datetime
    next_part: int = Field(default=0, ge=0, lt=PARTS)
    again: list[int] = Field(default_factory=list)
    page_size: int = PAGE_SIZE
    has_missing: bool = False
    has_asked: bool = False
    has_paused: bool = False
    deferred: int = 0
    next_look_at: datetime | None = None
    readable: list[str] = Field(default_factory=list)
    goes_on: Position = Field(default_factory=Position)
    details_after: str = ""

    def is_current(self, found: Snapshot) -> bool:
        """Whether a snapshot shows the same again, so that there is nothing to do."""
        is_same = self._is_of_same_terms(found) and self.digest == found.seen.digest()
        is_look_due = self.next_look_at is not None and found.started_at >= self.next_look_at
        is_due = self._is_turn_due(found.started_at) or self.has_missing or is_look_due
        return is_same and found.is_whole and not is_due

    def parts_due(self, found: Snapshot) -> frozenset[int]:
        """Return the parts to compare: all of them where more than the lists has changed."""
        before, after = _hashes(self.digest), _hashes(found.seen.digest())
        is_same = self._is_of_same_terms(found) and self.keepers == keepers(found)
        if not (found.is_whole and is_same and len(before) == len(after)):
            return ALL_PARTS
        changed = {part for part in ALL_PARTS if before[part] != after[part]}
        turn = self._turn(len(found.seen.entities)) if self._is_turn_due(found.started_at) else ()
        parts = frozenset(changed.union(turn, ALL_PARTS.intersection(self.again)))
        queries, pages = len(list(ranges(parts))), len(found.seen.entities) // ROWS_A_PAGE + 1
        return parts if queries <= pages else ALL_PARTS

    def compared(self, found: Snapshot, parts: frozenset[int]) -> dict[str, object]:
        """Return what changes once these parts were compared."""
        turn = self._turn(len(found.seen.entities))
        if not parts.issuperset(turn):
            return {}
        return {"compared_at": found.started_at, "next_part": (self.next_part + len(turn)) % PARTS}

    def _is_of_same_terms(self, found: Snapshot) -> bool:
        return (self.selection, self.paused) == (str(found.selection), sorted(found.paused))

    def _is_turn_due(self, now: datetime) -> bool:
        return now - self.compared_at >= COMPARE_AFTER

    def _turn(self, assets: int) -> list[int]:
        """Return the parts whose turn it is, so many that they hold some thousand assets."""
        count = min(PARTS, max(1, PARTS * COMPARED_ANYWAY // max(assets, 1)))
        return [(self.next_part + number) % PARTS for number in range(count)]


def keepers(found: Snapshot) -> list[str]:
    """Return the terms of which what they showed last counts, and those that others have followed."""
    return sorted([*found.standing.holding, *(f"{key} followed" for key in found.standing.heirs)])


def _hashes(digest: str) -> list[str]:
    return list(chunks(digest, HASH_CHARACTERS))
