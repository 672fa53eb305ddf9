"""An account that takes our types but not the relationships of their columns."""

from sync_core.lineage.graph.types import VERSION
from sync_core.lineage.record import DataSetStatus
from sync_core.lineage.register_types import RegisteredTypes
from tests.kit.lineage_bench import MAPPING, LineageBench
from tests.kit.lineage_graph import ROOT

CREATE_TYPES = "Type_BulkCreate"
GOLDEN = f"{ROOT}/golden-records/Customer"
DAY_S = 24 * 3600
REFUSAL = {"errorCode": "ATLAS-400-00-02D", "errorMessage": "no such relationship"}


def test_lineage_goes_on_without_columns_of_its_own_and_says_so(bench: LineageBench) -> None:
    data_set = bench.load(bench.sync_asset())
    bench.purview_fault(CREATE_TYPES, skip=1, status=400, body=REFUSAL)

    record = bench.push(data_set)

    assert record.status is DataSetStatus.PUSHED
    assert any("ATLAS-400-00-02D" in note for note in record.notes)
    graph = bench.graph()
    assert len(graph.edges) == 6
    assert not any(graph.columns.values())


def test_the_same_facts_again_write_nothing_there_either(bench: LineageBench) -> None:
    data_set = bench.load(bench.sync_asset())
    bench.purview_fault(CREATE_TYPES, skip=1, status=400, body=REFUSAL)
    bench.push(data_set)
    since = bench.purview.log.last_seq

    bench.push(data_set)

    assert bench.writes(since) == []


def test_after_a_day_the_columns_are_tried_again(bench: LineageBench) -> None:
    data_set = bench.load(bench.sync_asset())
    bench.purview_fault(CREATE_TYPES, skip=1, status=400, body=REFUSAL)
    bench.push(data_set)
    bench.clock.advance(DAY_S)

    record = bench.push(data_set)

    assert record.notes == []
    assert bench.graph().columns[f"{ROOT}/datasets/{data_set}"] == sorted(MAPPING)


def test_columns_that_stand_already_stay_and_what_must_go_goes_once_they_are_taken_again(bench: LineageBench) -> None:
    data_set = bench.load(bench.sync_asset())
    bench.push(data_set)
    before = bench.graph().columns
    refuse(bench)
    bench.remap(data_set, {"CustomerId": "customer.id"})

    assert bench.push(data_set).status is DataSetStatus.PUSHED

    assert bench.graph().columns == before
    since = bench.purview.log.last_seq
    bench.push(data_set)
    assert bench.writes(since) == []
    bench.clock.advance(DAY_S)
    bench.push(data_set)
    assert bench.graph().columns[GOLDEN] == ["customer.id"]


def refuse(bench: LineageBench) -> None:
    """As if an account that took the columns had refused them when the types were registered last."""
    notes = bench.app.doctor.types.notes
    notes.save(VERSION, RegisteredTypes(registered_at=bench.clock.now(), columns_refused="no such relationship"))
