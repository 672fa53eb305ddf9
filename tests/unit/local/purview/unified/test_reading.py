"""The read path: term by name, its links, the assets behind them."""

import pytest

from local.purview import Purview
from tests.unit.local.purview.unified.catalog import Catalog


def test_a_term_leads_to_the_guids_of_its_assets_in_three_calls(catalog: Catalog, term: str) -> None:
    (found,) = catalog.post("/terms/query", {"nameKeyword": "sync", "status": "Published"})["value"]
    assert (found["id"], found["status"], found["isLeaf"]) == (term, "PUBLISHED", True)
    ids = catalog.links(f"/terms/{term}")
    assets = catalog.post("/dataAssets/query", {"ids": ids, "includingOrphans": True})["value"]
    orders = catalog.api.named("azure_sql_table", "mssql://contoso-sql.database.windows.net/crm/dbo/Orders")
    assert {each["name"] for each in assets} == {"Orders", "Products"}
    sources = {each["source"]["assetId"]: each["source"] for each in assets}
    assert sources[orders["guid"]]["fqn"] == orders["attributes"]["qualifiedName"]
    assert sources[orders["guid"]]["type"] == "DataMap"


@pytest.mark.usefixtures("term")
def test_only_registered_assets_are_found_by_guid(catalog: Catalog) -> None:
    tables = "mssql://contoso-sql.database.windows.net/crm/dbo/"
    guids = [catalog.api.named("azure_sql_table", tables + name)["guid"] for name in ("Orders", "Customers")]
    assert catalog.names("/dataAssets/query", {"sourceAssetIds": guids}) == ["Orders"]


def test_paths_compare_without_case(catalog: Catalog) -> None:
    assert catalog.get("/dataproducts") == catalog.get("/dataProducts") == {"value": []}


def test_what_does_not_exist_is_said_with_a_code(catalog: Catalog) -> None:
    assert catalog.refused("GET", "/terms/0c5f0a3e-0000-4000-8000-000000000000") == (404, "DataCatalogNotFoundError")
    assert catalog.refused("PATCH", "/terms/whatever", {}) == (405, "MethodNotAllowed")
    assert catalog.refused("GET", "/nothing") == (404, "NotFound")


@pytest.mark.parametrize(
    ("switch", "following"), [("absent", None), ("url", {"skip": "2", "top": "2"}), ("token", {"skipToken": "2"})]
)
def test_pages_are_cut_by_skip_and_top(
    catalog: Catalog, purview: Purview, switch: str, following: dict[str, str] | None
) -> None:
    for name in "abc":
        catalog.admin("concepts", term=name, domain="Finance")
    purview.patch_switches({"unified_next_link": switch})
    first = catalog.post("/terms/query", {"top": 2})
    assert [each["name"] for each in first["value"]] == ["a", "b"]
    assert ("nextLink" in first) == (following is not None)
    assert catalog.names("/terms/query", {"skip": 2, "top": 2}) == ["c"]
    if following:
        assert catalog.names("/terms/query", {}, **following) == ["c"]


def test_domains_page_by_token(catalog: Catalog, purview: Purview) -> None:
    catalog.admin("domains", name="Sales")
    purview.patch_switches({"unified_token_page_size": 1})
    first = catalog.get("/businessdomains")
    assert [each["name"] for each in first["value"]] == ["Finance"]
    assert "%24skipToken=1" in first["nextLink"]
    assert catalog.names("/businessdomains", **{"$skipToken": "1"}) == ["Sales"]


def test_a_cap_cuts_what_is_asked_for(catalog: Catalog, purview: Purview) -> None:
    for name in "abc":
        catalog.admin("concepts", term=name, domain="Finance")
    purview.patch_switches({"unified_top_cap": 2, "unified_list_count": True})
    page = catalog.get("/terms", top=100)
    assert (len(page["value"]), page["count"]) == (2, 3)


@pytest.mark.parametrize(
    ("mode", "found"),
    [
        ("substring", ["Resync", "Sync", "Sync to CluedIn"]),
        ("prefix", ["Sync", "Sync to CluedIn"]),
        ("exact", ["Sync"]),
    ],
)
def test_the_name_keyword_is_read_in_three_ways(
    catalog: Catalog, purview: Purview, mode: str, found: list[str]
) -> None:
    for name in ("Sync", "Sync to CluedIn", "Resync"):
        catalog.admin("concepts", term=name, domain="Finance")
    purview.patch_switches({"unified_name_keyword": mode})
    assert catalog.names("/terms/query", {"nameKeyword": "SYNC"}) == found


def test_a_status_is_written_and_filtered_in_the_case_that_is_switched(
    catalog: Catalog, purview: Purview, term: str
) -> None:
    purview.patch_switches({"unified_status_case": "title", "unified_filter_case": "title"})
    assert catalog.get(f"/terms/{term}")["status"] == "Published"
    assert catalog.names("/terms/query", {"status": "PUBLISHED"}) == []
    assert catalog.names("/terms/query", {"multiStatus": ["Published"]}) == ["Sync"]


@pytest.mark.usefixtures("term")
def test_names_are_not_unique(catalog: Catalog) -> None:
    catalog.admin("domains", name="Sales")
    catalog.admin("concepts", term="Sync", domain="Sales")
    assert catalog.names("/terms/query", {"nameKeyword": "Sync"}) == ["Sync", "Sync"]


def test_an_asset_whose_entity_is_gone_is_shown_in_three_ways(catalog: Catalog, purview: Purview, term: str) -> None:
    ids = catalog.links(f"/terms/{term}")
    catalog.admin("delete", asset="Orders")
    assert catalog.links(f"/terms/{term}") == ids
    states = {}
    for mode in ("succeeded", "soft_deleted", "not_found"):
        purview.patch_switches({"unified_deleted_asset": mode})
        found = catalog.post("/dataAssets/query", {"ids": ids})["value"]
        states[mode] = {each["name"]: each["systemData"]["provisioningState"] for each in found}
    assert states["succeeded"] == {"Orders": "Succeeded", "Products": "Succeeded"}
    assert states["soft_deleted"] == {"Orders": "SoftDeleted", "Products": "Succeeded"}
    assert states["not_found"] == {"Products": "Succeeded"}


def test_an_asset_is_seen_by_who_may_read_its_collection(catalog: Catalog, term: str) -> None:
    catalog.admin("roles", roles={"Finance": ["purview-reader"]})
    assert catalog.names("/dataAssets/query", {"ids": catalog.links(f"/terms/{term}")}) == []


def test_what_was_just_made_is_not_there_and_what_was_deleted_lingers(catalog: Catalog, purview: Purview) -> None:
    purview.patch_switches({"unified_create_lag_s": 30, "unified_ghost_s": 30})
    purview.clock.advance(60)
    made = catalog.admin("concepts", term="Late", domain="Finance")["id"]
    assert catalog.refused("GET", f"/terms/{made}")[0] == 404
    purview.clock.advance(31)
    assert catalog.get(f"/terms/{made}")["name"] == "Late"
    catalog.admin("concepts/delete", term="Late")
    assert catalog.names("/terms") == ["Late"]
    assert catalog.refused("GET", f"/terms/{made}")[0] == 404
    purview.clock.advance(31)
    assert catalog.names("/terms") == []


def test_a_host_can_be_refused_and_a_version_required(catalog: Catalog, purview: Purview) -> None:
    purview.patch_switches({"unified_api_version_required": True})
    assert catalog.refused("GET", "/terms") == (400, "MissingApiVersionParameter")
    assert catalog.names("/terms", **{"api-version": "2026-03-20-preview"}) == []
    purview.patch_switches({"unified_refused_hosts": ["127.0.0.1"]})
    assert catalog.refused("GET", "/terms") == (403, "Unauthorized")


@pytest.mark.parametrize(("mode", "header"), [("retry_after", "5"), ("no_retry_after", None)])
def test_the_published_rates_are_kept(catalog: Catalog, purview: Purview, mode: str, header: str | None) -> None:
    purview.patch_switches({"unified_rate_limits": mode})
    assert {catalog.request("GET", "/policies").status_code for _ in range(100)} == {200}
    refused = catalog.request("GET", "/policies")
    assert (refused.status_code, refused.headers.get("Retry-After")) == (429, header)
    purview.clock.advance(21)
    assert catalog.request("GET", "/policies").status_code == 200
