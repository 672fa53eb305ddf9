"""Terms, data products, domains and links as people and programs make them."""

from uuid import uuid4

import pytest
import requests

from local.purview import Purview
from tests.unit.local.purview.unified.catalog import Catalog

OWNER = {"owner": [{"id": str(uuid4()), "description": "steward"}]}
ZERO = "00000000-0000-0000-0000-000000000000"


def domain_id(catalog: Catalog) -> str:
    return str(catalog.get("/businessdomains")["value"][0]["id"])


def asset_id(catalog: Catalog, name: str) -> str:
    """The id of an asset that is registered."""
    (found,) = catalog.post("/dataAssets/query", {"nameKeyword": name})["value"]
    return str(found["id"])


def test_a_term_is_made_as_a_draft_replaced_published_and_deleted(catalog: Catalog) -> None:
    body = {"name": "Customer", "domain": domain_id(catalog), "acronyms": ["CUST"], "contacts": OWNER}
    answer = catalog.request("POST", "/terms", {**body, "id": ZERO})
    made = answer.json()
    assert (answer.status_code, made["status"], made["acronyms"]) == (201, "DRAFT", ["CUST"])
    assert made["id"] != ZERO
    changed = catalog.put(f"/terms/{made['id']}", {"name": "Client", "domain": body["domain"], "status": "Published"})
    assert (changed["name"], changed["status"]) == ("Client", "PUBLISHED")
    assert "acronyms" not in changed
    assert catalog.refused("DELETE", f"/terms/{made['id']}") == (400, "DataCatalogInvalidEntity")
    catalog.put(f"/terms/{made['id']}", {"name": "Client", "domain": body["domain"], "status": "Draft"})
    assert catalog.request("DELETE", f"/terms/{made['id']}").status_code == 204


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"status": "Approved"},
        {"contacts": {"owner": [{"id": "ada@contoso.example"}]}},
    ],
)
def test_a_bad_term_is_refused(catalog: Catalog, change: dict[str, object]) -> None:
    body = {"name": "Customer", "domain": domain_id(catalog), **change}
    assert catalog.refused("POST", "/terms", body) == (400, "DataCatalogInvalidEntity")


def test_nothing_is_published_in_an_unpublished_domain(catalog: Catalog) -> None:
    draft = catalog.admin("domains", name="Sales", status="Draft")["id"]
    body = {"name": "Customer", "domain": draft, "status": "Published"}
    answer = catalog.request("POST", "/terms", body)
    assert "Entity cannot be published in an unpublished domain." in answer.text


def test_a_data_product_needs_an_owner_and_a_type(catalog: Catalog) -> None:
    body = {"name": "Sales", "domain": domain_id(catalog), "type": "Dataset", "contacts": OWNER}
    assert catalog.refused("POST", "/dataProducts", {**body, "contacts": {}})[0] == 400
    assert catalog.refused("POST", "/dataProducts", {**body, "type": ""})[0] == 400
    made = catalog.post("/dataProducts", {**body, "audience": ["DataEngineer"]})
    assert catalog.get(f"/dataProducts/{made['id']}")["audience"] == ["DataEngineer"]
    changed = catalog.put(f"/dataProducts/{made['id']}", {**body, "audience": ["DataEngineer"]})
    assert "audience" not in changed
    assert catalog.names("/dataProducts/query", {"types": ["Dataset"]}) == ["Sales"]


def test_a_domain_goes_with_its_children_once_it_is_unpublished(catalog: Catalog) -> None:
    parent = catalog.post("/businessdomains", {"name": "Sales", "status": "Published"})
    child = catalog.post("/businessdomains", {"name": "EMEA", "parentId": parent["id"]})
    assert catalog.refused("DELETE", f"/businessdomains/{parent['id']}")[0] == 400
    catalog.put(f"/businessdomains/{parent['id']}", {"id": parent["id"], "name": "Sales", "status": "Draft"})
    catalog.answer("DELETE", f"/businessdomains/{parent['id']}")
    assert catalog.refused("GET", f"/businessdomains/{child['id']}")[0] == 404


def test_a_name_can_be_taken_in_its_domain(catalog: Catalog, purview: Purview) -> None:
    body = {"name": "Customer", "domain": domain_id(catalog)}
    ids = {catalog.post("/terms", body)["id"] for _ in range(2)}
    assert len(ids) == 2
    purview.patch_switches({"unified_duplicate_names": "refused"})
    assert catalog.refused("POST", "/terms", body)[0] == 409
    assert catalog.post("/terms", {**body, "name": "customer"})["name"] == "customer"
    elsewhere = catalog.admin("domains", name="Sales")["id"]
    assert catalog.post("/terms", {**body, "domain": elsewhere})["domain"] == elsewhere


def test_a_link_is_made_once_listed_and_taken_away(catalog: Catalog, term: str) -> None:
    ids = catalog.links(f"/terms/{term}")
    body = {"entityId": ids[0], "relationshipType": "Related", "description": "x"}
    assert "systemData" in catalog.post(f"/terms/{term}/relationships", body, entityType="DataAsset")
    assert catalog.links(f"/terms/{term}") == ids
    catalog.answer("DELETE", f"/terms/{term}/relationships", entityType="DATAASSET", entityId=ids[0])
    assert catalog.links(f"/terms/{term}") == ids[1:]


def test_the_same_link_again_can_be_a_conflict(catalog: Catalog, purview: Purview, term: str) -> None:
    purview.patch_switches({"unified_link_again": "conflict"})
    body = {"entityId": catalog.links(f"/terms/{term}")[0]}
    assert catalog.refused("POST", f"/terms/{term}/relationships", body, entityType="DATAASSET")[0] == 409


def test_links_are_taken_away_by_path_where_that_is_switched(catalog: Catalog, purview: Purview, term: str) -> None:
    purview.patch_switches({"unified_unlink": "path"})
    first, second = catalog.links(f"/terms/{term}")
    catalog.answer("DELETE", f"/terms/{term}/relationships", entityType="DATAASSET", entityId=first)
    assert catalog.links(f"/terms/{term}") == [first, second]
    catalog.answer("DELETE", f"/terms/{term}/relationships/{first}")
    assert catalog.links(f"/terms/{term}") == [second]


def test_a_body_with_a_wrapper_is_stored_with_a_zero_id(catalog: Catalog, purview: Purview, term: str) -> None:
    body = {"relationship1": {"entityId": catalog.links(f"/terms/{term}")[0]}}
    made = catalog.post(f"/terms/{term}/relationships", body, entityType="DATAASSET")
    assert made["entityId"] == ZERO
    purview.patch_switches({"unified_wrong_body": "refused"})
    assert catalog.refused("POST", f"/terms/{term}/relationships", body, entityType="DATAASSET")[0] == 400


def test_a_guid_of_the_data_map_is_no_asset_of_the_catalog(catalog: Catalog, term: str) -> None:
    guid = catalog.api.named("azure_sql_table", "mssql://contoso-sql.database.windows.net/crm/dbo/Orders")["guid"]
    refused = catalog.refused("POST", f"/terms/{term}/relationships", {"entityId": guid}, entityType="DATAASSET")
    assert refused == (404, "DataCatalogNotFoundError")


@pytest.mark.parametrize("entity_type", ["", "SOMETHING"])
def test_an_unknown_entity_type_is_refused(catalog: Catalog, term: str, entity_type: str) -> None:
    body = {"entityId": ZERO}
    assert catalog.refused("POST", f"/terms/{term}/relationships", body, entityType=entity_type)[0] == 400


def test_links_have_limits_where_they_are_switched(catalog: Catalog, purview: Purview, term: str) -> None:
    catalog.admin("concepts", product="Sales", domain="Finance", assets=["Customers"])
    body = {"entityId": asset_id(catalog, "Customers")}
    purview.patch_switches({"unified_link_limit": 2})
    assert catalog.refused("POST", f"/terms/{term}/relationships", body, entityType="DATAASSET")[0] == 400
    purview.patch_switches({"unified_link_limit": None, "unified_link_only_drafts": True})
    assert catalog.refused("POST", f"/terms/{term}/relationships", body, entityType="DATAASSET")[0] == 400


def test_an_asset_is_registered_once_and_appended_to_a_product(catalog: Catalog) -> None:
    product = catalog.admin("concepts", product="Sales", domain="Finance")["id"]
    guid = catalog.api.named("azure_sql_table", "mssql://contoso-sql.database.windows.net/crm/dbo/Orders")["guid"]
    body = {"name": "any", "type": "General", "source": {"type": "PurviewDataMap", "assetId": guid}}
    made = catalog.post("/dataAssets", body)
    assert (made["name"], made["type"]) == ("Orders", "AzureSqlTable")
    assert catalog.post("/dataAssets", body)["id"] == made["id"]
    catalog.post(f"/dataProducts/{product}/relationships", {"entityId": made["id"]}, entityType="DATAASSET")
    assert catalog.links(f"/dataProducts/{product}") == [made["id"]]
    assert catalog.links(f"/dataAssets/{made['id']}", entityType="DATAPRODUCT") == [product]
    assert catalog.get(f"/dataProducts/{product}")["additionalProperties"] == {"assetCount": 1}


def test_an_asset_without_a_source_type_stays_unlinked(catalog: Catalog) -> None:
    guid = catalog.api.named("azure_sql_table", "mssql://contoso-sql.database.windows.net/crm/dbo/Orders")["guid"]
    catalog.post("/dataAssets", {"name": "Orders", "type": "General", "source": {"assetId": guid}})
    assert catalog.names("/dataAssets/query", {"sourceAssetIds": [guid]}) == []


@pytest.mark.usefixtures("term")
def test_orphans_are_found_unless_left_out(catalog: Catalog, purview: Purview) -> None:
    catalog.admin("links/delete", term="Sync", assets=["Orders"])
    assert catalog.names("/dataAssets/query", {}) == ["Orders", "Products"]
    assert catalog.names("/dataAssets/query", {"includingOrphans": False}) == ["Products"]
    purview.patch_switches({"unified_orphans_by_default": False})
    assert catalog.names("/dataAssets/query", {}) == ["Products"]


@pytest.mark.parametrize(("mode", "status"), [("works", 204), ("not_found", 404)])
def test_a_link_is_taken_away_from_the_assets_side(
    catalog: Catalog, purview: Purview, term: str, mode: str, status: int
) -> None:
    purview.patch_switches({"unified_asset_side_delete": mode})
    path = f"/dataAssets/{catalog.links(f'/terms/{term}')[0]}/relationships"
    assert catalog.request("DELETE", path, entityType="TERM", entityId=term).status_code == status


def test_the_shape_of_a_source_is_switched(catalog: Catalog, purview: Purview, term: str) -> None:
    changes = {"unified_source_type": "missing", "unified_asset_attributes": "object", "unified_classifications": True}
    purview.patch_switches(changes)
    asset = catalog.get(f"/dataAssets/{catalog.links(f'/terms/{term}')[0]}")
    assert "type" not in asset["source"]
    assert asset["source"]["assetAttributes"] == {"qualifiedName": asset["source"]["fqn"]}
    assert asset["classifications"] == []


def test_more_than_a_hundred_assets_can_be_linked_by_the_simulator(catalog: Catalog, term: str) -> None:
    catalog.admin("generate", count=150, linked="Sync@Finance", tagged=120)
    assert len(catalog.links(f"/terms/{term}")) == 122


def test_a_moved_term_keeps_its_id_and_takes_its_children_along(catalog: Catalog, term: str) -> None:
    sales = catalog.admin("domains", name="Sales")["id"]
    finance = catalog.get(f"/terms/{term}")["domain"]
    child = catalog.post("/terms", {"name": "Child", "domain": finance, "parentId": term})["id"]
    catalog.admin("concepts/move", term="Sync@Finance", to="Sales")
    assert {catalog.get(f"/terms/{each}")["domain"] for each in (term, child)} == {sales}
    assert catalog.names(f"/terms/{term}/hierarchies") == ["Sync", "Child"]


@pytest.mark.usefixtures("term")
def test_an_ambiguous_name_is_refused_with_the_choices(catalog: Catalog) -> None:
    catalog.admin("domains", name="Sales")
    catalog.admin("concepts", term="Sync", domain="Sales")
    with pytest.raises(requests.HTTPError, match="400"):
        catalog.admin("status", term="Sync", status="Draft")
    assert catalog.admin("status", term="Sync@Sales", status="Expired")["status"] == "EXPIRED"
