"""Remembered guids count only with the names that they must bear: whatever else answers, the names decide."""

from collections.abc import Mapping
from typing import Any

import pytest

from sync_core.lineage.graph.names import CLUES, DATA_SET, GOLDEN_RECORDS, INGEST_PROCESS, PROCESSING_PIPELINE
from sync_core.lineage.record import DataSetStatus
from tests.integration.sync_core.lineage.meter import cost_of
from tests.kit.lineage_bench import (
    COLLECTION,
    CUSTOMERS,
    FIND,
    LIST,
    MAPPING,
    ORDERS,
    WRITE,
    LineageBench,
)
from tests.kit.lineage_graph import ROOT

pytestmark = pytest.mark.faults

GOLDEN = f"{ROOT}/golden-records/Customer"
KEYS = sorted(key for key in MAPPING.values() if key != "--ignore--")
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def data_set_id(bench: LineageBench) -> str:
    """A data set whose lineage stands, beside another one of the same golden records."""
    source = bench.sync_asset()
    bench.push(bench.load(source, "Other.csv", mapping={"Email": "customer.email", "Id": "customer.other"}))
    pushed = bench.load(source)
    bench.push(pushed)
    return pushed


def remember(bench: LineageBench, data_set_id: str, **fields: Any) -> None:
    """Let the data set's record say something else."""
    record = bench.app.data_sets.load(data_set_id)
    assert record is not None
    bench.app.data_sets.save(record.model_copy(update=fields), record)


def guids_of(bench: LineageBench, data_set_id: str) -> dict[str, str]:
    return bench.record(data_set_id).guids


def test_what_stands_is_remembered_part_by_part(bench: LineageBench, data_set_id: str) -> None:
    own, record = bench.graph().own, bench.record(data_set_id)

    chain = {one.type_name: one.guid for name, one in own.items() if "#" not in name and "/datasets/" not in name}
    chain |= {one.type_name: one.guid for name, one in own.items() if data_set_id in name and "#" not in name}
    assert record.guids == chain
    assert record.key_guids == [own[f"{GOLDEN}#{key}"].guid for key in record.keys]
    answer = bench.app.status.answer({})
    assert record.key_guids[0] not in str(answer.body)
    assert record.guid in str(answer.body)


@pytest.mark.parametrize("type_name", [DATA_SET, CLUES, INGEST_PROCESS, PROCESSING_PIPELINE, GOLDEN_RECORDS])
@pytest.mark.parametrize("other", ["another entity", "nobody"])
def test_a_guid_that_leads_elsewhere_or_nowhere_is_replaced_by_a_look_for_the_name(
    bench: LineageBench, data_set_id: str, type_name: str, other: str
) -> None:
    right = guids_of(bench, data_set_id)
    (stranger,) = bench.purview.catalog.named(ORDERS)
    wrong = stranger.guid if other == "another entity" else NOBODY
    remember(bench, data_set_id, guids={**right, type_name: wrong})
    since = bench.purview.log.last_seq

    bench.push(data_set_id)

    assert bench.writes(since) == []
    assert guids_of(bench, data_set_id) == right


def test_columns_whose_guids_are_mixed_up_are_looked_for_by_name(bench: LineageBench, data_set_id: str) -> None:
    before = bench.record(data_set_id)
    remember(bench, data_set_id, key_guids=[*before.key_guids[1:], before.key_guids[0]])
    since = bench.purview.log.last_seq

    bench.push(data_set_id)

    assert bench.writes(since) == []
    assert bench.record(data_set_id).key_guids == before.key_guids


def test_a_source_whose_guid_leads_to_another_asset_is_looked_for_by_name(
    bench: LineageBench, data_set_id: str
) -> None:
    right = bench.record(data_set_id).asset_guid
    (stranger,) = bench.purview.catalog.named(ORDERS)
    remember(bench, data_set_id, asset_guid=stranger.guid)

    bench.push(data_set_id)

    assert bench.record(data_set_id).asset_guid == right
    assert bench.graph(ORDERS).edges == []


@pytest.mark.parametrize(
    "effect",
    [
        {"status": 200, "body": {"entities": [], "referredEntities": {}}},
        {"status": 404, "body": {"errorCode": "ATLAS-404-00-005", "errorMessage": "not found"}},
        {"status": 414, "body": "<html>URI Too Long</html>"},
        {"status": 400, "body": {"errorCode": "ATLAS-400-00-029", "errorMessage": "bad request"}},
    ],
    ids=["nothing", "one is gone", "too long", "refused"],
)
def test_where_purview_does_not_answer_to_guids_the_names_decide(
    bench: LineageBench, data_set_id: str, effect: Mapping[str, Any]
) -> None:
    bench.purview_fault(LIST, times=None, **effect)
    since = bench.purview.log.last_seq

    assert bench.push(data_set_id).status is DataSetStatus.PUSHED
    assert bench.writes(since) == []

    bench.remap(data_set_id, {"CustomerId": "customer.id"})
    assert bench.push(data_set_id).status is DataSetStatus.PUSHED
    assert bench.writes(since).count(WRITE) == 1
    assert bench.graph().columns[GOLDEN] == ["customer.email", "customer.id", "customer.other"]


@pytest.mark.parametrize("body", [None, {}, {"entities": None}, "<html>"], ids=["empty", "object", "null", "page"])
def test_an_answer_that_is_none_is_no_proof(bench: LineageBench, data_set_id: str, body: Any) -> None:
    bench.remap(data_set_id, {"CustomerId": "customer.id"})
    bench.purview_fault(LIST, times=None, skip=1, status=200, body=body)

    bench.push_failing(data_set_id)

    assert (bench.record(data_set_id).status, bench.record(data_set_id).fingerprint) == (DataSetStatus.QUEUED, "")
    bench.purview.faults.clear()
    assert bench.push(data_set_id).status is DataSetStatus.PUSHED


def test_a_look_that_shows_what_stood_before_the_write_is_not_believed(bench: LineageBench, data_set_id: str) -> None:
    """A replica that lags: what it shows is whole, and old."""
    record = bench.record(data_set_id)
    bench.purview.patch_switches({"record_bodies": True})
    since = bench.purview.log.last_seq
    bench.app.purview_lineage.find_many(sorted(record.guids.values()))
    (told,) = bench.purview.log.since(since)
    bench.remap(data_set_id, {"CustomerId": "customer.id"})
    bench.purview_fault(LIST, times=None, skip=1, status=200, body=str(told.response_body))

    bench.push(data_set_id)

    assert bench.record(data_set_id).status is DataSetStatus.PUSHED
    assert bench.graph().pairs(f"{ROOT}/datasets/{data_set_id}/pipeline") == [("customer.id", "customer.id")]


def test_nothing_is_taken_out_by_a_guid_that_leads_to_another_data_sets_part(
    bench: LineageBench, data_set_id: str
) -> None:
    other = next(name for name in bench.graph().own if name.endswith("/pipeline") and data_set_id not in name)
    wrong = bench.graph().own[other].guid
    remember(bench, data_set_id, guids={**guids_of(bench, data_set_id), PROCESSING_PIPELINE: wrong})
    bench.unmap(data_set_id)

    assert bench.push(data_set_id).status is DataSetStatus.NOT_MAPPED

    own = bench.graph().own
    assert other in own
    assert f"{ROOT}/datasets/{data_set_id}/pipeline" not in own


def test_golden_records_that_were_made_anew_are_found_under_their_new_guid(
    bench: LineageBench, data_set_id: str
) -> None:
    former = guids_of(bench, data_set_id)[GOLDEN_RECORDS]
    bench.delete(GOLDEN)

    bench.push(data_set_id)
    later = bench.load(bench.sync_asset(ORDERS), "Later.csv", mapping={"Id": "customer.id"})
    bench.push(later)

    guid = bench.graph().own[GOLDEN].guid
    assert guid != former
    assert {guids_of(bench, one)[GOLDEN_RECORDS] for one in (data_set_id, later)} == {guid}
    assert bench.app.data_sets.golden_guid("Customer") == guid


def test_golden_records_that_somebody_moved_away_are_moved_back(bench: LineageBench, data_set_id: str) -> None:
    bench.purview.entities.move([guids_of(bench, data_set_id)[GOLDEN_RECORDS]], "mktzz7", "a person")

    bench.push(data_set_id)

    assert bench.graph().own[GOLDEN].collection_id == COLLECTION


def test_a_column_that_was_taken_from_the_golden_records_is_put_back(bench: LineageBench, data_set_id: str) -> None:
    column = bench.graph().own[f"{GOLDEN}#{KEYS[0]}"]
    for relationship in list(bench.purview.catalog.relationships_of(column.guid)):
        bench.purview.relationships.delete(relationship.guid)

    bench.push(data_set_id)

    assert KEYS[0] in bench.graph().columns[GOLDEN]


def test_what_people_wrote_stays(bench: LineageBench, data_set_id: str) -> None:
    own = bench.graph().own
    names = [f"{ROOT}/datasets/{data_set_id}", GOLDEN, f"{GOLDEN}#{KEYS[0]}", f"{ROOT}/datasets/{data_set_id}/map"]
    for name in names:
        bench.purview.catalog.set_attributes(own[name], {**own[name].attributes, "userDescription": "by a person"})
        own[name].labels = ("checked",)
    source = bench.purview.catalog.named(CUSTOMERS)[0]
    before = dict(source.attributes)
    bench.remap(data_set_id, {"CustomerId": KEYS[0], "Email": KEYS[1]})

    bench.push(data_set_id)

    after = bench.graph().own
    assert all(after[name].attributes["userDescription"] == "by a person" for name in names)
    assert all(after[name].labels == ("checked",) for name in names)
    assert source.attributes == before


@pytest.mark.parametrize("answer", ["partial", "mixed_up", "no_assignments", "empty"])
def test_a_write_that_lies_about_guids_leaves_the_right_ones_in_mind(
    bench: LineageBench, data_set_id: str, answer: str
) -> None:
    bench.purview.patch_switches({"write_answer": answer})
    bench.remap(data_set_id, {"CustomerId": "customer.id", "City": "customer.city"})

    bench.push(data_set_id)

    own, record = bench.graph().own, bench.record(data_set_id)
    assert record.guids[DATA_SET] == record.guid == own[f"{ROOT}/datasets/{data_set_id}"].guid
    assert record.guids[GOLDEN_RECORDS] == own[GOLDEN].guid
    assert record.key_guids == [own[f"{GOLDEN}#{key}"].guid for key in record.keys]


def test_an_account_where_the_app_was_before_is_asked_what_it_brought(bench: LineageBench, data_set_id: str) -> None:
    for key in (f"dataset:{data_set_id}", "since-nothing"):
        bench.app.data_sets.table.delete("datasets", key)

    cost = cost_of(bench, lambda: bench.push(data_set_id))

    assert cost.operations[FIND] == 2  # the source, and the pipeline that stood
