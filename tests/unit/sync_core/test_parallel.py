"""Several remote calls at once."""

from collections.abc import Iterator
from contextvars import ContextVar
from threading import Barrier, Event, current_thread, main_thread

import pytest

from sync_core.errors import TransientError
from sync_core.parallel import in_parallel, one_ahead, side_by_side

WANTED: ContextVar[str] = ContextVar("wanted", default="nothing")


def test_items_are_read_at_once_and_come_in_their_order() -> None:
    all_are_read = Barrier(3)

    def read(item: int) -> int:
        all_are_read.wait(10)  # breaks where they are read one after the other
        return item * item

    assert in_parallel(read, [3, 1, 2]) == [(3, 9), (1, 1), (2, 4)]


def test_the_first_failure_is_raised() -> None:
    def read(item: int) -> int:
        if item:
            raise TransientError(f"no {item}")
        return item

    with pytest.raises(TransientError, match="no 1"):
        in_parallel(read, [0, 1, 2])


@pytest.mark.parametrize("count", [0, 1, 5])
def test_all_items_come_one_by_one(count: int) -> None:
    assert list(one_ahead(iter(range(count)))) == list(range(count))


def test_the_next_item_is_made_while_one_is_handled() -> None:
    is_made = Event()

    def items() -> Iterator[int]:
        yield 1
        is_made.set()
        yield 2

    first = next(one_ahead(items()))

    assert is_made.wait(10)
    assert first == 1


def test_what_fails_fails_behind_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise TransientError("no more")

    found = one_ahead(items())

    assert next(found) == 1
    with pytest.raises(TransientError, match="no more"):
        next(found)


def test_two_calls_are_made_at_once_and_each_brings_its_own() -> None:
    both_are_made = Barrier(2)

    def make(what: str) -> str:
        both_are_made.wait(10)  # breaks where they are made one after the other
        return what

    assert side_by_side(lambda: make("one"), lambda: make("other")) == ("one", "other")


def where(_: int = 0) -> tuple[str, bool]:
    """Return what is wanted here, and whether this is the main thread."""
    return WANTED.get(), current_thread() is main_thread()


def test_what_is_wanted_before_each_request_is_wanted_in_other_threads() -> None:
    token = WANTED.set("a sign of life")
    try:
        ahead = list(one_ahead(where(number) for number in range(2)))
        at_once = [found for _, found in in_parallel(where, range(2))]
        _, beside = side_by_side(where, where)
    finally:
        WANTED.reset(token)

    assert {*ahead, *at_once, beside} == {("a sign of life", False)}
