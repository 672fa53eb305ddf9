"""The wire format: the specification's own examples are read, and what live answers do differently."""

import json
from pathlib import Path
from typing import Any

import pytest

from sync_core.catalog.values import Concept, DataAsset, Domain, Kind, Status
from sync_core.catalog.wire import NO_ID, parse_asset, parse_concept, parse_domain, parse_link, parse_one, parse_page
from sync_core.errors import AddressError
from sync_core.spelling import normalized
from tests.unit.infra.template import REPOSITORY

EXAMPLES = Path(REPOSITORY) / "tests" / "data" / "unified-catalog"
ID = "4e74f902-62f5-49f4-8258-92ed2b8537ba"
PARENT = "3e74f902-62f5-49f4-8258-92ed2b8537ba"
DOMAIN = "7e74f902-62f5-49f4-8258-92ed2b8537ba"


def example(name: str) -> Any:
    text = (EXAMPLES / f"{name}_Gen.json").read_text(encoding="utf-8")
    return json.loads(text)["responses"]["200"]["body"]


def only(name: str) -> Any:
    (item,) = parse_page(example(name), name).items
    return item


def test_the_examples_of_terms_and_data_products_are_read() -> None:
    term = Concept(Kind.TERM, ID, "myDataProduct", DOMAIN, Status.DRAFT, PARENT)
    assert parse_concept(only("Terms_Query"), Kind.TERM) == term
    assert parse_one(example("Terms_Get"), Kind.TERM, ID.upper()) == term
    product = Concept(Kind.PRODUCT, ID, "myDataProduct", DOMAIN, Status.DRAFT)
    assert parse_concept(only("DataProducts_Query"), Kind.PRODUCT) == product
    assert parse_one(example("DataProducts_Get"), Kind.PRODUCT, ID) == product


def test_the_examples_of_domains_links_and_assets_are_read() -> None:
    assert parse_domain(only("BusinessDomain_Enumerate")) == Domain(ID, "myDataProduct", Status.PUBLISHED)
    assert parse_link(only("Terms_ListRelatedEntities")) == parse_link(only("DataProducts_ListRelationships")) == ID
    name = "https://test.dfs.core.windows.net/prip3/adf/moviesDB.csv"
    asset = DataAsset(ID, DOMAIN, "adls_gen2_path", name)
    assert parse_asset(only("DataAssets_Query")) == parse_asset(example("DataAssets_GetById")) == asset


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("PUBLISHED", Status.PUBLISHED),
        ("Published", Status.PUBLISHED),
        ("Expired", Status.EXPIRED),
        ("draft", Status.DRAFT),
        ("Archived", Status.OTHER),
        (None, Status.OTHER),
    ],
)
def test_a_status_is_read_in_any_case_and_an_unknown_one_is_not_published(written: Any, status: Status) -> None:
    concept = parse_concept({"id": "a", "name": "n", "status": written}, Kind.TERM)
    assert concept.status is status
    assert concept.is_published is (status is Status.PUBLISHED)


def test_a_domain_may_be_an_object() -> None:
    assert parse_concept({"id": "A", "domain": {"id": "D", "name": "Finance"}}, Kind.TERM).domain_id == "d"


@pytest.mark.parametrize(
    ("source", "guid"),
    [
        ({"type": "DataMap", "assetId": "G"}, "g"),
        ({"type": "PurviewDataMap", "assetId": "G"}, "g"),
        ({"assetId": "G"}, "g"),
        ({"type": "Custom", "assetId": "G"}, ""),
        ({"type": "DataMap"}, ""),
        (None, ""),
    ],
)
def test_only_an_asset_of_the_data_map_has_a_guid(source: Any, guid: str) -> None:
    assert parse_asset({"id": "a", "source": source}).guid == guid


def test_an_asset_whose_entity_is_gone_says_so() -> None:
    body = {"id": "a", "systemData": {"provisioningState": "SoftDeleted"}}
    assert parse_asset(body).is_deleted
    assert not parse_asset({"id": "a", "systemData": None}).is_deleted


def test_a_link_that_leads_nowhere_is_none() -> None:
    assert (parse_link({"entityId": NO_ID}), parse_link({"relationshipType": "Related"})) == (NO_ID, "")


@pytest.mark.parametrize("body", [None, "<html>", [], {}, {"value": None}, {"value": {}}, {"values": []}])
def test_an_answer_without_its_array_is_no_list(body: Any) -> None:
    with pytest.raises(AddressError, match=r"to fetch_links is not a list.*check PURVIEW_CATALOG_ENDPOINT"):
        parse_page(body, "fetch_links")


@pytest.mark.parametrize(
    ("body", "following"),
    [
        ({}, {}),
        ({"nextLink": None}, {}),
        ({"nextLink": "https://elsewhere.example/x?api-version=1&skip=100&top=100"}, {"skip": "100", "top": "100"}),
        ({"nextLink": "/x?%24skipToken=a%2Bb"}, {"$skipToken": "a+b"}),
        ({"nextLink": "a+b/c=="}, {"skipToken": "a+b/c=="}),
        ({"skipToken": "t"}, {"skipToken": "t"}),
    ],
)
def test_the_next_page_is_named_in_many_ways(body: dict[str, Any], following: dict[str, str]) -> None:
    assert parse_page({"value": [], **body}, "x").following == following


def test_a_next_page_that_cannot_be_asked_for_makes_the_list_unreadable() -> None:
    with pytest.raises(AddressError, match="whose next page can be asked for"):
        parse_page({"value": [], "nextLink": "https://x.example/y?api-version=1"}, "x")


def test_another_thing_than_the_one_asked_for_is_no_answer() -> None:
    with pytest.raises(AddressError, match="terms b"):
        parse_one({"id": "a"}, Kind.TERM, "b")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (" Sync  to CluedIn ", "Sync to CluedIn", True),
        ("Zu\u0308rich", "Z\u00fcrich", True),
        ("sync", "Sync", False),
        ("Sync", "Sync 2", False),
    ],
)
def test_names_compare_exactly_but_for_spelling(one: str, other: str, *, is_same: bool) -> None:
    assert (normalized(one) == normalized(other)) is is_same
