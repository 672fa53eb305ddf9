"""What a failure means for the work that failed: later, or never."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Protocol, TypeAlias

from sync_core.errors import (
    ConfigError,
    ConflictError,
    SyncError,
    ThrottledError,
    TransientError,
    UnforeseenError,
    UnseenError,
    WaitError,
)
from sync_core.jobs.backoff import (
    CONFIG_DELAY_S,
    FIRST_DELAY_S,
    LONGEST_THROTTLE,
    MOST_ATTEMPTS,
    UNSEEN_DELAY_S,
    backoff_s,
)


class Failed(Protocol):
    """Work that failed: how often it had failed before, and since when services do nothing but ask to slow down."""

    @property
    def attempts(self) -> int:
        """How many attempts failed before this one."""

    @property
    def throttled_since(self) -> datetime | None:
        """Since when no other answer came."""


class Why(Enum):
    """Why work is done later."""

    FAILED = auto()  # that was an attempt
    THROTTLED = auto()  # a service asks to slow down: nobody's fault
    WAITING = auto()  # it was only too early
    UNSEEN = auto()  # what must be there does not show yet: nobody's fault either


@dataclass(frozen=True, slots=True)
class Later:
    """Try it again after a delay."""

    delay_s: float
    why: Why = Why.FAILED


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Try it no more by itself."""

    cause_class: str


Verdict: TypeAlias = Later | GiveUp


def judge(error: SyncError, job: Failed, now: datetime, chance: float) -> Verdict:
    """Return what an error means for a job. `chance` is from 0 to 1; it spreads those that failed together.

    Nobody's fault (a service asks to slow down) counts as no attempt, for a day at most. What can pass is tried again,
    also what nobody foresaw; what was refused is not.
    """
    match error:
        case ThrottledError():
            since = job.throttled_since
            if since is not None and now - since >= LONGEST_THROTTLE:
                return GiveUp(f"exhausted_{error.cause_class}")
            return Later(backoff_s(1, retry_after_s=error.retry_after_s, chance=chance), Why.THROTTLED)
        case WaitError():
            return Later(error.retry_after_s or FIRST_DELAY_S, Why.WAITING)
        case UnseenError():
            return Later(error.retry_after_s or UNSEEN_DELAY_S, Why.UNSEEN)
        case TransientError():
            return _later(error.cause_class, error.retry_after_s, job, chance)
        case ConfigError():
            return _later(error.cause_class, CONFIG_DELAY_S, job, chance)
        case ConflictError() | UnforeseenError():
            return _later(error.cause_class, None, job, chance)
        case _:
            return GiveUp(error.cause_class)


def _later(cause_class: str, retry_after_s: float | None, job: Failed, chance: float) -> Verdict:
    attempt = job.attempts + 1
    if attempt >= MOST_ATTEMPTS:
        return GiveUp(f"exhausted_{cause_class}")
    return Later(backoff_s(attempt, retry_after_s=retry_after_s, chance=chance))
