"""pyapacheatlas 0.16.0 against the simulator."""

import json
from typing import Any

import pytest
from pyapacheatlas.core import AtlasClient, AtlasEntity, AtlasProcess, EntityTypeDef
from pyapacheatlas.core.collections import PurviewCollectionsClient
from pyapacheatlas.core.discovery.purview import PurviewDiscoveryClient
from pyapacheatlas.core.glossary import PurviewGlossaryClient
from pyapacheatlas.core.glossary.term import PurviewGlossaryTerm
from pyapacheatlas.core.typedef import AtlasAttributeDef
from pyapacheatlas.core.util import AtlasException
from pyapacheatlas.scaffolding import column_lineage_scaffold

TABLE = "mssql://contoso-sql.database.windows.net/crm/dbo/Customers"


def mapping_process(**attributes: Any) -> EntityTypeDef:
    return EntityTypeDef(
        name="process_with_mapping",
        superTypes=["Process"],
        attributeDefs=[AtlasAttributeDef(name="columnMapping"), *attributes.get("more", [])],
    )


def test_types_are_created_then_refused_then_updated(atlas: AtlasClient) -> None:
    atlas.upload_typedefs(entityDefs=[mapping_process()])
    with pytest.raises(AtlasException, match="ATLAS-409-00-001"):
        atlas.upload_typedefs(entityDefs=[mapping_process()])
    more = [AtlasAttributeDef(name="owner_team")]
    atlas.upload_typedefs(entityDefs=[mapping_process(more=more)], force_update=True)
    names = [each["name"] for each in atlas.get_typedef(name="process_with_mapping")["attributeDefs"]]
    assert names == ["columnMapping", "owner_team"]


def test_the_scaffold_for_column_lineage_is_accepted(atlas: AtlasClient) -> None:
    scaffold = column_lineage_scaffold("demo", use_column_mapping=True)
    created = atlas.upload_typedefs(scaffold, force_update=True)
    assert len(created["entityDefs"]) == 4
    assert len(created["relationshipDefs"]) == 2


def test_a_process_with_column_mapping_keeps_it(atlas: AtlasClient) -> None:
    atlas.upload_typedefs(entityDefs=[mapping_process()], force_update=True)
    mapping = [
        {
            "DatasetMapping": {"Source": TABLE, "Sink": "demo://out"},
            "ColumnMapping": [{"Source": "Email", "Sink": "mail"}, {"Source": "*", "Sink": "rest"}],
        }
    ]
    target = AtlasEntity("out", "DataSet", "demo://out", guid="-1")
    process = AtlasProcess(
        name="mapping",
        typeName="process_with_mapping",
        qualified_name="demo://process",
        guid="-2",
        inputs=[{"typeName": "azure_sql_table", "uniqueAttributes": {"qualifiedName": TABLE}}],
        outputs=[target],
        attributes={"columnMapping": json.dumps(mapping)},
    )
    written = atlas.upload_entities([target, process])
    read = atlas.get_single_entity(guid=written["guidAssignments"]["-2"])["entity"]
    assert json.loads(read["attributes"]["columnMapping"]) == mapping
    assert len(read["relationshipAttributes"]["inputs"]) == 1


def test_entities_are_read_in_bulk_by_qualified_name_and_partially_updated(atlas: AtlasClient) -> None:
    (entity,) = atlas.get_entity(qualifiedName=[TABLE], typeName="azure_sql_table")["entities"]
    atlas.partial_update_entity(guid=entity["guid"], attributes={"description": "All customers"})
    attributes = {"owner": "CRM team", "userDescription": "In use"}
    atlas.partial_update_entity(typeName="azure_sql_table", qualifiedName=TABLE, attributes=attributes)
    updated = atlas.get_single_entity(guid=entity["guid"])["entity"]
    assert {key: updated["attributes"][key] for key in ("description", "owner", "userDescription")} == {
        "description": "All customers",
        **attributes,
    }
    assert int(updated["lastModifiedTS"]) == int(entity["lastModifiedTS"]) + 2


def test_a_child_term_is_created_found_assigned_and_taken_away(
    atlas: AtlasClient, glossary_client: PurviewGlossaryClient
) -> None:
    glossary = glossary_client.get_glossary("Glossary")
    parent = glossary_client.get_term(name="Customer")
    term = PurviewGlossaryTerm(name="Segment", qualifiedName="Segment@Glossary", glossaryGuid=glossary["guid"])
    term.add_hierarchy("Customer", parent["guid"])
    uploaded = glossary_client.upload_term(term)
    assert (uploaded["qualifiedName"], uploaded["nickName"]) == ("Customer_Segment@Glossary", "Segment")
    (table,) = atlas.get_entity(qualifiedName=[TABLE], typeName="azure_sql_table")["entities"]
    glossary_client.assignTerm([{"guid": table["guid"]}], termGuid=uploaded["guid"])
    (assigned,) = glossary_client.get_termAssignedEntities(termName="Customer_Segment")
    assert assigned["guid"] == table["guid"]
    glossary_client.delete_assignedTerm([assigned], termGuid=uploaded["guid"])
    assert glossary_client.get_termAssignedEntities(termGuid=uploaded["guid"]) == []
    glossary_client.delete_term(uploaded["guid"])


def test_search_is_paged_by_offset(discovery_client: PurviewDiscoveryClient) -> None:
    found = list(discovery_client.search_entities("*", limit=5, search_filter={"collectionId": "slsq1x"}))
    assert len({each["id"] for each in found}) == len(found) > 5
    assert {each["collectionId"] for each in found} == {"slsq1x"}


def test_collections_are_listed_over_pages_and_created(
    collections_client: PurviewCollectionsClient, purview: Any
) -> None:
    purview.patch_switches({"collections_page_size": 3})
    names = [each["name"] for each in collections_client.list_collections()]
    assert names[0] == "contoso"
    assert len(names) == len(set(names)) == 8
    created = collections_client.create_or_update_collection("newabc", "New", "mdmh3k")
    assert created["parentCollection"]["referenceName"] == "mdmh3k"
    collections_client.delete_collection("newabc")
    assert "newabc" not in [each["name"] for each in collections_client.list_collections()]


def test_entities_are_uploaded_and_moved_by_collection(
    collections_client: PurviewCollectionsClient, atlas: AtlasClient
) -> None:
    entity = AtlasEntity("in", "DataSet", "demo://in", guid="-1")
    written = collections_client.upload_entities([entity], "clu3dn")
    guid = written["guidAssignments"]["-1"]
    assert atlas.get_single_entity(guid=guid)["entity"]["collectionId"] == "clu3dn"
    collections_client.move_entities([guid], "mktzz7")
    assert atlas.get_single_entity(guid=guid)["entity"]["collectionId"] == "mktzz7"


def test_business_metadata_is_defined_set_beside_what_others_set_and_taken_away(atlas: AtlasClient) -> None:
    options = {"maxStrLength": "100", "applicableEntityTypes": '["DataSet"]'}
    groups = [
        {
            "category": "BUSINESS_METADATA",
            "name": name,
            "attributeDefs": [{"name": attribute, "typeName": "string", "isOptional": True, "options": options}],
        }
        for name, attribute in (("ours", "state"), ("theirs", "owner"))
    ]
    atlas.upload_typedefs({"businessMetadataDefs": groups})
    (guid,) = (each["guid"] for each in atlas.get_entity(qualifiedName=TABLE, typeName="azure_sql_table")["entities"])
    atlas.update_businessMetadata(guid, {"theirs": {"owner": "Ada"}})
    atlas.update_businessMetadata(guid, {"ours": {"state": "synced"}})
    (entity,) = atlas.get_entity(guid=guid)["entities"]
    assert entity["businessAttributes"] == {"theirs": {"owner": "Ada"}, "ours": {"state": "synced"}}

    atlas.delete_businessMetadata(guid, {"ours": {"state": ""}})
    (entity,) = atlas.get_entity(guid=guid)["entities"]
    assert entity["businessAttributes"] == {"theirs": {"owner": "Ada"}}
