"""What a lineage costs in Purview: few requests and few bytes, whatever else leads to the same golden records."""

from math import ceil

import pytest

from sync_core.lineage.record import DataSetStatus
from tests.integration.sync_core.lineage.meter import Cost, cost_of, least_bytes
from tests.kit.lineage_bench import CUSTOMERS, DELETE, FIND, GET, LIST, ORDERS, WRITE, LineageBench
from tests.kit.lineage_graph import ROOT

CHAIN = 6
ENTITIES_A_WRITE = 200
ENTITIES_A_READ = 100


def wide(count: int, word: str = "customer") -> dict[str, str]:
    return {f"Field {number:04}": f"{word}.{number:04}" for number in range(count)}


def process_again(bench: LineageBench, data_set_id: str, failed: int) -> None:
    """Let a data set be processed with other counts, as it is every time."""
    with bench.cluedin.store.lock:
        bench.cluedin.process(bench.cluedin.store.data_set(data_set_id), failed=failed, calls_webhook=False)


@pytest.fixture
def source(bench: LineageBench) -> str:
    """A source of an account where the types are registered, and the collection is known."""
    bench.push(bench.load(bench.sync_asset(ORDERS), "First.csv", mapping={"Id": "order.id"}, entity_type="/Order"))
    return bench.sync_asset()


@pytest.mark.parametrize("columns", [10, 60])
def test_a_push_is_three_requests_and_one_of_the_same_facts_two(bench: LineageBench, source: str, columns: int) -> None:
    bench.push(bench.load(source, "Before.csv", mapping=wide(1, "before")))
    data_set_id = bench.load(source, mapping=wide(columns))

    first = cost_of(bench, lambda: bench.push(data_set_id))
    same = cost_of(bench, lambda: bench.push(data_set_id))
    process_again(bench, data_set_id, failed=7)
    counts = cost_of(bench, lambda: bench.push(data_set_id))

    assert first.operations == {FIND: 1, WRITE: 1, LIST: 1}
    assert same.operations == {LIST: 1, GET: 1}
    assert counts.operations == {LIST: 2, WRITE: 1}
    least = least_bytes(bench, first, f"{ROOT}/datasets/{data_set_id}")
    assert all(cost.size_bytes.total() <= 1.5 * least for cost in (first, same, counts))
    assert counts.size_bytes[WRITE] < first.size_bytes[WRITE] / 2  # columns that stand are not written again
    assert bench.record(data_set_id).status is DataSetStatus.PUSHED


def test_a_thousand_columns_take_as_many_calls_as_they_fill(bench: LineageBench, source: str) -> None:
    bench.push(bench.load(source, "Before.csv", mapping=wide(1, "before")))
    data_set_id = bench.load(source, mapping=wide(1000))

    first = cost_of(bench, lambda: bench.push(data_set_id))
    same = cost_of(bench, lambda: bench.push(data_set_id))
    process_again(bench, data_set_id, failed=7)
    counts = cost_of(bench, lambda: bench.push(data_set_id))

    writes, reads = ceil((CHAIN + 3000) / ENTITIES_A_WRITE), ceil((CHAIN + 1000) / ENTITIES_A_READ)
    assert first.operations == {FIND: 1, WRITE: writes, LIST: reads}
    assert same.operations == {LIST: reads, GET: 1}
    assert counts.operations == {LIST: reads + 1, WRITE: 1}
    least = least_bytes(bench, first, f"{ROOT}/datasets/{data_set_id}")
    assert all(cost.size_bytes.total() <= 1.5 * least for cost in (first, same, counts))


def costs_beside(bench: LineageBench, others: int, entity_type: str) -> list[Cost]:
    """What one data set costs while others, with keys of their own, share its golden records."""
    customers, orders = bench.sync_asset(CUSTOMERS), bench.sync_asset(ORDERS)
    for number in range(others):
        mapping = wide(10, f"other{number:02}")
        bench.push(bench.load(customers, f"{number:02}.csv", mapping=mapping, entity_type=entity_type))
    data_set_id = bench.load(orders, "Measured.csv", mapping=wide(10), entity_type=entity_type)
    first, same = (cost_of(bench, lambda: bench.push(data_set_id)) for _ in range(2))
    process_again(bench, data_set_id, failed=7)
    counts = cost_of(bench, lambda: bench.push(data_set_id))
    bench.remap(data_set_id, wide(9), entity_type)
    return [first, same, counts, cost_of(bench, lambda: bench.push(data_set_id))]


def test_nothing_grows_with_the_data_sets_that_share_golden_records(bench: LineageBench) -> None:
    few, many = costs_beside(bench, 2, "/Customer"), costs_beside(bench, 50, "/Supplier")

    assert [cost.operations for cost in many] == [cost.operations for cost in few]
    assert many[-1].operations == {LIST: 2, WRITE: 1, FIND: 1, DELETE: 2}  # a key less: it looks who else brings it
    for cost, other in zip(many[:-1], few[:-1], strict=True):
        assert cost.size_bytes.total() <= 1.02 * other.size_bytes.total()
