"""When something that could not be read is looked at again: at once, then with a growing pause, never given up."""

from datetime import datetime, timedelta

from sync_core.errors import TransientError, WaitError
from sync_core.runs.deferred import Deferred, Kind

FIRST_PAUSE = timedelta(minutes=2)
# A service that refuses to show something said so on purpose: a person has to give the right first.
FIRST_PAUSE_HIDDEN = timedelta(hours=1)
LONGEST_PAUSE = timedelta(hours=2)
LONGEST_PAUSE_OF_ASSET = timedelta(days=1)  # much depends on a term or a store, nothing on an asset but itself
LONGEST_NAME = 200
LONGEST_REASON = 500


def pause_after(kind: Kind, looks: int, *, is_hidden: bool) -> timedelta:
    """Return how long a thing is left alone after so many looks in a row that failed.

    After the first one not at all: one odd answer proves nothing. Then the pause doubles.
    """
    longest = LONGEST_PAUSE_OF_ASSET if kind is Kind.ASSET else LONGEST_PAUSE
    if is_hidden:
        return min(FIRST_PAUSE_HIDDEN * 2.0 ** min(looks - 1, 16), longest)
    return min(FIRST_PAUSE * 2.0 ** min(looks - 2, 16), longest) if looks > 1 else timedelta(0)


def deferred_again(
    before: Deferred | None, kind: Kind, thing: str, name: str, *, now: datetime, error: Exception, is_hidden: bool
) -> Deferred:
    """Return what is remembered after one more look that failed; `before` is what was remembered until now.

    A pause that the service asked for at this one thing is this one's. Where it was only too early nothing failed, and
    the pause does not grow.
    """
    is_early = isinstance(error, WaitError)
    looks = (before.looks + (not is_early)) if before else 1
    asked_s = (error.retry_after_s or 0.0) if isinstance(error, TransientError) else 0.0
    pause = timedelta(0) if is_early else pause_after(kind, looks, is_hidden=is_hidden)
    return Deferred(
        kind=kind,
        id=thing,
        name=name[:LONGEST_NAME],
        since=before.since if before else now,
        looks=looks,
        looked_at=now,
        next_look_at=now + max(pause, timedelta(seconds=asked_s)),
        is_hidden=is_hidden,
        cause_class=str(getattr(error, "cause_class", "error")),
        reason=str(error)[:LONGEST_REASON],
    )
