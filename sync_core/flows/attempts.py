"""Tries a piece of work and decides what a failure means: later, a person, or never.

Putting work back and counting its attempts is ours to do: the host's own retries have no back-off and end after five.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sync_core.errors import ConfigError, ConflictError, SyncError, ThrottledError, TransientError, UnforeseenError
from sync_core.mapping.backoff import CONFIG_DELAY_S, LONGEST_THROTTLE, MOST_ATTEMPTS, backoff_s

logger = logging.getLogger(__name__)


class Work(Protocol):
    """A piece of work that a message asks for."""

    @property
    def name(self) -> str:
        """What it is, for the log."""

    def do(self) -> None:
        """Do it."""

    @property
    def attempts(self) -> int:
        """How many attempts failed before this one."""

    def note_failure(self, error: SyncError) -> None:
        """Record that this attempt failed."""

    def note_throttle(self, error: SyncError) -> timedelta:
        """Record that the service asks to slow down; return for how long it has by now."""

    def put_back(self, delay_s: float) -> None:
        """Let it be delivered again after a delay."""

    def give_up(self, error: SyncError, cause_class: str) -> None:
        """Record that this attempt failed, and that it was the last."""


@dataclass(frozen=True)
class Attempts:
    """Makes attempts. `chance` gives random numbers from 0 to 1, `conflict_delay_s` is how long a claim may last."""

    chance: Callable[[], float]
    conflict_delay_s: float

    def attempt(self, work: Work) -> bool:
        """Do the work, or see to it that it is done later or recorded as failed; return whether it was done.

        Raises:
            SyncError: not even that could be recorded; the host delivers the message again.
            Exception: a bug, which counts as a failed attempt; the host tells of it and delivers the message again.
        """
        try:
            work.do()
        except ConflictError as error:
            logger.warning("%s was taken over by another worker: %s", work.name, error)
            work.put_back(self.conflict_delay_s)
        except ThrottledError as error:
            self._wait(work, error)
        except TransientError as error:
            self._later(work, error, error.retry_after_s)
        except ConfigError as error:
            self._later(work, error, CONFIG_DELAY_S)
        except SyncError as error:
            work.give_up(error, error.cause_class)
        except Exception as error:
            if not self._count_bug(work, UnforeseenError(f"{type(error).__name__}: {error}")):
                raise
        else:
            return True
        return False

    def _count_bug(self, work: Work, bug: UnforeseenError) -> bool:
        """Count a bug as a failed attempt, and return whether it was the last: the host's own count ends no work."""
        is_last = work.attempts + 1 >= MOST_ATTEMPTS
        if is_last:
            work.give_up(bug, f"exhausted_{bug.cause_class}")
        else:
            work.note_failure(bug)
        return is_last

    def _wait(self, work: Work, error: ThrottledError) -> None:
        if work.note_throttle(error) >= LONGEST_THROTTLE:
            work.give_up(error, f"exhausted_{error.cause_class}")
            return
        delay_s = backoff_s(1, retry_after_s=error.retry_after_s, chance=self.chance())
        logger.warning("%s waits %.0f s: %s", work.name, delay_s, error)
        work.put_back(delay_s)

    def _later(self, work: Work, error: SyncError, retry_after_s: float | None) -> None:
        attempts = work.attempts + 1
        if attempts >= MOST_ATTEMPTS:
            work.give_up(error, f"exhausted_{error.cause_class}")
            return
        work.note_failure(error)
        delay_s = backoff_s(attempts, retry_after_s=retry_after_s, chance=self.chance())
        logger.warning("%s failed, attempt %s, next in %.0f s: %s", work.name, attempts, delay_s, error)
        work.put_back(delay_s)
