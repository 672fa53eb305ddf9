"""The text that column-level lineage is drawn from: Purview may lose it without a word, and people may change it."""

import json

import pytest

from sync_core.lineage.graph.types import entity_types
from sync_core.lineage.record import DataSetStatus
from tests.kit.lineage_bench import LineageBench
from tests.kit.lineage_graph import ROOT

PROCESSES = ["ingest", "map", "pipeline"]


def process(data_set_id: str, name: str) -> str:
    return f"{ROOT}/datasets/{data_set_id}/{name}"


def change(bench: LineageBench, qualified_name: str, **attributes: str) -> None:
    """Change attributes of an entity as a person or another tool would."""
    (entity,) = bench.purview.catalog.named(qualified_name)
    bench.purview.catalog.set_attributes(entity, {**entity.attributes, **attributes})


@pytest.mark.parametrize("name", PROCESSES)
@pytest.mark.parametrize("changed", [{"columnMapping": ""}, {"columnMapping": "[]"}, {"name": "Something else"}])
def test_what_somebody_changed_in_a_process_is_restored_by_the_same_facts(
    bench: LineageBench, name: str, changed: dict[str, str]
) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    before = bench.graph().own[process(data_set_id, name)].attributes
    change(bench, process(data_set_id, name), **changed)

    bench.push(data_set_id)

    assert bench.graph().own[process(data_set_id, name)].attributes == before


def test_a_mapping_that_purview_drops_is_not_called_pushed(bench: LineageBench) -> None:
    bench.purview.patch_switches({"dropped_attributes": ["columnMapping"]})
    data_set_id = bench.load(bench.sync_asset())

    bench.push_failing(data_set_id)

    record = bench.record(data_set_id)
    assert record.status is DataSetStatus.QUEUED
    assert f"columnMapping of {process(data_set_id, 'ingest')}" in record.last_error
    bench.purview.patch_switches({"dropped_attributes": []})
    assert bench.push(data_set_id).status is DataSetStatus.PUSHED


def test_where_the_type_has_lost_the_attribute_it_is_registered_again(bench: LineageBench) -> None:
    source = bench.sync_asset()
    bench.push(bench.load(source, "January"))
    data_set_id = bench.load(source, "February")
    without = next(one for one in entity_types() if one["name"] == "cluedin_map_process")
    bench.purview.types.put({**bench.purview.types.get(without["name"]), "attributeDefs": []})

    assert bench.push(data_set_id).status is DataSetStatus.PUSHED

    assert bench.graph().pairs(process(data_set_id, "map"))


def test_a_mapping_that_is_written_in_another_way_is_the_same(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    mapping = json.loads(bench.graph().own[process(data_set_id, "map")].attributes["columnMapping"])
    change(bench, process(data_set_id, "map"), columnMapping=json.dumps(mapping, indent=2))
    since = bench.purview.log.last_seq

    bench.push(data_set_id)

    assert bench.writes(since) == []
