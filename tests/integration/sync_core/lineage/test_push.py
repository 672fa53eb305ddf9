"""One data set on its way into Purview, the same again, and what is put right then."""

from sync_core.lineage.record import DataSetStatus
from tests.kit.lineage_bench import COLLECTION, CUSTOMERS, GET, LIST, LineageBench, NewBench
from tests.kit.lineage_graph import ROOT

CHAIN = [
    ("azure_sql_table", "Customers"),
    ("cluedin_ingest_process", "Ingest Data"),
    ("cluedin_data_set", "Customers.csv"),
    ("cluedin_map_process", "Map to Entity"),
    ("cluedin_clues", "Customers.csv clues"),
    ("cluedin_processing_pipeline", "Processing Pipeline"),
    ("cluedin_golden_records", "Customer"),
]
GOLDEN = f"{ROOT}/golden-records/Customer"


def root(data_set_id: str) -> str:
    return f"{ROOT}/datasets/{data_set_id}"


def test_a_processed_data_set_gets_its_lineage_and_the_delivery_is_closed(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset(), failed=10)
    bench.deliver(data_set_id.upper(), eventId="evt_1")

    assert bench.work() == 1

    graph = bench.graph()
    assert graph.nodes == CHAIN
    assert len(graph.edges) == 6
    asset = graph.own[root(data_set_id)]
    assert asset.collection_id == COLLECTION
    counts = {name: asset.attributes[name] for name in ("totalRecords", "successfulRecords", "failedRecords")}
    assert counts == {"totalRecords": 1000, "successfulRecords": 990, "failedRecords": 10}
    assert not bench.outstanding()
    assert not bench.dead_letters()
    record = bench.record(data_set_id)
    assert (record.status, record.guid, record.name) == (DataSetStatus.PUSHED, asset.guid, "Customers.csv")
    assert record.asset_guid == bench.purview.catalog.named(CUSTOMERS)[0].guid
    assert record.pushed_requests["purview"] > 0


def test_all_that_is_written_lands_in_the_collection(bench: LineageBench) -> None:
    bench.push(bench.load(bench.sync_asset()))

    assert {entity.collection_id for entity in bench.graph().own.values()} == {COLLECTION}


def test_the_same_facts_again_write_nothing(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    first = bench.push(data_set_id)
    since = bench.purview.log.last_seq

    second = bench.push(data_set_id)

    assert second == first
    assert bench.writes(since) == []
    asked = [record.operation for record in bench.purview.log.since(since)]
    assert asked == [LIST, GET]


def test_another_process_that_pushes_the_same_facts_writes_nothing_either(
    bench: LineageBench, new_bench: NewBench
) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    since = bench.purview.log.last_seq

    new_bench().push(data_set_id)

    assert bench.writes(since) == []


def test_whatever_was_deleted_in_purview_is_restored_by_the_next_push(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset(), mapping={"CustomerId": "customer.id"})
    bench.push(data_set_id)
    before = bench.graph()
    assert len(before.own) == 9

    for qualified_name in before.own:
        bench.delete(qualified_name)
        bench.push(data_set_id)
        assert bench.graph().own.keys() == before.own.keys(), qualified_name

    assert bench.graph().nodes == CHAIN
    assert bench.graph().columns == before.columns
    assert {entity.collection_id for entity in bench.graph().own.values()} == {COLLECTION}


def test_where_purview_keeps_no_trace_of_what_was_deleted_it_is_restored_too(bench: LineageBench) -> None:
    bench.purview.patch_switches({"deletion": "hard"})
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    before = bench.graph()
    bench.purview.entities.delete([entity.guid for entity in before.own.values()])

    bench.push(data_set_id)

    assert (bench.graph().nodes, bench.graph().columns) == (CHAIN, before.columns)


def test_an_edge_that_was_removed_in_purview_is_restored_by_the_next_push(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    before = bench.graph()
    process = before.own[f"{root(data_set_id)}/pipeline"]
    for relationship in list(bench.purview.catalog.relationships_of(process.guid)):
        bench.purview.relationships.delete(relationship.guid)
        assert bench.graph().edges != before.edges

        bench.push(data_set_id)

        assert bench.graph().edges == before.edges


def test_an_asset_that_was_moved_away_is_moved_back(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    asset = bench.push(data_set_id).guid
    bench.purview.entities.move([asset], "mktzz7", "a person")

    bench.push(data_set_id)

    assert {entity.collection_id for entity in bench.graph().own.values()} == {COLLECTION}


def test_new_counts_and_a_new_name_are_an_update_of_the_same_asset(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    before = bench.push(data_set_id)
    with bench.cluedin.store.lock:
        stored = bench.cluedin.store.data_set(data_set_id)
        bench.cluedin.process(stored, failed=7, calls_webhook=False)

    after = bench.push(data_set_id)

    assert after.guid == before.guid
    assert bench.graph().own[root(data_set_id)].attributes["failedRecords"] == 7
    assert bench.graph().nodes == CHAIN


def test_a_data_set_that_is_not_mapped_gets_the_part_that_exists(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset(), mapping={})

    record = bench.push(data_set_id)

    assert record.status is DataSetStatus.NOT_MAPPED
    assert "no mapping" in record.reason
    assert bench.graph().nodes == CHAIN[:3]
    assert bench.graph().columns[root(data_set_id)] == sorted(["CustomerId", "FullName", "Email", "City"])


def test_a_data_set_without_any_data_is_normal(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset(), mapping={}, fields=[], records=0)
    assert bench.cluedin.store.data_set(data_set_id).original_fields is None

    assert bench.push(data_set_id).status is DataSetStatus.NOT_MAPPED

    assert bench.graph().nodes == CHAIN[:3]


def test_a_mapping_that_is_made_later_completes_the_chain(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset(), mapping={})
    bench.push(data_set_id)
    bench.remap(data_set_id, {"CustomerId": "customer.id"})

    assert bench.push(data_set_id).status is DataSetStatus.PUSHED

    assert bench.graph().nodes == CHAIN
    assert bench.graph().columns[GOLDEN] == ["customer.id"]
