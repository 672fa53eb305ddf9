"""Work that many threads ask for at once: one does it, the others share what comes of it.

No lock is held meanwhile. Waiters behind a lock would each try for themselves, one after the other: with a service that
never answers, the last of ten threads waited ten times as long as the first.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

from sync_core.each_request import on_behalf_of_all
from sync_core.errors import SlowAnswerError

T = TypeVar("T")
LONGEST_WAIT_S = 60.0  # longer than any work here takes that ends at all


class SingleFlight(Generic[T]):
    """Does one piece of work for all threads that ask for it while it is under way."""

    def __init__(self, longest_wait_s: float = LONGEST_WAIT_S) -> None:
        self._longest_wait_s = longest_wait_s
        self._lock = Lock()
        self._flight: Future[T] | None = None

    def do(self, work: Callable[[], T]) -> T:
        """Do the work, or wait for the outcome of who is at it: the result, or the very error.

        Raises:
            SlowAnswerError: who is at it takes too long; whoever asks next does it anew.
        """
        with self._lock:
            running = self._flight
            if running is None:
                self._flight = ours = Future[T]()
        return self._wait(running) if running else self._work(ours, work)

    def _work(self, flight: "Future[T]", work: Callable[[], T]) -> T:
        try:
            with on_behalf_of_all():
                result = work()
        except BaseException as error:
            self._end(flight)
            flight.set_exception(error)
            raise
        self._end(flight)
        flight.set_result(result)
        return result

    def _wait(self, flight: "Future[T]") -> T:
        try:
            return flight.result(self._longest_wait_s)
        except TimeoutError:
            self._end(flight)
            waited = f"Another thread has been at this for more than {self._longest_wait_s:.0f} s."
            raise SlowAnswerError(waited) from None

    def _end(self, flight: "Future[T]") -> None:
        with self._lock:
            if self._flight is flight:
                self._flight = None


class Once(Generic[T]):
    """A value that is fetched when it is first asked for, and kept; a failure is not kept."""

    def __init__(self, fetch: Callable[[], T]) -> None:
        self._fetch = fetch
        self._flight = SingleFlight[T]()
        self._values: list[T] = []

    def get(self) -> T:
        """Return the value. Raises what fetching it raises."""
        return self._values[0] if self._values else self._flight.do(self._fetch_first)

    def _fetch_first(self) -> T:
        if not self._values:
            self._values.append(self._fetch())
        return self._values[0]


class Fresh(Generic[T]):
    """A value that is kept for some time, then fetched again; a failure is not kept."""

    def __init__(self, fetch: Callable[[], T], keep_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._keep_s = keep_s
        self._monotonic = monotonic
        self._flight = SingleFlight[T]()
        self._kept: tuple[T, float] | None = None

    def get(self) -> T:
        """Return the value. Raises what fetching it raises."""
        kept = self._kept
        if kept is not None and self._monotonic() - kept[1] < self._keep_s:
            return kept[0]
        return self._flight.do(self._fetch_again)

    def keep(self, value: T) -> None:
        """Keep a value that came another way."""
        self._kept = (value, self._monotonic())

    def _fetch_again(self) -> T:
        value = self._fetch()
        self.keep(value)
        return value
