"""The pauses that services asked for, shared by all instances through the state.

How old a pause is says the storage service's clock alone, as with leases: instances whose clocks differ by minutes
still keep the same one.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import TypeGuard

from sync_core.errors import ThrottledError, TransientError
from sync_core.http.failures import Service
from sync_core.http.pace import Pace
from sync_core.runs.sharing import Sharing
from sync_core.runs.throttle import Throttle
from sync_core.runs.throttling import learned_per_s, next_throttle, wait_s
from sync_core.runtime import Runtime
from sync_core.single_flight import SingleFlight
from sync_core.storage.notes import Notes

KEPT_S = 2.0
THINGS_WITHOUT_SUCCESS = 3


@dataclass(frozen=True, slots=True)
class Read:
    """A pause as it was read, or none: how old it was then, and when that was by the monotonic clock."""

    throttle: Throttle | None
    age_s: float
    read_at: float


NEVER = Read(None, 0.0, float("-inf"))


@dataclass(frozen=True)
class Pauses:
    """Notes pauses and tells for how long to keep them.

    What was read is kept for two seconds, so that a hundred messages a second do not cost a hundred reads.
    """

    notes: Notes
    runtime: Runtime
    sharing: Sharing | None = None
    _kept: dict[str, Read] = field(default_factory=dict, repr=False)
    _reads: dict[str, SingleFlight[Read]] = field(default_factory=dict, repr=False)
    _failed: dict[str, set[str]] = field(default_factory=dict, repr=False)
    _paces: dict[str, Pace] = field(default_factory=dict, repr=False)

    def pace(self, service: Service) -> Pace:
        """Return the pace of this process towards a service: what a 429 taught is read with the pauses, at no cost."""
        name, runtime, sharing = service.name, self.runtime, self.sharing
        count_sharers = partial(sharing.count, name) if sharing else lambda: None
        learned_per_s = partial(self._learned_per_s, name)
        new = Pace(service.pace, learned_per_s, runtime.monotonic, runtime.sleep, count_sharers)
        return self._paces.setdefault(name, new)

    def note(self, service: str, retry_after_s: float | None) -> None:
        """Keep a pause, for all instances. What comes during one and asks for no longer one costs nothing.

        Threads that note at once find the same state and keep the same pause.
        """
        left_s = self._left_s(self._kept.get(service, NEVER))
        if left_s > 0 and (retry_after_s or 0.0) <= left_s:
            return
        before = self._read(service)
        pace = self._paces.get(service)
        observed_per_s = pace.observed_per_s() if pace else None
        now = self.runtime.now()
        throttle = next_throttle(
            before.throttle, before.age_s, service, retry_after_s, now, observed_per_s=observed_per_s
        )
        self.notes.save(service, throttle)
        self._keep(service, Read(throttle, 0.0, self.runtime.monotonic()))

    def heed(self, error: Exception) -> None:
        """Keep the pause that a service asks for by a failure which is no single thing's, as it ended all the work."""
        if _is_asked(error) and not isinstance(error, ThrottledError):  # those are kept as they come
            self.note(error.service, error.retry_after_s)

    def heed_one(self, error: Exception, thing: str) -> None:
        """Keep it once so many things in a row fail so, and none succeeds: then it is the service, not one of them."""
        if _is_asked(error):
            things = self._failed.setdefault(error.service, set())
            things.add(thing)
            if len(things) >= THINGS_WITHOUT_SUCCESS:
                self.heed(error)

    def works(self, *services: str) -> None:
        """Note that a thing succeeded that needs these services."""
        for service in services:
            self._failed.pop(service, None)

    def wait_s(self, *services: str) -> float:
        """Return for how long to leave these services alone, 0 for not at all."""
        return max(self._wait_s(service) for service in services)

    def _wait_s(self, service: str) -> float:
        read = self._kept.get(service, NEVER)
        if self.runtime.monotonic() - read.read_at >= KEPT_S:
            flight = self._reads.setdefault(service, SingleFlight())
            read = flight.do(lambda: self._keep(service, self._read(service)))
        if read.throttle is None:
            return 0.0
        return wait_s(read.throttle, read.age_s + self.runtime.monotonic() - read.read_at, self.runtime.chance())

    def _learned_per_s(self, service: str) -> float | None:
        read = self._kept.get(service, NEVER)
        return learned_per_s(read.throttle, read.age_s + self.runtime.monotonic() - read.read_at)

    def _left_s(self, read: Read) -> float:
        return read.throttle.pause_s - (read.age_s + self.runtime.monotonic() - read.read_at) if read.throttle else 0.0

    def _keep(self, service: str, read: Read) -> Read:
        """Keep the newest: what was read before a pause was noted knows nothing of it."""
        newest = max(read, self._kept.get(service, NEVER), key=lambda one: one.read_at)
        self._kept[service] = newest
        return newest

    def _read(self, service: str) -> Read:
        read_at = self.runtime.monotonic()
        throttle, age_s = self.notes.load_with_age(Throttle, service) or (None, 0.0)
        return Read(throttle, age_s, read_at)


def _is_asked(error: Exception) -> TypeGuard[TransientError]:
    return isinstance(error, TransientError) and error.retry_after_s is not None and bool(error.service)
