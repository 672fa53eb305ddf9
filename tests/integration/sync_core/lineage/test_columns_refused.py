"""An account that takes our types but not the relationships of their columns."""

from sync_core.domain.data_set import DataSetStatus
from tests.integration.sync_core.lineage.bench import LineageBench

CREATE_TYPES = "Type_BulkCreate"
REFUSAL = {"errorCode": "ATLAS-400-00-02D", "errorMessage": "no such relationship"}


def test_lineage_goes_on_without_columns_of_its_own_and_says_so(bench: LineageBench) -> None:
    data_set = bench.load(bench.sync_asset())
    bench.fault(CREATE_TYPES, skip=1, status=400, body=REFUSAL)

    record = bench.push(data_set)

    assert record.status is DataSetStatus.PUSHED
    assert any("ATLAS-400-00-02D" in note for note in record.notes)
    graph = bench.graph()
    assert len(graph.edges) == 6
    assert not any(graph.columns.values())


def test_the_same_facts_again_write_nothing_there_either(bench: LineageBench) -> None:
    data_set = bench.load(bench.sync_asset())
    bench.fault(CREATE_TYPES, skip=1, status=400, body=REFUSAL)
    bench.push(data_set)
    since = bench.purview.log.last_seq

    bench.push(data_set)

    assert bench.writes(since) == []
