"""Reads lists to their end, however the service names the next page.

Source: docs/vendors/unified-catalog.md, section 1.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sync_core.catalog.wire import CATALOG, Item, Page, parse_page
from sync_core.errors import TransientError
from sync_core.http.json_reading import text
from sync_core.http.list_time import FRUITLESS_PAGES, LONGEST_LIST_S, in_time

PAGE_SIZE = 100  # no maximum is documented, one live client believes in this one
Parameters = Mapping[str, str]


def follow(
    ask: Callable[[Parameters], Any], operation: str, items: str = "value", within_s: float = LONGEST_LIST_S
) -> Iterator[Item]:
    """Yield the items of all pages that a list names, each once; the first may be the only one.

    A page without news is not the end yet, some in a row are: a list may name another next page for ever.

    Raises:
        TransientError: a page names itself as the next one, or the list does not end in time.
    """
    check = in_time(CATALOG, operation, within_s)
    asked: list[Parameters] = []
    seen: set[str] = set()
    page, fruitless = Page(()), 0
    while not asked or (page.following and fruitless < FRUITLESS_PAGES):
        if page.following in asked:
            raise TransientError(
                f"{CATALOG.title} names the same next page of {operation} again and again.", service=CATALOG.name
            )
        check()
        asked.append(page.following)
        page = parse_page(ask(page.following), operation, items)
        fresh = [item for item in page.items if repr(item) not in seen]
        fruitless = 0 if fresh else fruitless + 1
        seen.update(map(repr, fresh))
        yield from fresh


def skip_through(
    ask: Callable[[int, Parameters], Any], operation: str, within_s: float = LONGEST_LIST_S
) -> Iterator[Item]:
    """Yield the items of a list that pages by `skip`, until a page brings nothing new.

    A short page may be the server's own limit. Where a page names the next one, that is asked for as well.

    Raises:
        TransientError: the list does not end in time.
    """
    check = in_time(CATALOG, operation, within_s)
    seen: set[str] = set()
    skip, page = 0, Page(())
    while True:
        check()
        page = parse_page(ask(skip, page.following), operation)
        fresh = [item for item in page.items if text(item, "id") not in seen]
        if not fresh:
            return
        yield from fresh
        seen.update(text(item, "id") for item in fresh)
        skip += len(page.items)
