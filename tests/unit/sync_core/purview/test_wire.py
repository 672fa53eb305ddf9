"""How Purview's answers are read: live ones omit what samples show empty, and no answer is never an empty one."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_core.errors import AddressError, SyncError, TransientError
from sync_core.purview import wire
from sync_core.purview.asset import Asset
from tests.unit.sync_core.strategies import ANY_JSON, damaged

UNREADABLE = (AddressError, TransientError)  # somebody else's, or cut short
ENTITY = {
    "guid": "g1",
    "typeName": "azure_sql_table",
    "status": "ACTIVE",
    "attributes": {"name": "Orders", "qualifiedName": "mssql://server/db/dbo/Orders"},
    "collectionId": "abc123",
}
ASSIGNED = {
    "guid": "g1",
    "typeName": "azure_sql_table",
    "displayText": "Orders",
    "entityStatus": "ACTIVE",
    "relationshipStatus": "ACTIVE",
}
HIT = {
    "id": "g1",
    "entityType": "azure_sql_table",
    "name": "Orders",
    "qualifiedName": "mssql://server/db/dbo/Orders",
    "collectionId": "abc123",
    "updateTime": 1_660_000_000_000,
}
SEARCH = {"@search.count": 1, "continuationToken": "next", "value": [HIT]}
COLLECTIONS = {
    "value": [{"name": "abc123", "friendlyName": "Finance", "parentCollection": {"referenceName": "acct"}}],
    "nextLink": "https://next.example",
}
TYPE = {"name": "azure_sql_table", "superTypes": ["DataSet"]}
NO_ANSWER: tuple[Any, ...] = (None, "<html>", 7, True)


def test_an_entity_is_read_with_its_names() -> None:
    assert wire.parse_entities({"entity": ENTITY}) == [
        Asset("g1", "azure_sql_table", "Orders", "mssql://server/db/dbo/Orders", "", "abc123")
    ]


def test_entities_that_are_deleted_are_left_out() -> None:
    assert wire.parse_entities({"entities": [{**ENTITY, "status": "DELETED"}]}) == []


@pytest.mark.parametrize("attributes", [None, {}, {"name": None, "qualifiedName": None}, []])
def test_an_entity_without_names_has_empty_ones(attributes: Any) -> None:
    (asset,) = wire.parse_entities({"entities": [{**ENTITY, "attributes": attributes}]})
    assert (asset.guid, asset.name, asset.qualified_name) == ("g1", "", "")


def test_a_display_name_stands_for_a_missing_name() -> None:
    (asset,) = wire.parse_entities({"entity": {**ENTITY, "attributes": {"displayName": "Sales"}}})
    assert asset.name == "Sales"


@pytest.mark.parametrize("ended", [{"entityStatus": "DELETED"}, {"relationshipStatus": "DELETED"}])
def test_an_ended_assignment_keeps_its_place_and_is_not_active(ended: dict[str, str]) -> None:
    first, second = wire.parse_assigned_entities([{**ASSIGNED, **ended}, ASSIGNED])
    assert [(one.guid, one.is_active) for one in (first, second)] == [("g1", False), ("g1", True)]


@pytest.mark.parametrize("status", ["Active", "active", "CURRENT", "", None, 7])
@pytest.mark.parametrize("field", ["entityStatus", "relationshipStatus"])
def test_only_a_word_that_says_so_ends_an_assignment(field: str, status: Any) -> None:
    (row,) = wire.parse_assigned_entities([{**ASSIGNED, field: status}])
    assert row.is_active
    assert not wire.parse_is_deleted({"entity": {**ENTITY, "status": status}})
    assert wire.parse_entities({"entities": [{**ENTITY, "status": status}]}) != []


@pytest.mark.parametrize("status", ["Deleted", "deleted", "PURGED"])
def test_a_word_that_says_so_ends_an_assignment_in_any_case(status: str) -> None:
    (row,) = wire.parse_assigned_entities([{**ASSIGNED, "entityStatus": status}])
    assert not row.is_active
    assert wire.parse_is_deleted({"entity": {**ENTITY, "status": status}})


def test_an_assignment_is_told_from_others_by_its_relationship() -> None:
    (first, second) = wire.parse_assigned_entities([{**ASSIGNED, "relationshipGuid": "r1"}, ASSIGNED])
    assert (first.assignment, second.assignment) == ("r1", "g1")


def test_an_assignment_without_a_guid_is_not_active() -> None:
    rows = [{"typeName": "azure_sql_table"}, None, ASSIGNED]
    found = wire.parse_assigned_entities(rows, 1000)
    assert [one.is_active for one in found] == [False, False, True]
    assert [one.is_readable for one in found] == [True, False, True]
    assert [one.assignment for one in found][:2] == ["row 1000", "row 1001"]


@pytest.mark.parametrize("rows", [["hello"], [None, 7], [{"id": 1}], [{"typeName": "azure_sql_table"}]])
def test_a_list_of_something_else_is_no_list_of_assignments(rows: Any) -> None:
    with pytest.raises(AddressError, match="a list of objects with guid"):
        wire.parse_assigned_entities(rows)


def test_an_assignment_without_statuses_is_active() -> None:
    assert wire.parse_assigned_entities([{"guid": "g1"}]) == [wire.AssignedEntity("g1", "", "", "g1")]


def test_a_search_page_tells_count_token_and_assets() -> None:
    page = wire.parse_search_page(SEARCH)
    assert (page.count, page.token, page.newest) == (1, "next", "g1 1660000000000 Orders")
    assert page.assets == (
        Asset("g1", "azure_sql_table", "Orders", "mssql://server/db/dbo/Orders", "Orders", "abc123"),
    )


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({"displayText": "Orders"}, "Orders"),
        ({"name": None, "displayText": "Orders"}, "Orders"),
        ({"displayText": HIT["qualifiedName"]}, ""),
        ({"name": HIT["qualifiedName"], "displayText": HIT["qualifiedName"]}, HIT["qualifiedName"]),
        ({}, ""),
    ],
)
def test_a_hit_whose_qualified_name_is_shown_for_want_of_a_name_has_none(shown: dict[str, Any], expected: str) -> None:
    hit = {key: value for key, value in HIT.items() if key != "name"} | shown
    (asset,) = wire.parse_search_page({**SEARCH, "value": [hit]}).assets
    assert asset.name == expected


@pytest.mark.parametrize("last", [{}, {"continuationToken": None}, {"continuationToken": ""}])
def test_the_last_search_page_has_no_token(last: dict[str, Any]) -> None:
    assert wire.parse_search_page({"@search.count": 1, "value": [HIT], **last}).token == ""


def test_a_search_that_finds_nothing_may_leave_out_its_hits() -> None:
    assert wire.parse_search_page({"@search.count": 0}).assets == ()


@pytest.mark.parametrize("body", [{}, {"error": {"code": "x"}}, {**SEARCH, "@search.count": "many"}, {"value": 7}])
def test_a_search_page_that_cannot_be_counted_is_unreadable(body: dict[str, Any]) -> None:
    with pytest.raises(UNREADABLE):
        wire.parse_search_page(body)


def test_collections_are_read_with_parent_and_next_link() -> None:
    assert wire.parse_collections(COLLECTIONS) == (
        [wire.Collection("abc123", "Finance", "acct")],
        "https://next.example",
    )


@pytest.mark.parametrize("parent", [None, "acct", {}])
def test_a_collection_without_a_parent_is_the_root(parent: Any) -> None:
    body = {"value": [{"name": "acct", "parentCollection": parent}], "nextLink": None}
    assert wire.parse_collections(body) == ([wire.Collection("acct", "acct", "")], "")


def test_a_type_comes_alone_or_in_a_list() -> None:
    expected = wire.EntityType("azure_sql_table", ("DataSet",))
    assert wire.parse_entity_type(TYPE) == wire.parse_entity_type({"entityDefs": [TYPE]}) == expected


@pytest.mark.parametrize("body", [{}, {"entityDefs": []}, {"superTypes": ["DataSet"]}])
def test_a_type_without_a_name_is_unreadable_since_it_would_be_remembered_for_good(body: Any) -> None:
    with pytest.raises(UNREADABLE):
        wire.parse_entity_type(body)


def test_glossaries_and_terms_are_read() -> None:
    assert wire.parse_glossaries([{"guid": "g", "name": "Glossary"}, {"name": "no guid"}]) == [
        wire.Glossary("g", "Glossary", "Glossary")
    ]
    assert wire.parse_term_headers({"value": [{"termGuid": "t", "displayText": "Term"}]}) == [
        wire.TermHeader("t", "Term")
    ]


PARSERS: tuple[Callable[[Any], Any], ...] = (
    wire.parse_glossaries,
    wire.parse_term_headers,
    wire.parse_assigned_entities,
    wire.parse_entities,
    wire.parse_entity_type,
    wire.parse_search_page,
    wire.parse_collections,
)


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize("body", NO_ANSWER)
def test_what_is_no_answer_is_never_nothing_found(parse: Callable[[Any], Any], body: Any) -> None:
    with pytest.raises(UNREADABLE):
        parse(body)


SOUND: tuple[Any, ...] = (
    [ASSIGNED],
    {"value": [ASSIGNED]},
    {"entities": [ENTITY]},
    {"entity": ENTITY},
    SEARCH,
    COLLECTIONS,
    {"entityDefs": [TYPE]},
)


@settings(max_examples=300)
@given(ANY_JSON | st.sampled_from(SOUND).flatmap(damaged))
def test_whatever_purview_answers_only_our_own_errors_escape(body: Any) -> None:
    for parse in PARSERS:
        with suppress(SyncError):
            parse(body)
