"""How long to wait before the same work is tried again."""

from datetime import datetime, timedelta

# Also lets CluedIn show what a call with a lost answer made: about a second (docs/vendors/cluedin.md, 3.4).
FIRST_DELAY_S = 5.0
LONGEST_DELAY_S = 900.0
CONFIG_DELAY_S = 120.0  # a person is needed: do not knock every few seconds
MOST_ATTEMPTS = 12
# A service that asks to slow down uses up no attempt; work that hears nothing else for a day is given up all the same.
LONGEST_THROTTLE = timedelta(days=1)


def backoff_s(attempt: int, *, retry_after_s: float | None, chance: float) -> float:
    """Return the delay after a failed attempt, the first one being 1: doubling, jittered, never less than asked for.

    `chance` is a random number from 0 to 1; it spreads workers that failed together.
    """
    delay = min(FIRST_DELAY_S * 2.0 ** (attempt - 1), LONGEST_DELAY_S)
    return max(delay, retry_after_s or 0.0) + delay * 0.5 * chance


def failed_before(attempts: int, failed_at: datetime | None, now: datetime) -> int:
    """Return how many attempts failed before one that fails now, of work that several messages ask for.

    `attempts` failed until now, the last one at `failed_at`. Failures within the back-off after that one are the same
    attempt: else a dozen messages would use up in a moment what is meant to outlast an outage of an hour.
    """
    if not attempts or failed_at is None:
        return attempts
    wait = timedelta(seconds=backoff_s(attempts, retry_after_s=None, chance=0))
    return attempts - 1 if timedelta(0) <= now - failed_at < wait else attempts
