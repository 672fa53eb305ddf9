"""Work that many threads ask for at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from sync_core.errors import TransientError
from sync_core.single_flight import Once, SingleFlight

THREADS = 10


class Work:
    """Is under way until it may end; counts how often it is done."""

    def __init__(self, outcome: Callable[[], str] = lambda: "done") -> None:
        self.times = 0
        self.has_begun, self.may_end = Event(), Event()
        self._outcome = outcome

    def __call__(self) -> str:
        self.times += 1
        self.has_begun.set()
        assert self.may_end.wait(10)
        return self._outcome()


def fail() -> str:
    raise TransientError("no answer")


def all_at_once(flight: SingleFlight[str], work: Work) -> list["Future[str]"]:
    """Ask from many threads, and let the work end only when all of them have asked."""
    with ThreadPoolExecutor(THREADS) as pool:
        first = pool.submit(flight.do, work)
        assert work.has_begun.wait(10)
        others = [pool.submit(flight.do, work) for _ in range(THREADS - 1)]
        while not (flight._flight and len(flight._flight._condition._waiters) == THREADS - 1):  # type: ignore[attr-defined]
            assert not first.done()
        work.may_end.set()
    return [first, *others]


def test_one_works_and_all_have_what_it_gives() -> None:
    work = Work()
    results = all_at_once(SingleFlight(), work)
    assert ({each.result() for each in results}, work.times) == ({"done"}, 1)


def test_one_works_and_all_have_its_failure() -> None:
    work = Work(fail)
    results = all_at_once(SingleFlight(), work)
    assert {type(each.exception()) for each in results} == {TransientError}
    assert work.times == 1


def test_who_asks_later_has_the_work_done_anew() -> None:
    flight = SingleFlight[str]()
    with pytest.raises(TransientError):
        flight.do(fail)
    assert flight.do(lambda: "one") == "one"
    assert flight.do(lambda: "two") == "two"


def test_whoever_waits_too_long_gives_up_and_the_next_one_does_it_anew() -> None:
    flight, work = SingleFlight[str](longest_wait_s=0.05), Work()
    with ThreadPoolExecutor(1) as pool:
        stuck = pool.submit(flight.do, work)
        assert work.has_begun.wait(10)
        with pytest.raises(TransientError, match="Another thread"):
            flight.do(lambda: "never")
        assert flight.do(lambda: "anew") == "anew"
        work.may_end.set()
    assert stuck.result() == "done"
    assert flight.do(lambda: "later") == "later"


def test_a_value_is_fetched_once_and_its_failure_is_not_kept() -> None:
    outcomes: Iterator[Callable[[], str]] = iter([fail, lambda: "first"])

    def fetch() -> str:
        return next(outcomes)()

    once = Once(fetch)
    with pytest.raises(TransientError):
        once.get()
    assert [once.get(), once.get()] == ["first", "first"]


def test_a_value_that_many_threads_ask_for_is_fetched_once() -> None:
    work = Work()
    once = Once(work)
    with ThreadPoolExecutor(THREADS) as pool:
        results = [pool.submit(once.get) for _ in range(THREADS)]
        work.may_end.set()
    assert ({each.result() for each in results}, work.times) == ({"done"}, 1)
