"""How long to wait before the same work is tried again."""

from datetime import timedelta

# Also lets CluedIn show what a call with a lost answer made: about a second (docs/vendors/cluedin.md, 3.4).
FIRST_DELAY_S = 5.0
LONGEST_DELAY_S = 900.0
CONFIG_DELAY_S = 120.0  # a person is needed: do not knock every few seconds
MOST_ATTEMPTS = 12
UNSEEN_DELAY_S = 20.0  # what does not show is looked at again within a minute of grace
MAX_REST_S = 120.0  # a person who has mended something must not wait for a quarter of an hour
# A service that asks to slow down uses up no attempt; work that hears nothing else for a day is given up all the same.
LONGEST_THROTTLE = timedelta(days=1)


def backoff_s(attempt: int, *, retry_after_s: float | None, chance: float) -> float:
    """Return the delay after a failed attempt, the first one being 1: doubling, jittered, never less than asked for.

    `chance` is a random number from 0 to 1; it spreads workers that failed together.
    """
    delay = min(FIRST_DELAY_S * 2.0 ** (attempt - 1), LONGEST_DELAY_S)
    return max(delay, retry_after_s or 0.0) + delay * 0.5 * chance


def rest_s(delay_s: float) -> float:
    """Return for how long nobody may begin work that comes again after a delay: what a lost call made shows by then."""
    return min(max(delay_s - 1, 0), MAX_REST_S)
