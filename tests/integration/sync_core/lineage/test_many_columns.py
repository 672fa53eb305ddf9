"""Data sets of many columns, which take several writes, and more state than one property holds."""

from sync_core.lineage.record import DataSetStatus
from tests.kit.lineage_bench import WRITE, LineageBench
from tests.kit.lineage_graph import ROOT

GOLDEN = f"{ROOT}/golden-records/Customer"
MOST_COLUMNS = 490  # CluedIn's limit (docs/vendors/cluedin.md, 3.3)


def wide(count: int, word: str = "customer") -> dict[str, str]:
    return {f"Field {number:03}": f"{word}.{'a rather long name of a key ' * 3}{number:03}" for number in range(count)}


def test_a_usual_data_set_is_one_write(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset(), mapping=wide(60))
    bench.push(data_set_id)

    operations = [str(record.operation) for record in bench.purview.log.since(0)]
    assert operations.count(WRITE) == 1


def test_more_columns_than_fit_into_one_write_are_all_there(bench: LineageBench) -> None:
    mapping = wide(100)
    data_set_id = bench.load(bench.sync_asset(), mapping=mapping)

    bench.push(data_set_id)

    graph = bench.graph()
    root = f"{ROOT}/datasets/{data_set_id}"
    assert graph.columns[root] == sorted(mapping)
    assert graph.columns[f"{root}/clues"] == graph.columns[GOLDEN] == sorted(mapping.values())
    assert graph.pairs(f"{root}/map") == list(mapping.items())
    assert {entity.collection_id for entity in graph.own.values()} == {"clu3dn"}
    assert [record.operation for record in bench.purview.log.since(0)].count(WRITE) == 2


def test_a_write_that_fails_between_two_others_is_noticed_and_made_good(bench: LineageBench) -> None:
    mapping = wide(100)
    data_set_id = bench.load(bench.sync_asset(), mapping=mapping)
    bench.purview_fault(WRITE, skip=1, times=3, status=503)

    (delay_s,) = bench.push_failing(data_set_id)

    assert delay_s >= 5
    assert bench.record(data_set_id).status is DataSetStatus.QUEUED
    assert bench.push(data_set_id).status is DataSetStatus.PUSHED
    assert bench.graph().columns[GOLDEN] == sorted(mapping.values())


def test_as_many_columns_as_cluedin_allows_with_long_keys_come_and_go(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset(), mapping=wide(MOST_COLUMNS))

    first = bench.push(data_set_id)

    assert first.status is DataSetStatus.PUSHED
    assert len(first.keys) == len(bench.graph().columns[GOLDEN]) == MOST_COLUMNS
    assert "of 490 columns are linked" in first.notes[0]
    sizes = [len(value) for row in stored(bench) for value in row.values() if isinstance(value, str)]
    assert max(sizes) < 32_768
    bench.remap(data_set_id, {"Field 000": "account.id"}, "/Account")

    second = bench.push(data_set_id)

    assert (second.status, second.former_keys) == (DataSetStatus.PUSHED, [])
    assert not any("are linked" in note for note in second.notes)
    assert bench.graph().columns[GOLDEN] == []
    assert len(bench.graph().own) == 6 + 1 + MOST_COLUMNS + 2


def stored(bench: LineageBench) -> list[dict[str, object]]:
    return [dict(row) for row in bench.app.data_sets.table.rows("PartitionKey eq @p", {"p": "datasets"})]
