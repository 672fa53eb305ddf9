"""Does several remote calls at once. What is wanted before each request holds for all of them: see `each_request`."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Found = TypeVar("Found")
AT_ONCE = 8


def in_parallel(read: Callable[[Item], Found], items: Sequence[Item]) -> list[tuple[Item, Found]]:
    """Return what reading each item alone brings, some at once; the first failure is raised when all have ended."""
    if len(items) == 1:
        return [(items[0], read(items[0]))]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [(item, pool.submit(copy_context().run, read, item)) for item in items]
        return [(item, job.result()) for item, job in jobs]


def side_by_side(one: Callable[[], Found], other: Callable[[], Item]) -> tuple[Found, Item]:
    """Return what two calls bring that are made at once; what one raises is raised when both have ended."""
    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(copy_context().run, other)
        return one(), beside.result()


def one_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Yield items while the next one is already made in another thread; who stops early has had one made in vain."""

    def take() -> list[Item]:
        return list(islice(items, 1))

    with ThreadPoolExecutor(1) as pool:
        upcoming = pool.submit(copy_context().run, take)
        while found := upcoming.result():
            upcoming = pool.submit(copy_context().run, take)
            yield found[0]
