"""The app beside what one would write without it, and beside the raw limit: one table of ratios and goals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.bench import acknowledge, cold_start, first_sync, sweep
from tests.bench.acknowledge import Cost
from tests.bench.rig import Rig

SWEEPS = ((10_000, 0.0), (10_000, first_sync.DELAY_S), (100_000, first_sync.DELAY_S))
CALLERS = (1, 32)
BARE_SEND, NEW_DELIVERY = 0, 2  # rows of what acknowledging costs


@dataclass(frozen=True)
class Beside:
    """What takes the app so long, and something else so long."""

    what: str
    ours_s: float
    other: str
    other_s: float
    goal: str

    @property
    def ratio(self) -> float:
        """How long the app takes beside the other."""
        return self.ours_s / self.other_s


def compare(rig: Rig) -> Iterator[Beside]:
    """Measure one after the other; the first syncs come last, since they have services of their own."""
    start = cold_start.measure(rig)
    yield Beside("first delivery of a process, processor", start.ours_s, "bare storage SDKs", start.bare_s, "1.5")
    for callers in CALLERS:
        yield _delivery(acknowledge.measure(rig, callers), callers)
    for assets, delay_s in SWEEPS:
        what = f"`*`, reading {assets:,} assets" + (f", {1000 * delay_s:.0f} ms a call" if delay_s else "")
        yield from _sweeps(what, list(sweep.measure(rig, assets, delay_s)))
    yield from _first_syncs(list(first_sync.measure()))


def _delivery(costs: Sequence[Cost], callers: int) -> Beside:
    ours, bare = costs[NEW_DELIVERY].percentile_95_s, costs[BARE_SEND].percentile_95_s
    return Beside(f"delivery, 95 %, callers at once: {callers}", ours, "bare send to a queue", bare, "2")


def _sweeps(what: str, found: Sequence[sweep.Reading]) -> Iterator[Beside]:
    bare, ours, *peers = found
    yield Beside(what, ours.took_s, bare.name, bare.took_s, "1.3")
    for peer in peers:
        yield Beside(what, ours.took_s, peer.name, peer.took_s, "")


def _first_syncs(found: Sequence[first_sync.FirstSync]) -> Iterator[Beside]:
    ours, *scripts = found
    what = f"first sync of {first_sync.ASSETS} assets, 50 ms a call"
    for script, goal in zip(scripts, ("0.067 (15 times as fast)", "0.63 (1.6 times as fast)"), strict=True):
        yield Beside(what, ours.took_s, script.name, script.took_s, goal)
