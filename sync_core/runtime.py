"""Time, ids and chance as one value, so that a test can move the clock and take chance out."""

import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return uuid.uuid4().hex[:16]


@dataclass(frozen=True, slots=True)
class Runtime:
    """`now` is aware of its zone; `monotonic` and `sleep` are in seconds; `chance` is from 0 to below 1."""

    now: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    new_id: Callable[[], str] = _new_id
    chance: Callable[[], float] = random.random
