"""Reads CluedIn's paged lists to their end, and believes no total: it may count what the caller never sees.

A full page is never the last one. A list that ends before its total, or holds rows that cannot be read, is read once
more; what both readings show is believed then, and told. Source: docs/vendors/cluedin.md, 2.3 and 2.10.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sync_core.http.list_time import LONGEST_LIST_S, in_time
from sync_core.http.services import CLUEDIN
from sync_core.logs import get_logger

logger = get_logger(__name__)

PAGE_SIZE = 100
# CluedIn's own tools ask for pages of ten: as many rows may be a server's own limit, and its total that of the page.
SMALLEST_FULL_PAGE = 10
READINGS = 2
MOST_PAGES = 100_000
LONGEST_READING_S = 2 * LONGEST_LIST_S  # a server that does not search shows all that it has

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """A page: its rows by id, how many rows cannot be read, and what the server says of the total, if anything."""

    total: int | None
    rows: Mapping[str, Row]
    unreadable: int = 0

    @property
    def size(self) -> int:
        """How many rows came."""
        return len(self.rows) + self.unreadable


@dataclass
class Reading:
    """One reading of a list: the ids that it has shown so far, and the first total that was told."""

    shown: set[str] = field(default_factory=set)
    unreadable: int = 0
    total: int = 0

    @property
    def size(self) -> int:
        """How many rows were shown."""
        return len(self.shown) + self.unreadable

    @property
    def is_doubtful(self) -> bool:
        """Whether there may be more than was shown: gone away meanwhile, hidden, or not to be read."""
        return self.unreadable > 0 or self.size < self.total

    def take(self, page: ListPage[Row]) -> bool:
        """Count a page; return whether another one may follow."""
        is_fresh = not page.rows.keys() <= self.shown
        self.shown.update(page.rows)
        self.unreadable += page.unreadable
        self.total = self.total or page.total or 0
        if not is_fresh:  # it is empty, or the server does not care which page is asked for
            return False
        return page.size >= SMALLEST_FULL_PAGE or page.total is None or self.size < page.total

    def describe(self) -> str:
        """Tell how the list differs from what is said of it."""
        parts = [f"{self.size} are shown"]
        if self.size < self.total:
            parts.append(f"{self.total} counted: the account may not see them all")
        if self.unreadable:
            parts.append(f"{self.unreadable} of them cannot be read")
        return ", ".join(parts)


@dataclass
class PagedList(Generic[Row]):
    """A list to iterate over: each row once. `what` are the rows, for people; pages are fetched by number, from 0.

    When all is read, `doubt` tells how the list differs from what is said of it, empty where it does not, and
    `unreadable` how many of its rows cannot be read. One that is not read after `within_s` raises `TransientError`.
    """

    what: str
    fetch: Callable[[int], ListPage[Row]]
    most_pages: int = MOST_PAGES
    within_s: float = LONGEST_READING_S
    doubt: str = ""
    unreadable: int = 0

    def __iter__(self) -> Iterator[Row]:
        """Read the list, and once more where it is doubtful. Raises what fetching a page raises."""
        check = in_time(CLUEDIN, self.what, self.within_s)
        known: set[str] = set()
        reading = Reading()
        for _ in range(READINGS):
            reading = Reading()
            yield from self._read(reading, known, check)
            if not reading.is_doubtful:
                break
        self.unreadable = reading.unreadable
        self.doubt = reading.describe() if reading.is_doubtful else ""
        if self.doubt:
            logger.warning("CluedIn's list of %s is believed as it was shown twice: %s", self.what, self.doubt)

    def _read(self, reading: Reading, known: set[str], check: Callable[[], None]) -> Iterator[Row]:
        for number in range(self.most_pages):
            check()
            page = self.fetch(number)
            yield from (row for identifier, row in page.rows.items() if identifier not in known)
            known.update(page.rows)
            if not reading.take(page):
                return
