"""Type definitions: registered once, whatever of them is there already, and again when somebody deletes them."""

from typing import Any

import pytest

from sync_core.lineage.graph.types import entity_types, relationship_types
from sync_core.lineage.record import DataSetStatus
from tests.integration.sync_core.lineage.at_once import run_at_once
from tests.kit.lineage_bench import LineageBench, NewBench
from tests.kit.lineage_graph import ROOT

TYPES = {definition["name"] for definition in (*entity_types(), *relationship_types())}


def test_types_are_registered_once_for_all_processes(bench: LineageBench, new_bench: NewBench) -> None:
    source = bench.sync_asset()
    bench.push(bench.load(source, "January"))
    since = bench.purview.log.last_seq

    bench.push(bench.load(source, "February"))
    new_bench().push(bench.load(source, "March"))

    assert calls(bench, since) == []


@pytest.mark.parametrize("known", [1, 4, len(entity_types())])
def test_types_that_are_there_already_are_updated_and_the_others_made(bench: LineageBench, known: int) -> None:
    for definition in entity_types()[-known:]:
        make_types(bench, {"entityDefs": [definition]})
    if known == len(entity_types()):
        make_types(bench, {"relationshipDefs": relationship_types()[:1]})

    assert bench.push(bench.load(bench.sync_asset())).status is DataSetStatus.PUSHED

    assert all(name in bench.purview.types for name in TYPES)
    assert bench.graph().columns[f"{ROOT}/golden-records/Customer"] == [
        "customer.email",
        "customer.id",
        "customer.name",
    ]


def test_a_type_of_an_older_version_gets_the_attributes_that_it_lacks(bench: LineageBench) -> None:
    older = {**entity_types()[0], "attributeDefs": entity_types()[0]["attributeDefs"][:1]}
    make_types(bench, {"entityDefs": [older]})
    data_set_id = bench.load(bench.sync_asset())

    bench.push(data_set_id)

    asset = bench.graph().own[f"{ROOT}/datasets/{data_set_id}"]
    assert asset.attributes["dataSetId"] == data_set_id


def with_more(definition: dict[str, Any]) -> dict[str, Any]:
    more = {"name": "costCentre", "typeName": "string", "isOptional": True, "cardinality": "SINGLE"}
    return {**definition, "attributeDefs": [*definition.get("attributeDefs", ()), more]}


def test_types_to_which_someone_added_attributes_are_taken_as_they_are(bench: LineageBench) -> None:
    make_types(bench, {"entityDefs": [with_more(definition) for definition in entity_types()]})
    make_types(bench, {"relationshipDefs": [with_more(definition) for definition in relationship_types()]})

    record = bench.push(bench.load(bench.sync_asset()))

    assert (record.status, record.notes) == (DataSetStatus.PUSHED, [])
    assert "costCentre" in attribute_names(bench, "cluedin_data_set")


def test_a_type_that_has_other_attributes_and_lacks_some_of_ours_gets_both(bench: LineageBench) -> None:
    map_process = next(one for one in entity_types() if one["name"] == "cluedin_map_process")
    make_types(bench, {"entityDefs": [with_more({**map_process, "attributeDefs": map_process["attributeDefs"][1:]})]})
    data_set_id = bench.load(bench.sync_asset())

    bench.push(data_set_id)

    assert {"costCentre", "columnMapping"} <= attribute_names(bench, "cluedin_map_process")
    assert bench.graph().pairs(f"{ROOT}/datasets/{data_set_id}/map")


def test_a_type_of_our_name_that_is_none_of_ours_is_refused_with_what_purview_says(bench: LineageBench) -> None:
    make_types(bench, {"entityDefs": [{**entity_types()[0], "attributeDefs": []}]})
    refusal = {"errorCode": "ATLAS-400-00-00E", "errorMessage": "superType remove not supported"}
    bench.purview_fault("Type_BulkUpdate", times=None, status=400, body=refusal)
    bench.deliver(bench.load(bench.sync_asset()))

    bench.work()

    (dead_letter,) = bench.dead_letters()
    assert (dead_letter.cause_class, "superType remove" in dead_letter.cause) == ("rejected", True)


def test_a_type_that_cannot_be_looked_at_at_the_moment_is_no_refusal(bench: LineageBench) -> None:
    make_types(bench, {"entityDefs": [with_more(entity_types()[0])]})
    bench.purview_fault("Type_GetByName", times=None, status=503)

    assert len(bench.push_failing(bench.load(bench.sync_asset()))) == 1


def test_relationships_that_lead_elsewhere_are_not_taken_for_ours(bench: LineageBench) -> None:
    make_types(bench, {"entityDefs": entity_types()})
    foreign = relationship_types()[0]
    make_types(bench, {"relationshipDefs": [{**foreign, "endDef2": {**foreign["endDef2"], "name": "table"}}]})
    bench.purview_fault("Type_BulkUpdate", skip=1, times=None, status=400, body={"errorCode": "ATLAS-400-00-02D"})

    record = bench.push(bench.load(bench.sync_asset()))

    assert record.status is DataSetStatus.PUSHED
    assert "refuses their relationships" in record.notes[0]


@pytest.mark.parametrize("code", ["Conflict", "409"])
def test_that_a_type_exists_may_be_said_in_the_gateways_words(bench: LineageBench, code: str) -> None:
    make_types(bench, {"entityDefs": entity_types()})
    make_types(bench, {"relationshipDefs": relationship_types()})
    bench.purview_fault("Type_BulkCreate", times=None, status=409, body={"error": {"code": code, "message": "exists"}})

    assert bench.push(bench.load(bench.sync_asset())).status is DataSetStatus.PUSHED


def test_two_processes_may_register_at_once(bench: LineageBench, new_bench: NewBench) -> None:
    apps = [bench, new_bench()]
    ids = [bench.load(bench.sync_asset(), name) for name in ("January", "February")]
    bench.purview_fault("Type_BulkCreate", times=2, delay_s=0.1)

    run_at_once(2, lambda number: apps[number].push(ids[number]))

    assert [bench.record(data_set_id).status for data_set_id in ids] == [DataSetStatus.PUSHED] * 2


def test_where_purview_wants_the_ends_of_a_relationship_first_it_gets_them(bench: LineageBench) -> None:
    bench.purview.patch_switches({"relationship_ends_registered_before": True})

    assert bench.push(bench.load(bench.sync_asset())).status is DataSetStatus.PUSHED


def test_types_that_somebody_deleted_are_registered_again(bench: LineageBench) -> None:
    source = bench.sync_asset()
    first = bench.load(source, "January")
    bench.push(first)
    delete_types(bench, TYPES)

    assert bench.push(bench.load(source, "February")).status is DataSetStatus.PUSHED
    assert bench.push(first).status is DataSetStatus.PUSHED

    assert bench.graph().count("cluedin_data_set") == 2


def test_a_relationship_type_that_somebody_deleted_is_noticed_and_registered_again(bench: LineageBench) -> None:
    """Purview takes the columns all the same, and silently drops that they belong to the asset."""
    source = bench.sync_asset()
    bench.push(bench.load(source, "January"))
    delete_types(bench, {"cluedin_clues_columns"})
    data_set_id = bench.load(source, "February")

    bench.push(data_set_id)

    assert bench.graph().columns[f"{ROOT}/datasets/{data_set_id}/clues"] == [
        "customer.email",
        "customer.id",
        "customer.name",
    ]


def test_a_role_that_does_not_cover_types_is_said_with_its_remedy(bench: LineageBench) -> None:
    bench.act("set_roles", roles={"contoso": ["purview-reader"], "clu3dn": ["data-curator"]})
    data_set_id = bench.load(bench.sync_asset())

    (delay_s,) = bench.push_failing(data_set_id)

    record = bench.record(data_set_id)
    assert record.last_error_class == "config"
    assert "Data Curator" in record.last_error
    assert delay_s >= 60


def attribute_names(bench: LineageBench, type_name: str) -> set[str]:
    return {attribute["name"] for attribute in bench.purview.types.get(type_name)["attributeDefs"]}


def calls(bench: LineageBench, since: int) -> list[str]:
    found = (str(record.operation) for record in bench.purview.log.since(since))
    return [operation for operation in found if operation.startswith("Type_")]


def make_types(bench: LineageBench, definitions: dict[str, list[dict[str, Any]]]) -> None:
    bench.purview.typedefs.create(definitions, "someone", ends_registered_before=False)


def delete_types(bench: LineageBench, names: set[str]) -> None:
    """Delete types, and before that all that was made of them."""
    bench.purview.patch_switches({"deletion": "hard"})
    bench.purview.entities.delete([entity.guid for entity in bench.graph().own.values()])
    bench.purview.typedefs.delete(sorted(names))
