"""How long all instances leave a service alone that asked for it, and how they come back: not all at once."""

from datetime import datetime, timedelta

from sync_core.runs.throttle import Throttle

FIRST_PAUSE_S = 10.0
LONGEST_PAUSE_S = 300.0
# A service that was quiet for this long starts from the first pause again.
FORGIVEN_AFTER_S = 600.0
LONGEST_SPREAD_S = 60.0
SLOWEST_PER_S = 1.0
GROWS_TWOFOLD_IN_S = 30.0


def next_throttle(
    before: Throttle | None,
    age_s: float,
    service: str,
    retry_after_s: float | None,
    now: datetime,
    *,
    observed_per_s: float | None = None,
) -> Throttle:
    """Return the pause after one more "too many requests": as long as asked for, else doubling.

    `before` was stored `age_s` ago. Answers that arrive during a pause belong to calls made before it and make it no
    longer than the service asks, and teach nothing of the pace. `observed_per_s` is how many requests a second it was
    asked, None where these were too few to be why.
    """
    left_s = max(before.pause_s - age_s, 0.0) if before else 0.0
    is_recent = before is not None and age_s < FORGIVEN_AFTER_S
    strikes = (before.strikes + (0 if left_s else 1)) if before is not None and is_recent else 1
    if left_s:
        pause_s = max(left_s, retry_after_s or 0.0)
    elif retry_after_s is not None:
        pause_s = retry_after_s
    else:
        pause_s = min(FIRST_PAUSE_S * 2.0 ** (strikes - 1), LONGEST_PAUSE_S)
    return Throttle(
        service=service,
        seen_at=now,
        until=now + timedelta(seconds=pause_s),
        pause_s=pause_s,
        strikes=strikes,
        retry_after_s=retry_after_s,
        per_s=before.per_s if before and left_s else _slower(observed_per_s, learned_per_s(before, age_s)),
    )


def learned_per_s(throttle: Throttle | None, age_s: float) -> float | None:
    """Return what a 429 taught of the pace, None where nothing: it is kept in the pause, and grows after it."""
    if throttle is None or throttle.per_s is None:
        return None
    quiet_s = age_s - throttle.pause_s
    if quiet_s >= FORGIVEN_AFTER_S:
        return None
    return float(throttle.per_s * 2.0 ** max(quiet_s / GROWS_TWOFOLD_IN_S, 0.0))


def _slower(observed_per_s: float | None, learned: float | None) -> float | None:
    """Half of what was too fast."""
    if observed_per_s is None:
        return learned
    return max(min(observed_per_s, learned or observed_per_s) / 2, SLOWEST_PER_S)


def wait_s(throttle: Throttle, age_s: float, chance: float) -> float:
    """Return how long one worker waits: nothing when no pause is on, else to its end and a random while longer.

    The while grows with the pause, so that a hundred workers come back as a trickle.
    """
    left_s = throttle.pause_s - age_s
    if left_s <= 0:
        return 0.0
    return left_s + min(throttle.pause_s, LONGEST_SPREAD_S) * chance
