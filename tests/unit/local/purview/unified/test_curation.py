"""The switch "Enable asset curation" and all that it does to classic terms."""

from typing import Any

import pytest
import requests

from local.purview import Purview
from tests.unit.local.purview.api import Api
from tests.unit.local.purview.unified.catalog import Catalog


def test_before_it_no_term_can_be_put_on_an_asset_but_a_product_can(empty: Catalog, purview: Purview) -> None:
    empty.admin("domains", name="Finance")
    product = empty.admin("concepts", product="Sales", domain="Finance", assets=["Orders"])["id"]
    term = empty.admin("concepts", term="Sync", domain="Finance")["id"]
    body = {"entityId": empty.links(f"/dataProducts/{product}")[0]}
    assert empty.refused("POST", f"/terms/{term}/relationships", body, entityType="DATAASSET")[0] == 404
    with pytest.raises(requests.HTTPError, match="400"):
        empty.admin("links", term="Sync", assets=["Orders"])
    purview.patch_switches({"unified_link_before_curation": "works"})
    empty.post(f"/terms/{term}/relationships", body, entityType="DATAASSET")


def test_while_it_runs_classic_terms_are_read_only_and_nothing_is_copied(empty: Catalog) -> None:
    empty.admin("curation", phase="running")
    assert len(empty.api.assigned(empty.api.sync_term())) == 20
    assert empty.names("/terms") == []
    with pytest.raises(requests.HTTPError, match="400"):
        empty.admin("tag", asset="Products", term="Sync to CluedIn@Glossary")


@pytest.mark.parametrize("status", [400, 403, 405, 409])
def test_a_write_to_a_classic_term_is_refused_with_the_status_that_is_switched(
    empty: Catalog, purview: Purview, status: int
) -> None:
    purview.patch_switches({"classic_write_after": status})
    empty.admin("curation", phase="direct")
    term = empty.api.sync_term()
    guid = empty.api.assigned(term)[0]["guid"]
    assert empty.api.post(f"/glossary/terms/{term}/assignedEntities", [{"guid": guid}]).status_code == status


def test_the_copies_are_drafts_in_the_staging_domain_with_links_and_parents(empty: Catalog) -> None:
    empty.admin("curation", phase="staged")
    (staging,) = empty.get("/businessdomains")["value"]
    assert staging["name"] == ".StagingDomain"
    terms = {each["name"]: each for each in empty.get("/terms")["value"] if each["name"] != "Customer"}
    copy = terms["Sync to CluedIn"]
    assert (copy["status"], copy["domain"]) == ("DRAFT", staging["id"])
    assert (
        len(empty.links(f"/terms/{copy['id']}")),
        len(empty.links(f"/terms/{copy['id']}", entityType="DATACOLUMN")),
    ) == (18, 2)
    assert terms["Address"]["parentId"] in [each["id"] for each in empty.get("/terms")["value"]]
    assert copy["id"] != empty.api.sync_term()


def test_a_reader_sees_none_of_them_until_they_are_moved_and_published(empty: Catalog) -> None:
    empty.admin("domains", name="Finance")
    empty.admin("catalog/roles", roles=["global-catalog-reader"])
    seen = {}
    for phase in ("running", "staged", "moved", "published"):
        empty.admin("curation", phase=phase, domain="Finance")
        seen[phase] = len(empty.names("/terms/query", {"nameKeyword": "Sync to CluedIn"}))
    assert seen == {"running": 0, "staged": 0, "moved": 0, "published": 1}


@pytest.mark.parametrize(("mode", "count"), [("frozen", 20), ("empty", 0)])
def test_the_classic_list_afterwards_is_frozen_or_empty(
    empty: Catalog, purview: Purview, mode: str, count: int
) -> None:
    term = empty.api.sync_term()
    purview.patch_switches({"classic_list_after": mode})
    empty.admin("curation", phase="staged")
    assert len(empty.api.assigned(term)) == count


def test_the_classic_list_or_the_term_itself_may_be_gone(empty: Catalog, purview: Purview) -> None:
    term = empty.api.sync_term()
    empty.admin("curation", phase="direct")
    purview.patch_switches({"classic_list_after": "not_found"})
    assert empty.api.get(f"/glossary/terms/{term}/assignedEntities").status_code == 404
    purview.patch_switches({"classic_terms_after": "gone"})
    assert empty.api.get(f"/glossary/term/{term}").status_code == 404
    glossary = empty.api.get("/glossary").json()[0]["guid"]
    assert empty.api.get(f"/glossary/{glossary}/terms/headers").json() == []


def found_by_term(api: Api) -> int:
    return int(api.search(filter={"term": "Sync to CluedIn", "glossary": "Glossary"})["@search.count"])


@pytest.mark.parametrize(("mode", "count"), [("none", 0), ("found", 18)])
def test_search_by_a_classic_term_finds_nothing_afterwards(
    empty: Catalog, purview: Purview, mode: str, count: int
) -> None:
    purview.patch_switches({"classic_search_after": mode})
    assert found_by_term(empty.api) == 18
    empty.admin("curation", phase="running")
    assert found_by_term(empty.api) == 18
    empty.admin("curation", phase="staged")
    assert found_by_term(empty.api) == count


def test_ids_and_names_of_the_copies_are_switched(empty: Catalog, purview: Purview) -> None:
    purview.patch_switches({"migrated_id": "same", "migrated_child_name": "formal"})
    empty.admin("curation", phase="staged")
    terms = {each["name"]: each["id"] for each in empty.get("/terms")["value"]}
    assert terms["Sync to CluedIn"] == empty.api.sync_term()
    assert "Customer_Address" in terms


@pytest.mark.parametrize(("mode", "count"), [("kept", 128), ("cut", 100)])
def test_links_beyond_a_hundred_are_kept_or_cut(empty: Catalog, purview: Purview, mode: str, count: int) -> None:
    purview.patch_switches({"migrated_links_over_limit": mode})
    empty.admin("generate", count=110, term="Sync to CluedIn@Glossary")
    copies = empty.admin("curation", phase="staged")["terms"]
    (copy,) = (each for each in copies if each["name"] == "Sync to CluedIn")
    links = empty.get(f"/terms/{copy['id']}/relationships")["value"]
    assert len(links) in {count, count + 2}


def test_a_sample_copies_and_changes_nothing_else(empty: Catalog) -> None:
    empty.admin("curation", phase="sample")
    assert "Sync to CluedIn" in empty.names("/terms")
    assert found_by_term(empty.api) == 18
    empty.admin("tag", asset="Products", term="Sync to CluedIn@Glossary")


@pytest.mark.parametrize(("first", "second"), [("staged", "running"), ("staged", "direct"), ("direct", "staged")])
def test_it_never_goes_back(empty: Catalog, first: str, second: str) -> None:
    empty.admin("curation", phase=first)
    with pytest.raises(requests.HTTPError, match="400"):
        empty.admin("curation", phase=second)


def test_a_new_link_counts_at_once_afterwards(empty: Catalog, purview: Purview) -> None:
    empty.admin("domains", name="Finance")
    empty.admin("curation", phase="published", domain="Finance")
    terms: list[dict[str, Any]] = empty.get("/terms", keyword="Sync to CluedIn")["value"]
    term = next(each["id"] for each in terms if each["name"] == "Sync to CluedIn")
    empty.admin("links", term=term, assets=["Products"])
    assert len(empty.links(f"/terms/{term}")) == 19
    state = empty.api.get("!/_simulator/state").json()["unified"]
    assert (state["curation"], [each["name"] for each in state["domains"]]) == (
        "published",
        ["Finance", ".StagingDomain"],
    )
    assert purview.unified.curation.is_enabled
