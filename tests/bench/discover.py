"""What the minute tick costs when it finds everything new, and when nothing changed; and what provisioning costs."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from sync_core.jobs.message import AssetMessage
from tests.bench.rig import Rig

IDLE_TICKS = 5
MESSAGES = 6
"""So many are worked off. An idle tick costs the same before and after: what is queued is left alone."""


@dataclass(frozen=True)
class Discovery:
    """The cost of discovering so many assets, and of provisioning some; requests are counted by service."""

    tagged: int
    first: Counter[str]
    first_s: float
    idle: Sequence[Counter[str]]
    idle_s: float
    provisioned: int
    provisioning: Counter[str]
    processor_s: float

    def of_one(self, service: str) -> float:
        """How many requests one asset took, of those that went together."""
        return self.provisioning[service] / self.provisioned

    @property
    def processor_ms_of_one(self) -> float:
        """How much processor time one asset took in this process, of all its threads."""
        return 1000 * self.processor_s / self.provisioned


def measure(rig: Rig, tagged: int) -> Discovery:
    """Run a first tick, provision some of what it found, and run idle ticks."""
    benched = rig.new_app(tagged)
    first, first_s = _measure(rig, benched.tick)
    messages = benched.take_messages(MESSAGES)
    benched.provision(messages[0])  # signs in, and reads CluedIn as a whole
    assets = sum(len(AssetMessage.from_json(message).sends) for message in messages[1:])
    started_s = time.process_time()

    def provision() -> None:
        for message in messages[1:]:
            benched.provision(message)

    provisioning, _ = _measure(rig, provision)
    processor_s = time.process_time() - started_s
    idle = [_measure(rig, benched.tick) for _ in range(IDLE_TICKS)]
    idle_s = median(s for _, s in idle)
    return Discovery(tagged, first, first_s, [counts for counts, _ in idle], idle_s, assets, provisioning, processor_s)


def _measure(rig: Rig, act: Callable[[], None]) -> tuple[Counter[str], float]:
    started_s = time.perf_counter()
    with rig.counted() as counts:
        act()
    return counts, time.perf_counter() - started_s
