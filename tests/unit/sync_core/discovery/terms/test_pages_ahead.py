"""A long list whose length is about known is read some pages at once, and asks for no page twice."""

from threading import Barrier, Lock

import pytest

from sync_core.discovery.terms.assignments import TermRows
from sync_core.discovery.terms.pages_ahead import Page, PagesAhead
from sync_core.parallel import AT_ONCE
from sync_core.purview.client import PAGE_SIZE
from sync_core.purview.wire import AssignedEntity


class LongList:
    """A list of so many rows in pages of at most so many; tells which were asked for."""

    def __init__(self, rows: int, largest_page: int = PAGE_SIZE) -> None:
        self.rows = [AssignedEntity(f"g{number}", "a_type", "a name", f"row {number}") for number in range(rows)]
        self.largest_page = largest_page
        self.asked: list[int] = []
        self._lock = Lock()

    def read(self, offset: int) -> Page:
        with self._lock:
            self.asked.append(offset)
        return self.rows[offset : offset + self.largest_page]


def read_all(pages: PagesAhead) -> TermRows:
    rows = TermRows()
    while rows.add(pages.fetch(rows.offset)):
        pass
    return rows


@pytest.mark.parametrize("known", [0, 500, 2400, 9_999, 10_000, 10_001, 20_000])
@pytest.mark.parametrize("largest_page", [100, PAGE_SIZE])
def test_whatever_is_known_of_its_length_each_row_is_read_once(known: int, largest_page: int) -> None:
    listed = LongList(10_000, largest_page)

    rows = read_all(PagesAhead(listed.read, known))

    assert (len(rows.seen), rows.is_steady) == (10_000, True)
    assert len(set(listed.asked)) == len(listed.asked)
    needed = 10_000 // (largest_page - 1) + 2
    assert len(listed.asked) <= needed + AT_ONCE  # where it was longer, some are asked for in vain


def test_pages_behind_the_first_one_are_read_at_once() -> None:
    listed, together = LongList(4_000), Barrier(4)

    def read(offset: int) -> Page:
        if offset:
            together.wait(10)  # breaks where they are read one after the other
        return listed.read(offset)

    pages = PagesAhead(read, 4_000)

    assert [len(pages.fetch(offset)) for offset in (0, 999, 1998, 2997, 3996)] == [1000, 1000, 1000, 1000, 4]


def test_a_list_of_one_page_is_read_page_by_page_where_a_server_caps_it() -> None:
    listed = LongList(12, largest_page=5)
    pages = PagesAhead(listed.read, 12)

    pages.fetch(0)
    pages.fetch(4)

    assert listed.asked == [0, 4]
