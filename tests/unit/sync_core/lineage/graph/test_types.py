"""Rules of Purview for type definitions that are to be registered again and again, and to grow."""

import json

from sync_core.lineage.graph.build import to_lineage
from sync_core.lineage.graph.types import COLUMN_RELATIONS, entity_types, relationship_types
from tests.unit.sync_core.lineage.graph.facts import HOST, SOURCE, make_data_set

ENTITY_TYPES = {definition["name"]: definition for definition in entity_types()}


def test_assets_are_data_sets_and_processes_are_processes() -> None:
    assert {name: definition["superTypes"] for name, definition in ENTITY_TYPES.items()} == {
        "cluedin_data_set": ["DataSet"],
        "cluedin_clues": ["DataSet"],
        "cluedin_golden_records": ["DataSet"],
        "cluedin_column": ["DataSet"],
        "cluedin_ingest_process": ["Process"],
        "cluedin_map_process": ["Process"],
        "cluedin_processing_pipeline": ["Process"],
    }


def test_every_attribute_is_optional_so_that_a_later_version_may_add_some() -> None:
    attributes = [each for definition in entity_types() for each in definition["attributeDefs"]]

    assert all(each["isOptional"] and not each["isUnique"] for each in attributes)


def test_every_attribute_that_is_written_is_defined() -> None:
    """Purview silently drops an attribute that its type does not have."""
    lineage = to_lineage(make_data_set(), SOURCE, (), HOST)

    for entity in (*lineage.chain, *lineage.columns):
        defined = {each["name"] for each in ENTITY_TYPES[entity.ref.type_name]["attributeDefs"]} | {"description"}
        assert entity.attributes.keys() <= defined


def test_each_process_holds_its_columns_in_a_text() -> None:
    for name in ("cluedin_ingest_process", "cluedin_map_process", "cluedin_processing_pipeline"):
        types = {each["name"]: each["typeName"] for each in ENTITY_TYPES[name]["attributeDefs"]}
        assert types["columnMapping"] == "string"


def test_an_asset_contains_its_columns() -> None:
    relations = {definition["name"]: definition for definition in relationship_types()}

    assert len(relations) == 3
    for asset, (name, back) in COLUMN_RELATIONS.items():
        first, second = relations[name]["endDef1"], relations[name]["endDef2"]
        assert relations[name]["relationshipCategory"] == "COMPOSITION"
        assert first == {"type": asset, "name": "columns", "isContainer": True, "cardinality": "SET"}
        assert second == {"type": "cluedin_column", "name": back, "isContainer": False, "cardinality": "SINGLE"}
        assert ENTITY_TYPES[asset]["options"] == {"schemaElementsAttribute": "columns"}


def test_the_schema_tabs_attributes_are_json_in_a_text() -> None:
    assert json.loads(ENTITY_TYPES["cluedin_column"]["options"]["schemaAttributes"]) == ["dataType"]
