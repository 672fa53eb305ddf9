"""What the minute tick costs when it finds everything new, and when nothing changed; and what provisioning costs."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import mean, median

from tests.bench.rig import Rig

IDLE_TICKS = 5
PROVISIONED = 18
"""So many are provisioned. An idle tick costs the same before and after: what is queued is left alone."""


@dataclass(frozen=True)
class Discovery:
    """The cost of discovering so many assets, and of provisioning some; requests are counted by service."""

    tagged: int
    first: Counter[str]
    first_s: float
    idle: Sequence[Counter[str]]
    idle_s: float
    provisioned: Sequence[Counter[str]]

    def mean_of_provisioning(self, service: str) -> float:
        """How many requests one asset took."""
        return mean(counts[service] for counts in self.provisioned)

    def most_of_provisioning(self, service: str) -> int:
        """How many requests the dearest asset took; the first one signs in."""
        return max(counts[service] for counts in self.provisioned)


def measure(rig: Rig, tagged: int) -> Discovery:
    """Run a first tick, provision some of what it found, and run idle ticks."""
    benched = rig.new_app(tagged)
    first, first_s = _measure(rig, benched.tick)
    messages = benched.take_messages(PROVISIONED)
    provisioned = [_measure(rig, partial(benched.provision, message))[0] for message in messages]
    idle = [_measure(rig, benched.tick) for _ in range(IDLE_TICKS)]
    return Discovery(tagged, first, first_s, [counts for counts, _ in idle], median(s for _, s in idle), provisioned)


def _measure(rig: Rig, act: Callable[[], None]) -> tuple[Counter[str], float]:
    started_s = time.perf_counter()
    with rig.counted() as counts:
        act()
    return counts, time.perf_counter() - started_s
