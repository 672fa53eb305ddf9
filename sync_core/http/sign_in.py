"""Signing in, as all threads share it: one asks, the others have its outcome; one that hangs is a pause for all."""

import time
from collections.abc import Callable

import requests

from sync_core.errors import SlowAnswerError, ThrottledError, TransientError
from sync_core.http.failures import Service
from sync_core.single_flight import SingleFlight

LONGEST_WAIT_S = 42.0  # for another thread's answer, which has 40 s (http/client.py): less than any lease
REST_S = 10.0  # what began before the pause was noted must not try again at once, asset by asset


class SharedSignIn:
    """Asks for the token of one service. `on_throttled` hears of a sign-in that timed out, as of a request to wait."""

    def __init__(
        self,
        service: Service,
        on_throttled: Callable[[str, float | None], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service
        self._on_throttled = on_throttled
        self._clock = clock
        self._flight = SingleFlight[str](LONGEST_WAIT_S)
        self._rests_until = float("-inf")

    def ask(self, for_token: Callable[[], str]) -> str:
        """Return the token that `for_token` gives to one thread, for all threads that ask meanwhile.

        Raises:
            ThrottledError: it does not answer in time, or did not a moment ago.
        """
        try:
            return self._flight.do(lambda: self._ask(for_token))
        except SlowAnswerError as error:  # only of a waiter: who asks for itself makes it a pause already
            raise self._paused(error) from error

    def _ask(self, for_token: Callable[[], str]) -> str:
        if self._clock() < self._rests_until:
            raise ThrottledError(
                f"Signing in to {self._service.title} timed out a moment ago.", service=self._service.name
            )
        try:
            return for_token()
        except TransientError as error:
            if not _is_timeout(error):
                raise
            raise self._paused(error) from error

    def _paused(self, error: TransientError) -> ThrottledError:
        """Make a pause of a sign-in that hangs, here and for all instances."""
        self._rests_until = self._clock() + REST_S
        self._on_throttled(self._service.name, None)
        return ThrottledError(f"Signing in to {self._service.title} hangs: {error}", service=self._service.name)


def _is_timeout(error: TransientError) -> bool:
    return isinstance(error, SlowAnswerError) or isinstance(error.__cause__, requests.Timeout)
