"""Accounts that take everything and tell little: what a lineage is judged by must not be what only some answer."""

from typing import Any

import pytest

from sync_core.lineage.graph.build import NO_COLUMNS
from sync_core.lineage.record import DataSetStatus
from tests.kit.lineage_bench import COLLECTION, CUSTOMERS, MAPPING, WRITE, LineageBench
from tests.kit.lineage_graph import ROOT

pytestmark = pytest.mark.faults

GOLDEN = f"{ROOT}/golden-records/Customer"
KEYS = sorted(key for key in MAPPING.values() if key != "--ignore--")
UNSEEN = "does not show"
DAY_S = 24 * 3600


def root(data_set_id: str) -> str:
    return f"{ROOT}/datasets/{data_set_id}"


def switch(bench: LineageBench, **switches: Any) -> None:
    bench.purview.patch_switches(switches)


def tell_less(bench: LineageBench) -> None:
    switch(bench, owned_parts="absent", referred_entities="none")


def test_columns_that_the_account_does_not_list_are_written_and_do_not_block_the_lineage(bench: LineageBench) -> None:
    tell_less(bench)
    data_set_id = bench.load(bench.sync_asset())

    record = bench.push(data_set_id)

    assert record.status is DataSetStatus.PUSHED
    assert [UNSEEN in note for note in record.notes if note != NO_COLUMNS] == [True]
    graph = bench.graph()
    assert len(graph.edges) == 6
    assert graph.columns[root(data_set_id)] == sorted(MAPPING)
    assert graph.columns[GOLDEN] == KEYS


def test_the_same_facts_again_write_nothing_there_either(bench: LineageBench) -> None:
    tell_less(bench)
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    since = bench.purview.log.last_seq

    bench.push(data_set_id)

    assert bench.writes(since) == []


def test_the_next_data_set_is_written_once_there_and_its_columns_too(bench: LineageBench) -> None:
    tell_less(bench)
    source = bench.sync_asset()
    bench.push(bench.load(source))
    data_set_id = bench.load(source, "Other.csv")
    since = bench.purview.log.last_seq

    record = bench.push(data_set_id)

    assert bench.writes(since) == [WRITE]
    assert UNSEEN in record.notes[-1]
    assert bench.graph().columns[root(data_set_id)] == sorted(MAPPING)


def test_once_the_account_lists_columns_they_are_looked_at_again(bench: LineageBench) -> None:
    tell_less(bench)
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    switch(bench, owned_parts="listed")
    bench.clock.advance(DAY_S)
    bench.push(data_set_id)
    bench.delete(f"{root(data_set_id)}#Email")

    record = bench.push(data_set_id)

    assert bench.graph().columns[root(data_set_id)] == sorted(MAPPING)
    assert record.notes == []


def test_some_columns_that_are_dropped_among_others_are_a_failure(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    bench.delete(f"{root(data_set_id)}#Email")
    bench.purview_fault(WRITE, times=None, status=200, body={"guidAssignments": {}})

    bench.push_failing(data_set_id)

    assert "column Email" in bench.record(data_set_id).last_error


@pytest.mark.parametrize("referred", ["children", "none"])
@pytest.mark.parametrize("answer", ["full", "no_assignments", "empty"])
def test_columns_without_names_are_known_by_their_guids(bench: LineageBench, answer: str, referred: str) -> None:
    switch(bench, owned_parts="unnamed", referred_entities=referred, write_answer=answer)
    data_set_id = bench.load(bench.sync_asset())

    record = bench.push(data_set_id)

    assert (record.status, record.notes) in [(DataSetStatus.PUSHED, notes) for notes in ([], [NO_COLUMNS])]
    assert bench.graph().columns[root(data_set_id)] == sorted(MAPPING)
    since = bench.purview.log.last_seq
    bench.push(data_set_id)
    assert bench.writes(since) == []


def test_a_column_without_a_name_that_is_gone_is_restored(bench: LineageBench) -> None:
    switch(bench, owned_parts="unnamed", referred_entities="none")
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    bench.delete(f"{root(data_set_id)}#Email")

    bench.push(data_set_id)

    assert bench.graph().columns[root(data_set_id)] == sorted(MAPPING)


@pytest.mark.parametrize("answer", ["no_assignments", "empty", "partial", "mixed_up"])
def test_a_write_that_names_no_guids_or_wrong_ones_is_judged_by_what_stands(bench: LineageBench, answer: str) -> None:
    switch(bench, write_answer=answer)
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    bench.remap(data_set_id, {"CustomerId": "customer.id"})

    assert bench.push(data_set_id).status is DataSetStatus.PUSHED

    graph = bench.graph()
    assert graph.columns[GOLDEN] == graph.columns[f"{root(data_set_id)}/clues"] == ["customer.id"]
    assert graph.columns[root(data_set_id)] == sorted(MAPPING)


def test_columns_are_moved_too_where_the_answer_to_the_write_names_no_guids(bench: LineageBench) -> None:
    switch(bench, write_answer="no_assignments", collection_on_create="ignored")

    bench.push(bench.load(bench.sync_asset()))

    assert {entity.collection_id for entity in bench.graph().own.values()} == {COLLECTION}


@pytest.mark.parametrize("links", ["by_name", "absent"])
def test_ends_that_are_told_without_guids_are_not_taken_for_missing(bench: LineageBench, links: str) -> None:
    switch(bench, links=links)
    data_set_id = bench.load(bench.sync_asset())

    assert bench.push(data_set_id).status is DataSetStatus.PUSHED

    since = bench.purview.log.last_seq
    bench.push(data_set_id)
    assert bench.writes(since) == []


def test_a_source_that_was_scanned_anew_is_noticed_where_no_ends_are_told(bench: LineageBench) -> None:
    switch(bench, links="absent")
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    bench.act("recreate", asset=CUSTOMERS)

    bench.push(data_set_id)

    assert len(bench.graph().nodes) == 7


def test_an_entity_that_tells_no_collection_counts_as_in_place(bench: LineageBench) -> None:
    switch(bench, collection_in_entity=False)

    assert bench.push(bench.load(bench.sync_asset())).status is DataSetStatus.PUSHED

    assert {entity.collection_id for entity in bench.graph().own.values()} == {COLLECTION}
