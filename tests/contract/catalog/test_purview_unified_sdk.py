"""purview-unified-sdk 0.1.2 against the simulator."""

from dataclasses import replace
from uuid import uuid4

import pytest
from purview.client import PurviewClient

from local.purview import Purview
from local.purview.admin.unified import add_concept, add_domain, curate

OWNER = {"owner": [{"id": str(uuid4()), "description": "steward"}]}
TABLE = "mssql://contoso-sql.database.windows.net/crm/dbo/Orders"


def test_domains_are_made_listed_and_read(sdk: PurviewClient) -> None:
    made = sdk.business_domains.create(name="Finance", domain_type="FunctionalUnit", status="PUBLISHED")
    assert [each.name for each in sdk.business_domains.list()] == ["Finance"]
    assert sdk.business_domains.get(made.id).status == "PUBLISHED"


def test_a_term_is_made_published_and_found(sdk: PurviewClient, purview: Purview) -> None:
    domain = add_domain(purview, {"name": "Finance"})["id"]
    made = sdk.glossary_terms.create(name="Sync", domain_id=domain, contacts=OWNER)
    assert made.status == "DRAFT"
    changed = sdk.glossary_terms.put(made.id, {"name": "Sync", "domain": domain, "status": "PUBLISHED", "id": made.id})
    assert (changed.status, changed.domain_id) == ("PUBLISHED", domain)
    found = sdk.post("/terms/query", json={"nameKeyword": "Sync"})["value"]
    assert [each["id"] for each in found] == [made.id]


def test_a_term_is_put_on_an_asset_and_read_back(sdk: PurviewClient, purview: Purview) -> None:
    curate(purview, {"phase": "direct"})
    domain = add_domain(purview, {"name": "Finance"})["id"]
    term = add_concept(purview, {"term": "Sync", "domain": domain})["id"]
    (entity,) = purview.catalog.named(TABLE)
    body = {"name": "Orders", "type": "AzureSqlTable", "source": {"type": "DataMap", "assetId": entity.guid}}
    asset = sdk.data_assets.create(body)
    sdk.relationships.create("terms", term, entity_type="DATAASSET", entity_id=asset.id)
    (link,) = sdk.relationships.list("terms", term, entity_type="DATAASSET")
    (read,) = sdk.data_assets.query_models({"ids": [link.entity_id], "includingOrphans": True})
    assert (read.source["assetId"], read.source["fqn"], read.source_type) == (entity.guid, TABLE, "azure_sql_table")
    sdk.relationships.delete("terms", term, entity_type="DATAASSET", entity_id=asset.id)
    assert sdk.relationships.list("terms", term, entity_type="DATAASSET") == []


def test_a_products_assets_are_counted(sdk: PurviewClient, purview: Purview) -> None:
    domain = add_domain(purview, {"name": "Finance"})["id"]
    made = add_concept(purview, {"product": "Sales", "domain": domain, "assets": [TABLE]})["id"]
    product = sdk.data_products.get(made)
    assert (product.name, product.domain_id, product.asset_count) == ("Sales", domain, 1)
    assert len(sdk.relationships.list("dataProducts", made, entity_type="dataasset")) == 1


def test_a_policy_is_read_over_pages_and_written_as_a_whole(sdk: PurviewClient, purview: Purview) -> None:
    add_domain(purview, {"name": "Finance"})
    purview.patch_switches({"unified_token_page_size": 1})
    policies = sdk.policies.list_all()
    assert [each.properties["entity"]["type"] for each in policies] == [
        "DataGovernanceAppReference",
        "BusinessDomainReference",
        "DGDataQualityScopeReference",
    ]
    changed = sdk.policies.update_policy(policies[0])
    assert changed.version == policies[0].version + 1
    with pytest.raises(RuntimeError, match="VersionConflict"):
        sdk.policies.update_policy(replace(policies[0], version=policies[0].version))


def test_a_refusal_arrives_with_its_code(sdk: PurviewClient, purview: Purview) -> None:
    purview.unified.access.revoke_all("*")
    with pytest.raises(RuntimeError, match="x-ms-error-code: Unauthorized"):
        sdk.glossary_terms.list()
