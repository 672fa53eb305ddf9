"""Does several remote calls at once. What is wanted before each request holds for all of them: see `each_request`."""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
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


def ahead(items: Iterator[Item], most: int) -> Generator[Item, None, None]:
    """Yield items while up to `most` of the next ones are made in another thread, one after the other.

    Who stops early has had those made in vain that were begun.
    """

    def take() -> list[Item]:
        return list(islice(items, 1))

    with ThreadPoolExecutor(1) as pool:
        upcoming = deque(pool.submit(copy_context().run, take) for _ in range(most))
        try:
            while found := upcoming.popleft().result():
                upcoming.append(pool.submit(copy_context().run, take))
                yield found[0]
        finally:
            pool.shutdown(cancel_futures=True)
