"""How long all instances leave a service alone that asked for it, and how they come back: not all at once."""

from datetime import datetime, timedelta

from sync_core.domain.throttle import Throttle

FIRST_PAUSE_S = 10.0
LONGEST_PAUSE_S = 300.0
# A service that was quiet for this long starts from the first pause again.
FORGIVEN_AFTER = timedelta(minutes=10)
LONGEST_SPREAD_S = 60.0


def next_throttle(before: Throttle | None, service: str, retry_after_s: float | None, now: datetime) -> Throttle:
    """Return the pause after one more "too many requests": as long as asked for, else doubling.

    Answers that arrive during a pause belong to calls made before it and make it no longer than the service asks.
    """
    is_recent = before is not None and now - before.seen_at < FORGIVEN_AFTER
    is_during = before is not None and now < before.until
    strikes = (before.strikes + (0 if is_during else 1)) if before is not None and is_recent else 1
    pause_s = min(FIRST_PAUSE_S * 2.0 ** (strikes - 1), LONGEST_PAUSE_S) if retry_after_s is None else retry_after_s
    until = now + timedelta(seconds=pause_s)
    if before is not None and is_during:
        until = max(until, before.until) if retry_after_s is not None else before.until
    return Throttle(service=service, seen_at=now, until=until, strikes=strikes, retry_after_s=retry_after_s)


def wait_s(throttle: Throttle, now: datetime, chance: float) -> float:
    """Return how long one worker waits: nothing when no pause is on, else to its end and a random while longer.

    The while grows with the pause, so that a hundred workers come back as a trickle.
    """
    left_s = (throttle.until - now).total_seconds()
    if left_s <= 0:
        return 0.0
    spread_s = min((throttle.until - throttle.seen_at).total_seconds(), LONGEST_SPREAD_S)
    return left_s + spread_s * chance
