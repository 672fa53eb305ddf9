"""A clock for work that takes longer than a run has time for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class HastyClock:
    """Each look at this clock takes that long."""

    now: Callable[[], datetime]
    step: timedelta
    looks: int = 0

    def __call__(self) -> datetime:
        self.looks += 1
        return self.now() + self.looks * self.step
