"""Data sets that share golden records, and mappings that change."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sync_core.jobs.job_store import JobStore
from sync_core.jobs.message import DataSetMessage
from sync_core.lineage.data_set_store import DataSetStore, TypeMember
from sync_core.lineage.record import DataSetStatus
from tests.kit.lineage_bench import CUSTOMERS, ORDERS, WRITE, LineageBench
from tests.kit.lineage_graph import ROOT

CUSTOMER = f"{ROOT}/golden-records/Customer"
ACCOUNT = f"{ROOT}/golden-records/Account"


def root(data_set_id: str) -> str:
    return f"{ROOT}/datasets/{data_set_id}"


def test_three_data_sets_of_two_assets_share_one_golden_records_asset(bench: LineageBench) -> None:
    customers, orders = bench.sync_asset(CUSTOMERS), bench.sync_asset(ORDERS)
    first = bench.load(customers, "January.csv", mapping={"CustomerId": "customer.id"})
    second = bench.load(customers, "February.csv", mapping={"Email": "customer.email"})
    third = bench.load(orders, "Orders.csv", mapping={"CustomerId": "customer.id"})

    for data_set_id in (first, second, third):
        bench.push(data_set_id)

    graph = bench.graph(CUSTOMERS)
    assert [node for node in graph.nodes if node[0] == "cluedin_golden_records"] == [
        ("cluedin_golden_records", "Customer")
    ]
    assert bench.graph(ORDERS).nodes[-1] == graph.nodes[-1]
    assert graph.count("cluedin_golden_records") == 1
    assert graph.count("cluedin_data_set") == graph.count("cluedin_processing_pipeline") == 3
    assert graph.columns[CUSTOMER] == ["customer.email", "customer.id"]


def test_another_entity_type_moves_the_edge_and_leaves_nothing_of_the_former_one(bench: LineageBench) -> None:
    source = bench.sync_asset()
    moving = bench.load(source, mapping={"CustomerId": "customer.id", "City": "customer.city"})
    staying = bench.load(source, "Other.csv", mapping={"CustomerId": "customer.id"})
    bench.push(moving)
    bench.push(staying)
    bench.remap(moving, {"CustomerId": "account.id"}, "/Account")

    bench.push(moving)

    graph = bench.graph()
    assert graph.count("cluedin_processing_pipeline") == 2
    assert sorted(edge for edge in graph.edges if edge[0] == "Processing Pipeline") == [
        ("Processing Pipeline", "Account"),
        ("Processing Pipeline", "Customer"),
    ]
    assert graph.columns[CUSTOMER] == ["customer.id"]
    assert graph.columns[ACCOUNT] == ["account.id"]
    assert graph.columns[f"{root(moving)}/clues"] == ["account.id"]
    assert [member.data_set_id for member in bench.app.data_sets.members("/Customer")] == [staying]


def test_a_field_that_the_mapping_lost_loses_its_column_and_its_edge(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    bench.remap(data_set_id, {"CustomerId": "customer.id"})

    bench.push(data_set_id)

    graph = bench.graph()
    assert graph.pairs(f"{root(data_set_id)}/map") == [("CustomerId", "customer.id")]
    assert graph.pairs(f"{root(data_set_id)}/pipeline") == [("customer.id", "customer.id")]
    assert graph.columns[f"{root(data_set_id)}/clues"] == graph.columns[CUSTOMER] == ["customer.id"]
    assert bench.record(data_set_id).former_keys == []


def test_a_key_that_another_data_set_brings_too_stays_with_the_golden_records(bench: LineageBench) -> None:
    source = bench.sync_asset()
    losing, keeping = bench.load(source), bench.load(source, "Other.csv", mapping={"Email": "customer.email"})
    bench.push(losing)
    bench.push(keeping)
    shared = bench.graph().own[f"{CUSTOMER}#customer.email"].guid
    bench.remap(losing, {"CustomerId": "customer.id"})

    bench.push(losing)

    graph = bench.graph()
    assert graph.columns[CUSTOMER] == ["customer.email", "customer.id"]
    assert graph.own[f"{CUSTOMER}#customer.email"].guid == shared  # it was not even gone for a moment


def test_a_mapping_that_is_dropped_takes_clues_map_and_pipeline_along(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    bench.unmap(data_set_id)

    assert bench.push(data_set_id).status is DataSetStatus.NOT_MAPPED

    graph = bench.graph()
    assert [name for _, name in graph.nodes] == ["Customers", "Ingest Data", "Customers.csv"]
    left = {name.removeprefix(root(data_set_id)).partition("#")[0] for name in graph.own}
    assert left == {"", "/ingest", CUSTOMER}
    assert graph.columns[CUSTOMER] == []
    assert bench.app.data_sets.members("/Customer") == []


def test_a_mapping_that_comes_and_goes_ends_where_it_began(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    before = bench.graph()
    for entity_type in ("/Account", "", "/Customer"):
        mapping = {"CustomerId": "customer.id", "FullName": "customer.name", "Email": "customer.email"}
        if entity_type:
            bench.remap(data_set_id, {**mapping, "City": "--ignore--"}, entity_type)
        else:
            bench.unmap(data_set_id)
        bench.push(data_set_id)

    after = bench.graph()
    assert (after.nodes, after.edges) == (before.nodes, before.edges)
    assert after.columns == {**before.columns, ACCOUNT: []}


def test_two_spellings_of_one_entity_type_share_its_golden_records_and_their_members(bench: LineageBench) -> None:
    source = bench.sync_asset()
    losing, keeping = bench.load(source), bench.load(source, "Other.csv", mapping={"Email": "customer.email"})
    bench.push(losing)
    bench.remap(keeping, {"Email": "customer.email"}, "Customer")
    bench.push(keeping)
    bench.remap(losing, {"CustomerId": "customer.id"})

    bench.push(losing)

    assert bench.graph().columns[CUSTOMER] == ["customer.email", "customer.id"]


def test_an_entity_type_that_is_only_spelled_in_another_way_loses_nothing(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset(), mapping={"Email": "customer.email"})
    bench.push(data_set_id)
    bench.remap(data_set_id, {"Email": "customer.email"}, "Customer")

    bench.push(data_set_id)

    assert bench.graph().columns[CUSTOMER] == ["customer.email"]
    assert [member.data_set_id for member in bench.app.data_sets.members("/Customer")] == [data_set_id]


def test_keys_that_differ_in_case_only_are_the_same_columns_for_all_data_sets(bench: LineageBench) -> None:
    source = bench.sync_asset()
    both = bench.load(source, mapping={"Email": "customer.email", "Mail": "customer.Email"})
    one = bench.load(source, "Other.csv", mapping={"Email": "customer.email"})

    bench.push(both)
    bench.push(one)

    assert bench.graph().columns[CUSTOMER] == ["customer.Email", "customer.email"]


class MeddlingStore(DataSetStore):
    """Lets something else happen right after the first look at who shares an entity type."""

    def __init__(self, jobs: JobStore, meddle: Callable[[], object]) -> None:
        super().__init__(jobs.table, jobs)
        self.meddle: list[Callable[[], object]] = [meddle]

    def members(self, entity_type: str) -> list[TypeMember]:
        found = super().members(entity_type)
        while self.meddle:
            self.meddle.pop()()
        return found


@pytest.mark.parametrize("is_interrupted", [False, True], ids=["at once", "after the put back failed first"])
def test_a_key_that_another_data_set_begins_to_bring_while_it_is_taken_out_is_put_back(
    bench: LineageBench, *, is_interrupted: bool
) -> None:
    source = bench.sync_asset()
    losing, winning = bench.load(source), bench.load(source, "Other.csv", mapping={"CustomerId": "customer.id"})
    bench.push(losing)
    bench.push(winning)
    bench.remap(losing, {"CustomerId": "customer.id"})
    bench.remap(winning, {"Email": "customer.email"})
    if is_interrupted:
        bench.purview_fault(WRITE, skip=2, times=3, status=503)
    worker, work = bench.app.push_lineage, bench.app.lineage_work
    store = MeddlingStore(bench.app.data_set_jobs, lambda: bench.push(winning))
    bench.ask(losing)
    replace(worker, work=replace(work, push=replace(work.push, store=store))).handle(message(losing))
    assert (bench.record(losing).status is DataSetStatus.QUEUED) == is_interrupted

    bench.push(losing)

    assert bench.record(winning).status is DataSetStatus.PUSHED
    assert bench.graph().columns[CUSTOMER] == ["customer.email", "customer.id"]


def message(data_set_id: str) -> bytes:
    return DataSetMessage(data_set_id=data_set_id).to_json().encode()
