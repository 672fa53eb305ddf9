"""Counts what a push asks of Purview, and the bytes that go and come."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from local.simulation.request_log import RequestRecord
from tests.kit.lineage_bench import WRITE, LineageBench


@dataclass(frozen=True)
class Cost:
    """Requests by the vendor's operation, and bytes both ways: address, body and answer."""

    operations: Counter[str] = field(default_factory=Counter)
    size_bytes: Counter[str] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        """How many requests there were."""
        return self.operations.total()


def cost_of(bench: LineageBench, act: Callable[[], object]) -> Cost:
    """Let something happen, and return what it cost in Purview."""
    bench.purview.patch_switches({"record_bodies": True})
    since, cost = bench.purview.log.last_seq, Cost()
    act()
    for record in bench.purview.log.since(since):
        cost.operations[str(record.operation)] += 1
        cost.size_bytes[str(record.operation)] += _size(record)
    return cost


def least_bytes(bench: LineageBench, first: Cost, root: str) -> int:
    """One write of a data set's lineage, as its first push made it, and one read of all that it wrote."""
    own = bench.graph().own.items()
    guids = [one.guid for name, one in own if name.startswith(root) or one.type_name == "cluedin_golden_records"]
    read = cost_of(bench, lambda: bench.app.purview_lineage.find_many(guids))
    return first.size_bytes[WRITE] + read.size_bytes.total()


def _size(record: RequestRecord) -> int:
    texts = (record.path, record.query, record.request_body, record.response_body)
    return sum(len((text or "").encode()) for text in texts)
