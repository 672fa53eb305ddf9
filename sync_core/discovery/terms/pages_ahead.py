"""Reads the pages of a long list some at once, where it is known about how many rows it has.

One page takes Purview about a second, and a term of 100,000 assets has a hundred. The pace of all requests still holds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sync_core.parallel import AT_ONCE, in_parallel
from sync_core.purview.client import PAGE_SIZE
from sync_core.purview.wire import AssignedEntity

Page = Sequence[AssignedEntity]


@dataclass
class PagesAhead:
    """The pages of one list, of about so many `rows`; what lies behind these is read page by page.

    A page overlaps with the one before by a row (`TermRows`). The longest one tells how far apart they are; behind a
    shorter one the list ends.
    """

    read: Callable[[int], Page]
    rows: int
    _ahead: dict[int, Page] = field(default_factory=dict)
    _step: int = 0
    _has_ended: bool = False

    def fetch(self, offset: int) -> Page:
        """Return the page behind so many rows. Raises what reading it, or one of those behind it, raises."""
        if offset not in self._ahead:
            self._ahead = dict(in_parallel(self.read, self._offsets(offset)))
        page = self._ahead.pop(offset)
        self._has_ended = len(page) - 1 < self._step
        self._step = max(len(page) - 1, self._step)
        return page

    def _offsets(self, offset: int) -> list[int]:
        if self.rows <= PAGE_SIZE or self._step < 1 or self._has_ended:
            return [offset]
        return [offset, *range(offset + self._step, self.rows, self._step)][:AT_ONCE]
