"""A worker may die before any of its calls: when its message comes again, there is one chain, and it is whole."""

import time
from collections.abc import Callable, Sequence

import pytest

from sync_core.jobs.message import DataSetMessage
from sync_core.lineage.record import DataSetStatus
from tests.kit.lineage_bench import LineageBench
from tests.kit.lineage_graph import ROOT
from tests.kit.nursery import Nursery
from tests.kit.services import Services
from tests.kit.settings import environment_of

pytestmark = pytest.mark.faults

SHORT_CLAIM_S = 1
MANY = 56  # more than a worker makes calls
GOLDEN = f"{ROOT}/golden-records"
UNCHANGED_CALLS = 12  # a worker that changes a lineage makes these as one that writes a new one does
Kill = Callable[[Sequence[str], int], None]


@pytest.fixture
def kill(services: Services, storage: str, bench: LineageBench, nursery: Nursery) -> Kill:
    """Deliver data sets, let the worker of each die one call later than the one before, and deliver them again.

    There must be more data sets than a worker makes calls from the first of those on.
    """
    settings = environment_of(services.purview_url, services.cluedin_url, storage)

    def kill(data_sets: Sequence[str], first: int) -> None:
        for data_set_id in data_sets:
            bench.deliver(data_set_id)
        messages = [DataSetMessage(data_set_id=each).to_json().encode() for each in data_sets]
        died = [
            nursery.kill_in_real_time("push_lineage", call, settings, message, claim_s=SHORT_CLAIM_S)
            for call, message in enumerate(messages, start=first)
        ]
        lived = died.index(False)
        assert not any(died[lived:])
        assert first + lived > 25

        time.sleep(SHORT_CLAIM_S + 1)  # the claims of the dead
        for message in messages:
            bench.app.push_lineage.handle(message)

    return kill


def test_a_worker_killed_before_any_of_its_calls_leaves_one_whole_chain(bench: LineageBench, kill: Kill) -> None:
    source = bench.sync_asset()
    ids = [bench.load(source, f"{number}.csv", mapping={"Email": f"customer.{number}"}) for number in range(MANY)]

    kill(ids, 1)

    graph = bench.graph()
    assert not bench.outstanding()
    assert not bench.dead_letters()
    assert {bench.record(each).status for each in ids} == {DataSetStatus.PUSHED}
    assert graph.columns[f"{GOLDEN}/Customer"] == sorted(f"customer.{number}" for number in range(MANY))
    assert len(graph.nodes) == 1 + len(ids) * 5 + 1
    assert len(graph.own) == len(ids) * (5 + 3) + 1


def test_a_worker_killed_while_it_changes_a_lineage_leaves_nothing_of_the_former_one(
    bench: LineageBench, kill: Kill
) -> None:
    source = bench.sync_asset()
    ids = [bench.load(source, f"{number}.csv", mapping={"Email": f"customer.{number}"}) for number in range(MANY)]
    for data_set_id in ids:
        bench.push(data_set_id)
        bench.remap(data_set_id, {"Email": "account.email"}, "/Account")

    kill(ids, UNCHANGED_CALLS)

    graph = bench.graph()
    assert not bench.outstanding()
    assert (graph.columns[f"{GOLDEN}/Customer"], graph.columns[f"{GOLDEN}/Account"]) == ([], ["account.email"])
    assert ("Processing Pipeline", "Customer") not in graph.edges
    assert len(graph.own) == len(ids) * (5 + 2) + 1 + 2
    assert bench.app.data_sets.members("/Customer") == []
    assert len(bench.app.data_sets.members("/Account")) == len(ids)
