"""azure-purview-datamap 1.0.0b2 against the simulator."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.purview.datamap import DataMapClient
from azure.purview.datamap.models import AtlasRelatedObjectId

from local.purview import Purview

TABLE = "mssql://contoso-sql.database.windows.net/crm/dbo/Customers"
SYNC_TERM = "Sync to CluedIn@Glossary"
TYPES: dict[str, Any] = {
    "entityDefs": [
        {"category": "ENTITY", "name": "cluedin_data_set", "superTypes": ["DataSet"], "attributeDefs": []},
        {
            "category": "ENTITY",
            "name": "cluedin_map_process",
            "superTypes": ["Process"],
            "attributeDefs": [{"name": "columnMapping", "typeName": "string", "isOptional": True}],
        },
    ]
}


def named(type_name: str, name: str, guid: str, **attributes: Any) -> dict[str, Any]:
    return {
        "guid": guid,
        "typeName": type_name,
        "attributes": {"name": name, "qualifiedName": f"cluedin://{name}", **attributes},
    }


def sync_term(client: DataMapClient) -> str:
    found = client.entity.get_by_unique_attribute("AtlasGlossaryTerm", attribute=SYNC_TERM)
    return str(found.entity.guid)


def pages(client: DataMapClient, body: dict[str, Any]) -> Iterator[list[Any]]:
    token = None
    while True:
        answer = client.discovery.query(body | {"continuationToken": token})
        yield list(answer.value)
        token = answer.continuation_token
        if not token:
            return


def test_types_are_registered_once_then_refused_then_updated(client: DataMapClient) -> None:
    created = client.type_definition.batch_create(TYPES)
    assert [each.name for each in created.entity_defs] == ["cluedin_data_set", "cluedin_map_process"]
    with pytest.raises(ResourceExistsError, match="ATLAS-409-00-001"):
        client.type_definition.batch_create(TYPES)
    client.type_definition.batch_update(TYPES)
    definition = client.type_definition.get_entity_by_name("cluedin_map_process")
    assert (definition.version, list(definition.super_types)) == (2, ["Process"])
    assert [each.name for each in definition.attribute_defs] == ["columnMapping"]


def test_an_unknown_type_is_not_found(client: DataMapClient) -> None:
    with pytest.raises(ResourceNotFoundError, match="ATLAS-404-00-001"):
        client.type_definition.get_entity_by_name("nothing")


def test_a_batch_binds_its_entities_by_negative_guids_and_is_read_back_by_unique_attribute(
    client: DataMapClient,
) -> None:
    client.type_definition.batch_create(TYPES)
    reference = {"typeName": "azure_sql_table", "uniqueAttributes": {"qualifiedName": TABLE}}
    entities = [
        named("cluedin_data_set", "orders", "-1"),
        named("cluedin_map_process", "ingest", "-2", inputs=[reference], outputs=[{"guid": "-1"}]),
    ]
    written = client.entity.batch_create_or_update({"entities": entities}, collection_id="clu3dn")
    assert written.guid_assignments.keys() == {"-1", "-2"}
    assert len(written.mutated_entities["CREATE"]) == 2
    read = client.entity.get_by_unique_attribute("cluedin_data_set", attribute="cluedin://orders").entity
    assert (read.guid, read["collectionId"], read.last_modified_ts) == (written.guid_assignments["-1"], "clu3dn", "1")
    process = client.entity.get(written.guid_assignments["-2"]).entity
    assert [each["guid"] for each in process.attributes["outputs"]] == [read.guid]


def test_writing_the_same_again_updates_nothing(client: DataMapClient) -> None:
    client.type_definition.batch_create(TYPES)
    body = {"entity": named("cluedin_data_set", "orders", "-1")}
    first = client.entity.create_or_update(body)
    second = client.entity.create_or_update(body)
    assert second.guid_assignments == first.guid_assignments
    assert not second.mutated_entities


def test_lineage_is_read_six_levels_deep(client: DataMapClient) -> None:
    client.type_definition.batch_create(TYPES)
    source = {"typeName": "azure_sql_table", "uniqueAttributes": {"qualifiedName": TABLE}}
    mapping = json.dumps([{"DatasetMapping": {"Source": TABLE, "Sink": "cluedin://a"}, "ColumnMapping": []}])
    entities = [
        *(named("cluedin_data_set", name, guid) for name, guid in (("a", "-1"), ("b", "-2"), ("c", "-3"))),
        named("cluedin_map_process", "p", "-4", inputs=[source], outputs=[{"guid": "-1"}], columnMapping=mapping),
        named("cluedin_map_process", "q", "-5", inputs=[{"guid": "-1"}], outputs=[{"guid": "-2"}]),
        named("cluedin_map_process", "r", "-6", inputs=[{"guid": "-2"}], outputs=[{"guid": "-3"}]),
    ]
    written = client.entity.batch_create_or_update({"entities": entities})
    lineage = client.lineage.get_by_unique_attribute("azure_sql_table", direction="OUTPUT", depth=6, attribute=TABLE)
    names = [each.display_text for each in lineage.guid_entity_map.values()]
    assert names == ["Customers", "p", "a", "q", "b", "r", "c"]
    assert len(lineage.relations) == 6
    base = lineage.base_entity_guid
    shallow = client.lineage.get(base, direction="OUTPUT", depth=2)
    assert [each.display_text for each in shallow.guid_entity_map.values()] == ["Customers", "p", "a"]
    following = client.lineage.get_next_page(written.guid_assignments["-1"], direction="OUTPUT")
    assert [each.display_text for each in following.guid_entity_map.values()] == ["a", "q", "b"]


def test_the_sync_term_is_on_eighteen_data_assets_and_two_columns(client: DataMapClient) -> None:
    assigned = client.glossary.get_entities_assigned_with_term(sync_term(client))
    columns = [each for each in assigned if each["typeName"] in {"azure_sql_column", "column"}]
    assert (len(assigned), len(columns)) == (20, 2)
    assert all(each["relationshipGuid"] for each in assigned)


def test_assigned_entities_are_paged_by_limit_and_offset(client: DataMapClient) -> None:
    term = sync_term(client)
    everything = client.glossary.get_entities_assigned_with_term(term)
    first = client.glossary.get_entities_assigned_with_term(term, limit=15, offset=0)
    second = client.glossary.get_entities_assigned_with_term(term, limit=15, offset=15)
    assert [each["guid"] for each in [*first, *second]] == [each["guid"] for each in everything]


def test_a_term_is_assigned_and_taken_away(client: DataMapClient) -> None:
    term = sync_term(client)
    table = f"{TABLE.rpartition('/')[0]}/Products"
    asset = client.entity.get_by_unique_attribute("azure_sql_table", attribute=table).entity
    client.glossary.assign_term_to_entities(term, [AtlasRelatedObjectId(guid=asset.guid)])
    (assigned,) = (each for each in client.glossary.get_entities_assigned_with_term(term) if each.guid == asset.guid)
    pair = AtlasRelatedObjectId(guid=asset.guid, relationship_guid=assigned.relationship_guid)
    client.glossary.delete_term_assignment_from_entities(term, [pair])
    assert len(client.glossary.get_entities_assigned_with_term(term)) == 20


def test_glossaries_and_term_headers_are_listed(client: DataMapClient) -> None:
    glossaries = client.glossary.batch_get(ignore_terms_and_categories=True)
    assert [each.qualified_name for each in glossaries] == ["Glossary", "Business Terms"]
    headers = client.glossary.get_term_headers(glossaries[0].guid)
    assert "Customer_Address" in [each.display_text for each in headers]
    term = client.glossary.get_term(headers[0].term_guid)
    assert (term.qualified_name, term.anchor.glossary_guid) == (SYNC_TERM, glossaries[0].guid)


def test_search_is_paged_to_its_end_by_tokens(client: DataMapClient, purview: Purview) -> None:
    body = {"keywords": "*", "limit": 7, "filter": {"not": {"objectType": "Glossary terms"}}}
    found = [list(page) for page in pages(client, body)]
    ids = [each["id"] for page in found for each in page]
    assert all(len(page) == 7 for page in found[:-1])
    assert len(ids) == len(set(ids)) == client.discovery.query(body).search_count
    assert len(ids) < len(purview.index)


def test_an_entity_is_moved_to_another_collection(client: DataMapClient) -> None:
    entity = client.entity.get_by_unique_attribute("azure_sql_table", attribute=TABLE).entity
    moved = client.entity.move_entities_to_collection({"entityGuids": [entity.guid]}, collection_id="clu3dn")
    assert [each.guid for each in moved.mutated_entities["UPDATE"]] == [entity.guid]
    assert client.entity.get(entity.guid).entity["collectionId"] == "clu3dn"


def test_many_entities_are_read_at_once(client: DataMapClient) -> None:
    assigned = client.glossary.get_entities_assigned_with_term(sync_term(client))
    found = client.entity.get_by_ids(guid=[each.guid for each in assigned], ignore_relationships=True)
    assert [each.guid for each in found.entities] == [each.guid for each in assigned]


def test_a_deleted_entity_is_gone_by_name_and_marked_by_guid(client: DataMapClient) -> None:
    entity = client.entity.get_by_unique_attribute("azure_sql_table", attribute=TABLE).entity
    deleted = client.entity.batch_delete(guid=[entity.guid])
    assert entity.guid in [each.guid for each in deleted.mutated_entities["DELETE"]]
    with pytest.raises(ResourceNotFoundError, match="ATLAS-404-00-009"):
        client.entity.get_by_unique_attribute("azure_sql_table", attribute=TABLE)
    assert client.entity.get(entity.guid).entity.status == "DELETED"


def test_a_relationship_carries_flat_column_mapping(client: DataMapClient) -> None:
    def end(qualified_name: str) -> dict[str, Any]:
        return {"typeName": "DataSet", "uniqueAttributes": {"qualifiedName": qualified_name}}

    mapping = json.dumps([{"Source": "CustomerId", "Sink": "CustomerId"}])
    orders = f"{TABLE.rpartition('/')[0]}/Orders"
    body = {
        "typeName": "direct_lineage_dataset_dataset",
        "end1": end(TABLE),
        "end2": end(orders),
        "attributes": {"columnMapping": mapping},
    }
    created = client.relationship.create(body)
    assert created.attributes["columnMapping"] == mapping
    with pytest.raises(ResourceExistsError, match="ATLAS-409-00-004"):
        client.relationship.create(body)
    client.relationship.delete(created.guid)
    with pytest.raises(ResourceNotFoundError):
        client.relationship.get(created.guid)


def test_refusals_arrive_as_the_sdks_own_errors(client: DataMapClient, purview: Purview) -> None:
    purview.patch_switches({"access": "unauthorized"})
    with pytest.raises(ClientAuthenticationError):
        client.glossary.batch_get()
    purview.patch_switches({"access": "gateway_403"})
    with pytest.raises(HttpResponseError, match="Not authorized to access account"):
        client.glossary.batch_get()


def test_business_metadata_of_one_group_leaves_the_others_and_says_what_it_does_not_know(client: DataMapClient) -> None:
    options = {"maxStrLength": "10", "applicableEntityTypes": '["DataSet"]'}
    attribute = {"name": "state", "typeName": "string", "isOptional": True, "options": options}
    groups = [
        {"category": "BUSINESS_METADATA", "name": name, "attributeDefs": [attribute]} for name in ("ours", "theirs")
    ]
    client.type_definition.batch_create({"businessMetadataDefs": groups})
    assert client.type_definition.get_business_metadata_by_name("ours").attribute_defs[0].name == "state"
    guid = str(client.entity.get_by_unique_attribute("azure_sql_table", attribute=TABLE).entity.guid)

    client.entity.add_or_update_business_metadata_attributes("theirs", guid, {"state": "theirs"})
    client.entity.add_or_update_business_metadata_attributes("ours", guid, {"state": "ours"})
    entity = client.entity.get(guid).entity
    assert entity.business_attributes == {"theirs": {"state": "theirs"}, "ours": {"state": "ours"}}

    for group, values in (("nothing", {"state": "x"}), ("ours", {"nothing": "x"}), ("ours", {"state": "x" * 11})):
        with pytest.raises(HttpResponseError, match="ATLAS-400"):
            client.entity.add_or_update_business_metadata_attributes(group, guid, values)
    client.entity.remove_business_metadata_attributes("ours", guid, {"state": ""})
    assert client.entity.get(guid).entity.business_attributes == {"theirs": {"state": "theirs"}}
