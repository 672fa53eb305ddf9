"""How many requests a second one process sends to one service: what is published for it, or what it taught by a 429.

No request is refused here: what comes too soon waits, never long, and the service itself has the last word.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

WINDOW_S = 20.0
"""A published pace is kept over so long: what was not used of it may go at once. Source: unified-catalog.md."""
LEARNED_WINDOW_S = 1.0
LONGEST_WAIT_S = 8.0
OBSERVED_S = 10.0
FEWEST_OBSERVED = 10  # who sent fewer requests was not asked to slow down for their number
SHARED_FOR_S = 60.0
"""How long after it asked for much an instance counts as one that does."""
COUNTED_EVERY_S = 30.0


@dataclass(frozen=True, slots=True)
class PublishedPace:
    """What a service publishes, in requests a second: for all, and for single operations.

    It may grow up to `most_per_s`, as long as the service does not mind.
    """

    per_s: float
    most_per_s: float
    operations: Mapping[str, float] = field(default_factory=dict)


class Pace:
    """The pace of one process towards one service. `learned_per_s` tells what a 429 taught it, or another process.

    `count_sharers` tells how many processes ask for much at present, None where that is not known: they divide what is
    published. It is called by who asks for half of that or more, and now and then only.
    """

    def __init__(
        self,
        published: PublishedPace | None,
        learned_per_s: Callable[[], float | None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        count_sharers: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._published = published
        self._learned_per_s = learned_per_s
        self._count_sharers = count_sharers
        self._sharers, self._counted_at = 1, float("-inf")
        self._clock, self._sleep = clock, sleep
        self._lock = Lock()
        self._free_at: dict[str, float] = {}
        self._sent: deque[float] = deque(maxlen=1000)
        self._grown_per_s = published.per_s if published else 0.0
        self._held_since: float | None = None

    def take(self, operation: str = "") -> None:
        """Wait until one more request may go."""
        self._share()
        with self._lock:
            wait_s = self._reserve(operation, self._clock())
        if wait_s > 0:
            self._sleep(wait_s)

    @property
    def per_s(self) -> float | None:
        """Requests a second that may go now, whatever the operation; None for as many as one likes."""
        learned, published = self._learned_per_s(), self._published
        return learned or (self._grown_per_s / self._sharers if published else None)

    def observed_per_s(self) -> float | None:
        """Return how many requests a second went lately, None where these were too few to tell."""
        with self._lock:
            now = self._clock()
            lately = [at for at in self._sent if at > now - OBSERVED_S]
        return len(lately) / max(now - lately[0], 1.0) if len(lately) >= FEWEST_OBSERVED else None

    def _share(self) -> None:
        """Count anew who else asks for much, where that is due. One thread does, and no other waits for it."""
        with self._lock:
            now = self._clock()
            if now - self._counted_at < COUNTED_EVERY_S or not self._asks_for_much(now):
                self._sharers = self._sharers if now - self._counted_at < SHARED_FOR_S else 1
                return
            self._counted_at = now
        found = self._count_sharers()
        with self._lock:
            self._sharers = max(found or self._sharers, 1)

    def _asks_for_much(self, now: float) -> bool:
        """Whether half of a published window's requests went within the last one."""
        many = round(self._published.per_s * WINDOW_S / 2) if self._published else 0
        return 0 < many <= len(self._sent) and self._sent[-many] > now - WINDOW_S

    def _reserve(self, operation: str, now: float) -> float:
        """Return how long a request waits: each one moves the moment at which the next one is free to go."""
        self._sent.append(now)
        learned = self._learned_per_s()
        own = None if learned or not self._published else self._published.operations.get(operation)
        per_s, window_s = own or self.per_s, LEARNED_WINDOW_S if learned else WINDOW_S
        if not per_s:
            return 0.0
        key = operation if own else ""
        free_at = max(self._free_at.get(key, now - window_s), now - window_s) + 1 / per_s
        self._free_at[key] = min(free_at, now + LONGEST_WAIT_S)
        wait_s = max(self._free_at[key] - now, 0.0)
        self._grow(now, is_held=wait_s > 0 and not own and not learned)
        return wait_s

    def _grow(self, now: float, *, is_held: bool) -> None:
        """Who is held back for a whole window, and not refused, may go faster: there may be more capacity units."""
        if not is_held or self._published is None:
            self._held_since = None
        elif self._held_since is None:
            self._held_since = now
        elif now - self._held_since >= WINDOW_S:
            self._grown_per_s = min(self._grown_per_s + self._published.per_s, self._published.most_per_s)
            self._held_since = None
