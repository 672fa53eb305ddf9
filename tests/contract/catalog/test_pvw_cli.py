"""pvw-cli 1.15.11 against the simulator: its client of the Unified Catalog."""

from typing import Any
from uuid import uuid4

import pytest
from purviewcli.client._unified_catalog import UnifiedCatalogClient

from local.purview import Purview
from local.purview.admin.unified import add_concept, curate

OWNER = str(uuid4())
TABLE = "mssql://contoso-sql.database.windows.net/crm/dbo/Orders"


def ids(answer: dict[str, Any]) -> list[str]:
    return [each["id"] for each in answer["value"]]


@pytest.fixture
def domain(cli: UnifiedCatalogClient) -> str:
    made = cli.create_governance_domain({"--name": ["Finance"], "--status": ["Published"]})
    assert ids(cli.get_governance_domains({})) == [made["id"]]
    return str(made["id"])


@pytest.fixture
def asset(cli: UnifiedCatalogClient, purview: Purview) -> str:
    """A registered asset, found by the guid of its entity."""
    (entity,) = purview.catalog.named(TABLE)
    source = {"type": "DataMap", "assetId": entity.guid}
    made = cli.create_data_asset({"--payload": {"name": "Orders", "type": "AzureSqlTable", "source": source}})
    assert ids(cli.find_data_asset_by_entity_guid({"--entity-guid": [entity.guid]})) == [made["id"]]
    return str(made["id"])


def test_a_term_is_made_and_found_by_name(cli: UnifiedCatalogClient, domain: str) -> None:
    made = cli.create_term({"--name": ["Sync"], "--governance-domain-id": [domain], "--owner-id": [OWNER]})
    assert cli.get_term_by_id({"--term-id": [made["id"]]})["status"] == "DRAFT"
    query = {"--name-keyword": ["sync"], "--domain-ids": [domain], "--status": ["Draft"], "--top": ["10"]}
    assert ids(cli.query_terms(query)) == ids(cli.get_terms({"--governance-domain-id": [domain]})) == [made["id"]]


def test_terms_are_linked_with_assets_and_read_back(
    cli: UnifiedCatalogClient, purview: Purview, domain: str, asset: str
) -> None:
    curate(purview, {"phase": "direct"})
    term = add_concept(purview, {"term": "Sync", "domain": domain})["id"]
    given = {"--term-id": [term], "--entity-id": [asset], "--entity-type": ["DATAASSET"]}
    assert cli.add_term_relationship(given)["entityId"] == asset
    (link,) = cli.list_related_entities(given)["value"]
    assert (link["entityId"], link["relationshipType"]) == (asset, "Related")
    assert cli.get_data_asset({"--asset-id": [asset]})["source"]["fqn"] == TABLE
    purview.patch_switches({"unified_unlink": "path"})
    cli.delete_term_relationship(given)
    assert cli.list_related_entities(given)["value"] == []


def test_before_asset_curation_the_link_is_refused(
    cli: UnifiedCatalogClient, purview: Purview, domain: str, asset: str
) -> None:
    term = add_concept(purview, {"term": "Sync", "domain": domain})["id"]
    given = {"--term-id": [term], "--entity-id": [asset], "--entity-type": ["DATAASSET"]}
    assert cli.add_term_relationship(given)["status_code"] == 404


def test_an_asset_is_appended_to_a_product(cli: UnifiedCatalogClient, domain: str, asset: str) -> None:
    given = {"--name": ["Sales"], "--governance-domain-id": [domain], "--owner-id": [OWNER], "--type": ["Dataset"]}
    product = cli.create_data_product(given)["id"]
    link = {"--product-id": [product], "--entity-type": ["dataasset"], "--entity-id": [asset]}
    assert cli.create_data_product_relationship(link)["entityId"] == asset
    assert [each["entityId"] for each in cli.get_data_product_relationships(link)["value"]] == [asset]
    assert ids(cli.query_data_products({"--name-keyword": ["sal"], "--status": ["Draft"]})) == [product]


def test_policies_are_listed(cli: UnifiedCatalogClient, domain: str) -> None:
    policies = cli.list_policies({})["values"]
    assert sum(domain in each["name"] for each in policies) == 2


def test_patch_is_refused_as_live_tenants_do(cli: UnifiedCatalogClient, asset: str) -> None:
    assert cli.update_data_asset({"--asset-id": [asset]})["status_code"] == 405
