"""The pauses that services asked for, shared by all instances through the state."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sync_core.domain.throttle import Throttle
from sync_core.mapping.throttling import next_throttle, wait_s
from sync_core.state.notes import Notes

KEPT_S = 2.0


@dataclass(frozen=True)
class Pauses:
    """Notes pauses and tells for how long to keep them.

    What was read is kept for two seconds, so that a hundred messages a second do not cost a hundred reads.
    """

    notes: Notes
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    monotonic: Callable[[], float] = time.monotonic
    _read: dict[str, tuple[float, Throttle | None]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, service: str, retry_after_s: float | None) -> None:
        """Keep a pause, for all instances."""
        with self._lock:
            throttle = next_throttle(self.notes.load(Throttle, service), service, retry_after_s, self.clock())
            self.notes.save(service, throttle)
            self._read[service] = (self.monotonic(), throttle)

    def wait_s(self, *services: str) -> float:
        """Return for how long to leave these services alone, 0 for not at all."""
        now = self.clock()
        found = [self._load(service) for service in services]
        return max((wait_s(throttle, now, self.chance()) for throttle in found if throttle), default=0.0)

    def _load(self, service: str) -> Throttle | None:
        with self._lock:
            read_at, throttle = self._read.get(service, (float("-inf"), None))
            if self.monotonic() - read_at >= KEPT_S:
                throttle = self.notes.load(Throttle, service)
                self._read[service] = (self.monotonic(), throttle)
            return throttle
