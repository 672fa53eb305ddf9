"""The client of the Unified Catalog over real HTTP: what it asks for, how it pages, what it makes of refusals."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response

from local.purview import Purview
from local.purview.admin import unified
from local.purview.admin.generation import generate
from sync_core.catalog.client import API_VERSION, ASSETS_A_CALL, CatalogClient
from sync_core.catalog.values import Kind, Links, Status
from sync_core.catalog.wire import CATALOG
from sync_core.errors import AddressError, ConfigError, NotFoundError, ThrottledError, TransientError
from sync_core.http.client import HttpClient
from tests.integration.sync_core.catalog.conftest import NewConcept
from tests.kit.scripted import Scripted, operations

ORDERS = "mssql://contoso-sql.database.windows.net/crm/dbo/Orders"
VARIANTS: list[dict[str, Any]] = [
    {},
    {"unified_next_link": "url", "unified_top_cap": 1, "unified_token_page_size": 1},
    {"unified_next_link": "token", "unified_top_cap": 1, "unified_list_count": True},
    {"unified_top_cap": 1},
    {"unified_status_case": "title", "unified_filter_case": "title", "unified_api_version_required": True},
    {"unified_source_type": "PurviewDataMap", "unified_asset_attributes": "object"},
    {"unified_source_type": "missing", "unified_orphans_by_default": False},
    {"unified_name_keyword": "prefix", "unified_classifications": True},
    {"unified_name_keyword": "exact"},
]


@pytest.mark.parametrize("switches", VARIANTS, ids=str)
def test_the_read_path_leads_from_a_name_to_guids(
    client: CatalogClient, purview: Purview, new_term: NewConcept, switches: dict[str, Any]
) -> None:
    wanted = new_term("Sync", "Orders", "Products")
    new_term("Sync to CluedIn", "Customers")
    unified.add_domain(purview, {"name": "Sales"})
    other = unified.add_concept(purview, {"term": "Sync", "domain": "Sales", "status": "Draft"})["id"]
    purview.patch_switches(switches)

    domains = {domain.name: domain.id for domain in client.fetch_domains()}
    found = {concept.id: concept for concept in client.find_concepts(Kind.TERM, "Sync")}
    links = client.fetch_links(Kind.TERM, wanted)
    assets = {asset.qualified_name: asset for asset in client.fetch_assets(links.ids)}

    assert domains.keys() == {"Finance", "Sales"}
    assert {one.domain_id: one.status for one in found.values()} == {
        domains["Finance"]: Status.PUBLISHED,
        domains["Sales"]: Status.DRAFT,
    }
    assert found.keys() == {wanted, other}
    assert client.fetch_concept(Kind.TERM, wanted) == found[wanted]
    (entity,) = purview.catalog.named(ORDERS)
    assert (assets[ORDERS].guid, assets[ORDERS].type_name, len(assets)) == (entity.guid, "azure_sql_table", 2)


def test_a_data_products_assets_are_read_alike(client: CatalogClient, purview: Purview) -> None:
    body = {"product": "Sales", "domain": "Finance", "assets": [ORDERS]}
    made = unified.add_concept(purview, body)["id"]
    (found,) = client.find_concepts(Kind.PRODUCT, "Sales")
    assert (found.id, found.kind, found.is_published) == (made, Kind.PRODUCT, True)
    assert client.fetch_concept(Kind.PRODUCT, made) == found
    (asset,) = client.fetch_assets(client.fetch_links(Kind.PRODUCT, made).ids)
    assert list(client.fetch_assets_of([asset.guid.upper()])) == [asset]


def test_the_links_of_a_term_cost_one_request(client: CatalogClient, purview: Purview, new_term: NewConcept) -> None:
    term = new_term("Sync", "Orders", "Products")
    since = purview.log.last_seq
    client.fetch_links(Kind.TERM, term)
    assert operations(purview, since) == ["Terms_ListRelatedEntities"]


def test_assets_are_asked_for_fifty_at_a_time(client: CatalogClient, purview: Purview, new_term: NewConcept) -> None:
    term = new_term("Sync")
    generate(purview, {"count": 120, "linked": "Sync"})
    links = client.fetch_links(Kind.TERM, term)
    since = purview.log.last_seq
    assert len({asset.guid for asset in client.fetch_assets(links.ids)}) == len(links) == 120
    assert operations(purview, since) == ["DataAssets_Query"] * -(-120 // ASSETS_A_CALL)


def test_an_orphan_is_shown_or_left_out(client: CatalogClient, purview: Purview, new_term: NewConcept) -> None:
    links = client.fetch_links(Kind.TERM, new_term("Sync", ORDERS))
    (entity,) = purview.catalog.named(ORDERS)
    purview.entities.delete([entity.guid])
    found = {}
    for mode in ("succeeded", "soft_deleted", "not_found"):
        purview.patch_switches({"unified_deleted_asset": mode})
        found[mode] = [asset.is_deleted for asset in client.fetch_assets(links.ids)]
    assert found == {"succeeded": [False], "soft_deleted": [True], "not_found": []}


@pytest.mark.parametrize(("mode", "error"), [("not_found", NotFoundError), ("forbidden", ConfigError)])
def test_a_draft_of_a_reader_is_not_found_or_refused(
    client: CatalogClient, purview: Purview, new_term: NewConcept, mode: str, error: type[Exception]
) -> None:
    term = new_term("Sync", "Orders", status="Draft")
    unified.set_roles(purview, {"roles": ["global-catalog-reader"]})
    purview.patch_switches({"unified_hidden": mode})
    assert client.find_concepts(Kind.TERM, "Sync") == []
    with pytest.raises(error):
        client.fetch_concept(Kind.TERM, term)
    with pytest.raises(error):
        client.fetch_links(Kind.TERM, term)


@pytest.mark.parametrize("body", ["json", "empty"])
def test_without_any_role_the_error_says_what_to_give(client: CatalogClient, purview: Purview, body: str) -> None:
    unified.set_roles(purview, {"roles": []})
    purview.patch_switches({"unified_forbidden_body": body})
    with pytest.raises(ConfigError, match=r"403.*Global Catalog Reader.*PURVIEW_CATALOG_ENDPOINT"):
        client.fetch_domains()


def test_a_throttle_is_told_under_a_name_of_its_own(purview: Purview, client: CatalogClient) -> None:
    told: list[tuple[str, float | None]] = []
    door = HttpClient(
        CATALOG,
        client.http.base_url,
        tokens=client.http.tokens,
        on_throttled=lambda service, after_s: told.append((service, after_s)),
        sleep=lambda _: None,
    )
    purview.patch_switches({"unified_rate_limits": "no_retry_after"})
    for _ in range(500):
        purview.unified.rates.admit("BusinessDomain_Enumerate")
    with pytest.raises(ThrottledError):
        CatalogClient(door).fetch_domains()
    assert told == [("catalog", None)]


def scripted_client(service: Scripted) -> CatalogClient:
    return CatalogClient(HttpClient(CATALOG, service.url, sleep=lambda _: None))


def test_every_call_says_its_version_and_a_status_is_never_asked_for(service: Scripted) -> None:
    service.answers = [JSONResponse({"value": []}) for _ in range(4)]
    client = scripted_client(service)
    client.fetch_domains()
    client.find_concepts(Kind.TERM, "Sync")
    client.fetch_links(Kind.PRODUCT, "a/b")
    list(client.fetch_assets(["A"]))
    assert all(f"api-version={API_VERSION}" in asked.query for asked in service.asked)
    domains, terms, links, assets = service.asked
    assert domains.path == "/datagovernance/catalog/businessdomains"
    assert json.loads(terms.body) == {"nameKeyword": "Sync", "skip": 0, "top": 100}
    assert links.path == "/datagovernance/catalog/dataProducts/a/b/relationships"
    assert json.loads(assets.body) == {"ids": ["a"], "includingOrphans": True}


@pytest.mark.parametrize(
    "answer", [HTMLResponse("<html>sign in</html>"), JSONResponse({}), JSONResponse({"value": None}), Response()]
)
def test_an_answer_without_its_list_is_an_error_that_names_the_setting(service: Scripted, answer: Response) -> None:
    service.answers = [answer]
    with pytest.raises(AddressError, match="check PURVIEW_CATALOG_ENDPOINT"):
        scripted_client(service).fetch_links(Kind.TERM, "a")


def test_a_filter_that_the_service_ignores_is_checked_here(service: Scripted) -> None:
    items = [{"id": "A", "name": "Sync"}, {"id": "B", "name": "Sync 2"}]
    assets = [{"id": "A", "source": {"assetId": "G"}}, {"id": "B", "source": {"assetId": "H"}}]
    service.answers = [JSONResponse({"value": items}), JSONResponse({"value": items})]
    client = scripted_client(service)
    assert [one.id for one in client.find_concepts(Kind.TERM, "Sync")] == ["a"]
    service.answers = [JSONResponse({"value": assets}), JSONResponse({"value": assets})]
    assert [one.id for one in client.fetch_assets(["a", "c"])] == ["a"]
    assert [one.id for one in client.fetch_assets_of(["H"])] == ["b"]


def test_pages_that_go_in_a_circle_are_no_whole_list(service: Scripted) -> None:
    page = {"value": [{"entityId": "a"}], "nextLink": "https://elsewhere.example/x?skipToken=t"}
    service.answers = [JSONResponse(page) for _ in range(3)]
    with pytest.raises(TransientError, match="again and again"):
        scripted_client(service).fetch_links(Kind.TERM, "a")
    assert [asked.query.count("skipToken=t") for asked in service.asked] == [0, 1]


def test_a_link_without_an_id_and_one_that_is_named_twice_count_once(service: Scripted) -> None:
    links = [{"entityId": "A"}, {"entityId": "a"}, {"entityId": "00000000-0000-0000-0000-000000000000"}, {}]
    service.answers = [JSONResponse({"value": links})]
    assert scripted_client(service).fetch_links(Kind.TERM, "t") == Links(("a",), unreadable=1)


@pytest.mark.parametrize(
    "read",
    [
        lambda client: client.fetch_domains(),
        lambda client: client.find_concepts(Kind.TERM, "Sync"),
        lambda client: client.fetch_concepts(Kind.PRODUCT),
        lambda client: client.fetch_links(Kind.TERM, "t"),
        lambda client: list(client.fetch_assets(["a"])),
    ],
    ids=["domains", "names", "all", "links", "assets"],
)
def test_a_list_that_always_has_news_ends_with_its_time(
    service: Scripted, read: Callable[[CatalogClient], Any]
) -> None:
    service.answers = [
        JSONResponse({"value": [{"id": str(number), "entityId": str(number)}], "nextLink": f"?skipToken={number}"})
        for number in range(500)
    ]
    client = CatalogClient(HttpClient(CATALOG, service.url), list_s=0.1)
    with pytest.raises(TransientError, match="did not end in time"):
        read(client)


def test_a_keyword_that_pages_without_end_ends_when_nothing_is_new(service: Scripted) -> None:
    service.answers = [JSONResponse({"value": [{"id": "A", "name": "Sync"}]}) for _ in range(9)]
    assert len(scripted_client(service).find_concepts(Kind.TERM, "Sync")) == 1
    assert len(service.asked) == 2
