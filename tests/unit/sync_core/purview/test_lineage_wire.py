"""How the answers that lineage depends on are read, by both services."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings

from sync_core.cluedin.data_set import FieldMapping, RecordCounts
from sync_core.cluedin.data_sets import last_segment, parse_data_set
from sync_core.errors import AddressError, SyncError, TransientError
from sync_core.purview.graph import EntityRef
from sync_core.purview.lineage_wire import parse_stored_entities, parse_stored_entity, parse_written
from tests.unit.sync_core.strategies import ANY_JSON, damaged

UNREADABLE = (AddressError, TransientError)  # somebody else's, or cut short
GUID = "925268EC-8908-44E2-8D0C-D83FE50937D0"
DATA_SET = {
    "id": GUID,
    "name": "Customers",
    "annotationId": "1",
    "annotation": {"entityType": "/Infrastructure/User"},
    "dataSource": {"id": "1", "name": "lake", "type": "endpoint", "dataSourceSet": {"id": "3", "name": "Account.csv"}},
    "originalFields": ["name", "city"],
    "fieldMappings": [{"originalField": "city", "key": "user.city"}, {"originalField": None, "key": "x"}],
    "stats": {"total": 10, "successful": "9", "failed": 1},
}
ENTITY = {
    "entity": {
        "guid": "g1",
        "typeName": "azure_sql_table",
        "status": "ACTIVE",
        "attributes": {"name": "Orders", "qualifiedName": "mssql://server/db/dbo/Orders", "inputs": [{"guid": "g0"}]},
        "collectionId": "abc123",
        "relationshipAttributes": {
            "columns": [
                {"guid": "c1", "displayText": "city"},
                {"guid": "c2", "displayText": "old", "entityStatus": "DELETED"},
            ],
            "tabular_schema": {"guid": "s1"},
        },
    }
}


def test_a_data_set_is_read_with_its_source_mapping_and_counts() -> None:
    found = parse_data_set(GUID, DATA_SET)
    assert (found.data_set_id, found.name) == (GUID.lower(), "Customers")
    assert (found.source_id, found.source_type, found.group_id) == ("1", "endpoint", "3")
    assert (found.original_fields, found.field_mappings) == (("name", "city"), (FieldMapping("city", "user.city"),))
    assert (found.entity_type, found.entity_type_name) == ("/Infrastructure/User", "User")
    assert found.counts == RecordCounts(10, 9, 1)


def test_a_new_data_set_has_neither_columns_nor_mapping_nor_counts() -> None:
    found = parse_data_set(GUID, {"annotation": None, "originalFields": None, "fieldMappings": [], "stats": None})
    assert (found.name, found.annotation_id, found.columns) == (GUID.lower(), "", ())
    assert found.counts == RecordCounts(None, None, None)


@pytest.mark.parametrize(
    ("entity_type", "shown"),
    [("/Infrastructure/User", "User"), ("/Account", "Account"), ("Account/", "Account"), ("", "")],
)
def test_people_call_an_entity_type_by_its_last_part(entity_type: str, shown: str) -> None:
    assert last_segment(entity_type) == shown


@pytest.mark.parametrize("entity_type", ["/", " // ", " ", None, 7 * [""]])
def test_an_entity_type_that_names_nothing_is_none(entity_type: Any) -> None:
    assert parse_data_set(GUID, {**DATA_SET, "annotation": {"entityType": entity_type}}).entity_type == ""


def test_an_entity_is_read_with_its_columns_schema_and_ends() -> None:
    found = parse_stored_entity(ENTITY)
    assert found is not None
    assert (found.guid, found.name, found.collection, found.schema_guid) == ("g1", "Orders", "abc123", "s1")
    assert (found.column_names, found.ends) == (frozenset({"city"}), frozenset({"g0"}))


def test_a_deleted_entity_is_none() -> None:
    assert parse_stored_entity({"entity": {**ENTITY["entity"], "status": "DELETED"}}) is None


@pytest.mark.parametrize("body", [None, {}, [], "<html>", {"entity": None}, {"entity": {"status": "ACTIVE"}}])
def test_what_is_no_entity_is_not_taken_for_one_that_is_gone(body: Any) -> None:
    with pytest.raises(UNREADABLE):
        parse_stored_entity(body)


def test_columns_without_a_name_get_that_of_the_entity_that_comes_along() -> None:
    columns = [{"guid": "c1"}, {"guid": "c2"}]
    body = {
        "entity": {"guid": "g1", "relationshipAttributes": {"columns": columns}},
        "referredEntities": {"c1": {"attributes": {"name": "city"}}},
    }
    found = parse_stored_entity(body)
    assert found is not None
    assert [column.display_text for column in found.columns] == ["city", ""]
    assert found.column_names == frozenset({"city"})
    assert parse_stored_entities({"entities": [body["entity"]], "referredEntities": body["referredEntities"]}) == [
        found
    ]


def test_ends_without_a_guid_are_known_by_their_qualified_names() -> None:
    inputs = [{"guid": "g0"}, {"typeName": "t", "uniqueAttributes": {"qualifiedName": "lake://a"}}]
    found = parse_stored_entity({"entity": {"guid": "g1", "relationshipAttributes": {"inputs": inputs}}})
    assert found is not None
    assert found.ends == frozenset({"g0", "lake://a"})


FIRST, SECOND, THIRD = (EntityRef("t", name) for name in "abc")
PLACEHOLDERS = {FIRST: "-1", SECOND: "-2", THIRD: "-3"}
CREATED = {"typeName": "t", "attributes": {"qualifiedName": "b"}, "guid": "g2"}


@pytest.mark.parametrize(
    ("body", "guids"),
    [
        ({"guidAssignments": {"-1": "g1", "-2": None}, "mutatedEntities": {}}, {FIRST: "g1"}),
        ({"mutatedEntities": {"CREATE": [CREATED]}}, {SECOND: "g2"}),
        ({"guidAssignments": {"-1": "g1"}, "mutatedEntities": {"UPDATE": [CREATED]}}, {FIRST: "g1", SECOND: "g2"}),
        ({"guidAssignments": None}, {}),
        ({}, {}),
    ],
    ids=["assignments", "mutations", "both", "null", "no change"],
)
def test_the_answer_to_a_bulk_write_leads_to_guids_as_far_as_it_tells_them(
    body: Any, guids: dict[EntityRef, str]
) -> None:
    assert parse_written(body, PLACEHOLDERS) == guids


@pytest.mark.parametrize("body", [None, [], {"message": "welcome"}, "<html>"])
def test_what_is_no_answer_to_a_bulk_write_leaves_its_outcome_unknown(body: Any) -> None:
    with pytest.raises(UNREADABLE):
        parse_written(body, PLACEHOLDERS)


@settings(max_examples=200)
@given(ANY_JSON | damaged(DATA_SET) | damaged(ENTITY) | damaged({"guidAssignments": {"-1": "g1"}}))
def test_whatever_the_services_answer_only_our_own_errors_escape(body: Any) -> None:
    with suppress(SyncError):
        parse_stored_entity(body)
    with suppress(SyncError):
        parse_written(body, PLACEHOLDERS)
    if isinstance(body, dict):
        parse_data_set(GUID, body)
