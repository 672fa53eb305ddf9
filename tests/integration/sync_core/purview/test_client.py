"""The Purview client: what it asks for, how it pages, and what it makes of what is gone."""

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.responses import JSONResponse, Response

from sync_core.errors import AddressError, ConfigError, RejectedError, SyncError, TransientError
from sync_core.http.client import HttpClient
from sync_core.purview.client import ENTITIES_A_CALL, PURVIEW, PurviewClient
from sync_core.purview.wire import Collection, EntityType, TermHeader
from tests.kit.scripted import Asked, NumberedTokens, Scripted

GONE = {"errorCode": "ATLAS-404-00-005", "errorMessage": "Given instance guid is invalid/not found"}
UNKNOWN_TYPE = {"errorCode": "ATLAS-404-00-001", "errorMessage": "Given typename x was invalid"}
INVALID = {"errorCode": "ATLAS-404-00-007", "errorMessage": "Invalid instance creation/updation parameters passed"}


@pytest.fixture
def client(service: Scripted) -> PurviewClient:
    return PurviewClient(HttpClient(PURVIEW, service.url, tokens=NumberedTokens(), sleep=lambda _: None))


def query(asked: Asked) -> dict[str, list[str]]:
    return parse_qs(asked.query)


def store_without(*gone: str) -> Callable[[Asked], Response]:
    """Answer bulk reads as Purview does: one unknown guid fails the whole call."""

    def answer(asked: Asked) -> Response:
        guids = query(asked)["guid"]
        if set(guids) & set(gone):
            return JSONResponse(GONE, 404)
        return JSONResponse({"entities": [{"guid": guid, "typeName": "t", "attributes": {}} for guid in guids]})

    return answer


def headers(numbers: Sequence[int]) -> Response:
    return JSONResponse([{"termGuid": f"g{number}", "displayText": f"Term {number}"} for number in numbers])


def collections(name: str, next_link: Any) -> Response:
    return JSONResponse({"value": [{"name": name}], "nextLink": next_link})


def test_a_term_is_found_by_its_formal_name(service: Scripted, client: PurviewClient) -> None:
    service.answers = [JSONResponse({"entity": {"guid": "g1"}})]
    assert client.find_term("Sync & more@Glossary") == "g1"
    (asked,) = service.asked
    assert asked.path == "/datamap/api/atlas/v2/entity/uniqueAttribute/type/AtlasGlossaryTerm"
    assert query(asked)["attr:qualifiedName"] == ["Sync & more@Glossary"]
    assert query(asked)["api-version"] == ["2023-09-01"]


@pytest.mark.parametrize(
    "answer", [JSONResponse(GONE, 404), JSONResponse({"entity": {"guid": "g1", "status": "DELETED"}})]
)
def test_a_term_that_is_gone_is_none_whether_kept_as_deleted_or_not(
    service: Scripted, client: PurviewClient, answer: Response
) -> None:
    service.answers = [answer]
    assert client.find_term("Sync@Glossary") is None


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"typeName": "AtlasGlossaryTerm", "attributes": {"qualifiedName": "Other@Glossary"}}, None),
        ({"typeName": "azure_sql_table", "attributes": {"qualifiedName": "Sync@Glossary"}}, None),
        ({"typeName": "AtlasGlossaryTerm", "attributes": {"qualifiedName": "sync@Glossary "}}, "g1"),
        ({"typeName": "AtlasGlossaryTerm", "attributes": {}}, "g1"),
    ],
)
def test_what_is_told_of_another_term_is_not_the_one_that_was_asked_for(
    service: Scripted, client: PurviewClient, told: dict[str, Any], found: str | None
) -> None:
    service.answers = [JSONResponse({"entity": {"guid": "g1", **told}})]
    assert client.find_term("Sync@Glossary") == found


def test_an_asset_is_the_one_of_the_name_that_was_asked_for(service: Scripted, client: PurviewClient) -> None:
    told = {"guid": "g1", "typeName": "azure_sql_table", "attributes": {"qualifiedName": "mssql://s/db/dbo/Orders"}}
    service.answers = [JSONResponse({"entity": told}), JSONResponse({"entity": told})]
    assert client.find_asset("mssql://s/db/dbo/Customers") is None
    assert client.find_asset("mssql://s/db/dbo/Orders") is not None


def test_a_404_for_bad_parameters_is_not_taken_for_a_missing_term(service: Scripted, client: PurviewClient) -> None:
    service.answers = [JSONResponse(INVALID, 404)]
    with pytest.raises(RejectedError, match="ATLAS-404-00-007"):
        client.find_term("Sync@Glossary")


def test_glossaries_are_asked_for_without_their_terms(service: Scripted, client: PurviewClient) -> None:
    service.answers = [JSONResponse([{"guid": "g1", "name": "Glossary"}])]
    assert [glossary.name for glossary in client.fetch_glossaries()] == ["Glossary"]
    assert query(service.asked[0])["ignoreTermsAndCategories"] == ["true"]


@pytest.mark.parametrize("size", [3, 10, 1000])
def test_terms_are_read_to_the_end_also_where_a_server_caps_its_pages(
    service: Scripted, client: PurviewClient, size: int
) -> None:
    def page(asked: Asked) -> Response:
        start = int(query(asked)["offset"][0])
        return headers(range(10)[start : start + size])

    service.answers = [page] * 9
    assert list(client.fetch_term_headers("g")) == [TermHeader(f"g{number}", f"Term {number}") for number in range(10)]


def test_a_server_that_ignores_the_offset_does_not_keep_us_for_ever(service: Scripted, client: PurviewClient) -> None:
    service.answers = [headers([1, 2])] * 5
    assert len(list(client.fetch_term_headers("g"))) == 2
    assert len(service.asked) == 2


def test_assigned_entities_are_read_page_by_page(service: Scripted, client: PurviewClient) -> None:
    service.answers = [JSONResponse([{"guid": "e1", "typeName": "t", "displayText": "d"}])]
    (entity,) = client.fetch_assigned_entities("t/1", 2000)
    assert (entity.guid, entity.display_text) == ("e1", "d")
    (asked,) = service.asked
    assert asked.path == "/datamap/api/atlas/v2/glossary/terms/t/1/assignedEntities"
    assert (query(asked)["offset"], query(asked)["limit"]) == (["2000"], ["1000"])


@pytest.mark.parametrize("answer", [Response("<html>Sign in</html>"), JSONResponse(None), JSONResponse({"error": "x"})])
def test_what_is_no_list_of_assignments_is_not_an_empty_one(
    service: Scripted, client: PurviewClient, answer: Response
) -> None:
    service.answers = [answer]
    with pytest.raises(AddressError, match="check PURVIEW_ENDPOINT"):
        client.fetch_assigned_entities("t1", 0)


def test_assets_are_read_in_chunks_that_purview_can_bear(service: Scripted, client: PurviewClient) -> None:
    service.answers = [store_without()] * 9
    guids = [f"g{number}" for number in range(2 * ENTITIES_A_CALL + 1)]
    assert [asset.guid for asset in client.fetch_assets(guids)] == guids
    assert [len(query(asked)["guid"]) for asked in service.asked] == [ENTITIES_A_CALL, ENTITIES_A_CALL, 1]


@pytest.mark.parametrize("gone", [[], ["g0"], ["g3", "g4"], [f"g{number}" for number in range(7)]])
def test_a_guid_that_is_gone_does_not_hide_the_others(
    service: Scripted, client: PurviewClient, gone: list[str]
) -> None:
    service.answers = [store_without(*gone)] * 20
    guids = [f"g{number}" for number in range(7)]
    assert [asset.guid for asset in client.fetch_assets(guids)] == [guid for guid in guids if guid not in gone]


def test_what_nobody_asked_for_is_left_out_and_a_guid_is_written_as_it_was_asked(
    service: Scripted, client: PurviewClient
) -> None:
    told: list[dict[str, Any]] = [{"guid": guid, "typeName": "t", "attributes": {}} for guid in ("A1", "stranger")]
    service.answers = [JSONResponse({"entities": told})]
    assert [asset.guid for asset in client.fetch_few(["a1", "b2"])] == ["a1"]


@pytest.mark.parametrize(
    "ask",
    [lambda client: client.is_gone("a1"), lambda client: client.fetch_terms_of("a1")],
    ids=["gone", "terms"],
)
def test_an_answer_about_another_entity_says_nothing_of_this_one(
    service: Scripted, client: PurviewClient, ask: Callable[[PurviewClient], Any]
) -> None:
    another = {"guid": "b2", "status": "DELETED", "relationshipAttributes": {}}
    service.answers = [JSONResponse({"entity": another})]
    with pytest.raises(TransientError, match="asked for the entity a1 and told of b2"):
        ask(client)


def test_no_guids_are_no_request(service: Scripted, client: PurviewClient) -> None:
    assert list(client.fetch_assets([])) == []
    assert service.asked == []


def test_a_type_that_purview_does_not_know_is_none(service: Scripted, client: PurviewClient) -> None:
    service.answers = [JSONResponse(UNKNOWN_TYPE, 404)]
    assert client.fetch_entity_type("custom type/1") is None
    assert service.asked[0].path == "/datamap/api/atlas/v2/types/typedef/name/custom type/1"


@pytest.mark.parametrize(
    "answer",
    [Response("", 404), JSONResponse(INVALID, 400), JSONResponse({"name": "another", "superTypes": []})],
)
def test_an_answer_that_does_not_tell_a_type_is_no_knowledge(
    service: Scripted, client: PurviewClient, answer: Response
) -> None:
    service.answers = [answer]
    with pytest.raises(SyncError):
        client.fetch_entity_type("azure_sql_table")


def test_a_type_is_read_with_its_super_types(service: Scripted, client: PurviewClient) -> None:
    service.answers = [JSONResponse({"name": "azure_sql_table", "superTypes": ["DataSet"]})]
    assert client.fetch_entity_type("azure_sql_table") == EntityType("azure_sql_table", ("DataSet",))


@pytest.mark.parametrize("parameter", ["$skipToken", "%24skipToken", "skip"])
def test_collections_are_read_to_the_end_from_our_own_address(
    service: Scripted, elsewhere: Scripted, client: PurviewClient, parameter: str
) -> None:
    service.answers = [
        collections("one", f"{elsewhere.url}/collections?api-version=2019-11-01-preview&{parameter}=next"),
        collections("two", None),
    ]
    assert list(client.fetch_collections()) == [Collection("one", "one", ""), Collection("two", "two", "")]
    assert elsewhere.asked == []
    assert query(service.asked[1])[parameter.replace("%24", "$")] == ["next"]


@pytest.mark.parametrize("link", ["", None, "http://[", "https://x.example/no-parameters", 7])
def test_a_link_that_leads_on_to_nothing_ends_the_collections(
    service: Scripted, client: PurviewClient, link: Any
) -> None:
    service.answers = [collections("one", link)]
    assert [collection.name for collection in client.fetch_collections()] == ["one"]


def test_a_link_that_comes_back_does_not_keep_us_for_ever(service: Scripted, client: PurviewClient) -> None:
    service.answers = [collections(str(number), "https://x.example/?$skipToken=same") for number in range(9)]
    assert len(list(client.fetch_collections())) == 2


def test_links_to_ever_another_page_without_news_do_not_keep_us_for_ever(
    service: Scripted, client: PurviewClient
) -> None:
    service.answers = [collections("one", f"https://x.example/?$skipToken={number}") for number in range(9)]
    assert [collection.name for collection in client.fetch_collections()] == ["one"]
    assert len(service.asked) == 4


@pytest.mark.parametrize(
    ("page", "read"),
    [
        (lambda number: collections(str(number), f"?token={number}"), lambda client: client.fetch_collections()),
        (lambda number: headers([number]), lambda client: client.fetch_term_headers("g")),
    ],
    ids=["collections", "terms"],
)
def test_a_list_that_always_has_news_ends_with_its_time(service: Scripted, page: Any, read: Any) -> None:
    service.answers = list(map(page, range(500)))
    client = PurviewClient(HttpClient(PURVIEW, service.url, tokens=NumberedTokens()), list_s=0.1)
    with pytest.raises(TransientError, match="did not end in time"):
        list(read(client))


def test_a_search_repeats_its_whole_body_with_the_token(service: Scripted, client: PurviewClient) -> None:
    service.answers = [JSONResponse({"@search.count": 0})] * 2
    wanted = {"not": {"objectType": "Glossary terms"}}
    client.search(wanted, limit=1000)
    client.search(wanted, limit=1, token="next", orderby="updateTime DESC")
    first, second = (json.loads(asked.body) for asked in service.asked)
    assert first == {"keywords": None, "limit": 1000, "filter": wanted}
    assert second == {
        "keywords": None,
        "limit": 1,
        "filter": wanted,
        "orderby": [{"updateTime": "DESC"}],
        "continuationToken": "next",
    }
    assert [query(asked) for asked in service.asked] == [{"api-version": ["2023-09-01"]}] * 2


@pytest.mark.parametrize(
    ("answer", "is_gone"),
    [
        (JSONResponse(GONE, 404), True),
        (JSONResponse({"entity": {"guid": "g1", "status": "DELETED"}}), True),
        (JSONResponse({"entity": {"guid": "g1", "status": "ACTIVE"}}), False),
        (JSONResponse({"entity": {"guid": "g1"}}), False),
    ],
)
def test_an_entity_is_gone_when_the_store_says_so(
    service: Scripted,
    client: PurviewClient,
    answer: Response,
    is_gone: bool,  # noqa: FBT001 - a row of the table
) -> None:
    service.answers = [answer]
    assert client.is_gone("g1") is is_gone
    assert service.asked[0].path == "/datamap/api/atlas/v2/entity/guid/g1"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (JSONResponse(INVALID, 404), RejectedError),
        (JSONResponse({"error": {"code": "Unauthorized"}}, 403), ConfigError),
        (Response("<html>Not found</html>", 404), ConfigError),
        (JSONResponse({}), AddressError),
        (JSONResponse({"entity": {}}), AddressError),
    ],
)
def test_an_answer_that_says_something_else_does_not_say_that_an_entity_is_gone(
    service: Scripted, client: PurviewClient, answer: Response, error: type[Exception]
) -> None:
    service.answers = [answer] * 3
    with pytest.raises(error):
        client.is_gone("g1")
