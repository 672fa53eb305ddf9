"""How often a row is changed again that others changed first, and how long one waits before."""

from collections.abc import Callable, Iterator

TRIES = 12
FIRST_PAUSE_S = 0.02
LONGEST_PAUSE_S = 0.5  # all of them take four seconds: who calls the webhook gives up after ten


def each_try(sleep: Callable[[float], None], chance: Callable[[], float]) -> Iterator[int]:
    """Yield the number of each try; before each but the first, wait a random while that grows.

    One of all who change a row at once succeeds: without a pause, the others meet again. `chance` gives random numbers
    from 0 to 1.
    """
    yield 0
    for number in range(1, TRIES):
        sleep(min(FIRST_PAUSE_S * 2.0 ** (number - 1), LONGEST_PAUSE_S) * chance())
        yield number
