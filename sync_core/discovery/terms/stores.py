"""How far a whole store may be believed. It pauses only when no call to it succeeds."""

from collections.abc import Collection
from enum import Enum


class Outcome(Enum):
    """What one call to a store came to."""

    ANSWERED = "answered"
    NO_ROLE = "no role"
    FAILED = "failed"


class StoreState(Enum):
    """`CLOSED`: the app was never given a role in it; the other store alone decides, and people are told."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


def judge_store(outcomes: Collection[Outcome], *, has_shown: bool) -> StoreState:
    """Return the state of a store after some calls; `has_shown` says that it showed anything in its life.

    An answer about one term, even a refusal of that term, is not for here: these are calls that need no more than a
    role in the store.
    """
    if not outcomes or Outcome.ANSWERED in outcomes:
        return StoreState.OPEN
    is_closed = not has_shown and all(outcome is Outcome.NO_ROLE for outcome in outcomes)
    return StoreState.CLOSED if is_closed else StoreState.PAUSED
