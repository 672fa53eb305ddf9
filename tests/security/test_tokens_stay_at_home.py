"""A token goes to the host that the settings name and to no other, whatever a service answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.responses import JSONResponse, Response

from sync_core.cluedin.client import CLUEDIN, CluedInClient, is_refused
from sync_core.cluedin.data_sets import CluedInDataSets
from sync_core.errors import AddressError, SlowAnswerError, SyncError, TransientError
from sync_core.http.client import Call, HttpClient
from sync_core.http.tokens import GivenToken, PasswordTokens
from sync_core.jobs.message import AssetMessage
from sync_core.purview.client import PURVIEW, PurviewClient
from sync_core.purview.lineage_client import PurviewLineageClient
from sync_core.storage.connection import INTERACTIVE, StorageConnection
from sync_core.storage.queues import WorkQueue
from sync_core.storage.table import Table
from tests.kit.scripted import Scripted
from tests.security.impostor import impostor

DATA_SET_ID = "925268ec-8908-44e2-8d0c-d83fe50937d0"
REDIRECTS = pytest.mark.parametrize("status", [301, 302, 303, 307, 308])


def door_to(service: Scripted, **parts: Any) -> HttpClient:
    return HttpClient(PURVIEW, service.url, tokens=GivenToken("the-token"), sleep=lambda _: None, **parts)


def cluedin_at(service: Scripted) -> CluedInClient:
    door = HttpClient(CLUEDIN, service.url, tokens=GivenToken("the-token"), is_refused=is_refused, sleep=lambda _: None)
    return CluedInClient(door)


CALLS: dict[str, Callable[[Scripted], object]] = {
    "a read": lambda service: PurviewClient(door_to(service)).fetch_glossaries(),
    "a page of collections": lambda service: list(PurviewClient(door_to(service)).fetch_collections()),
    "a search": lambda service: PurviewClient(door_to(service)).search({}, limit=1),
    "a write": lambda service: PurviewLineageClient(door_to(service)).write([], "abc123"),
    "a delete": lambda service: PurviewLineageClient(door_to(service)).delete(["guid"]),
    "a query": lambda service: cluedin_at(service).query("me", {}),
    "a mutation": lambda service: cluedin_at(service).create_group("name"),
    "a sign-in": lambda service: PasswordTokens(HttpClient(CLUEDIN, service.url), "acme", "user", "password").token(),
}


@REDIRECTS
@pytest.mark.parametrize("what", CALLS)
def test_no_redirect_is_followed(service: Scripted, elsewhere: Scripted, what: str, status: int) -> None:
    service.answers = [Response("", status, {"Location": f"{elsewhere.url}{path}"}) for path in ("", "/", "//a", "/b")]
    with pytest.raises(AddressError, match="Expected no redirect"):
        CALLS[what](service)
    assert len(service.asked) == 1
    assert elsewhere.asked == []


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("name", ["Location", "Content-Location", "Operation-Location", "Azure-AsyncOperation", "Link"])
def test_no_address_in_a_header_is_followed(service: Scripted, elsewhere: Scripted, name: str, status: int) -> None:
    value = f'<{elsewhere.url}>; rel="next"' if name == "Link" else elsewhere.url
    service.answers = [Response("{}", status, {name: value, "Refresh": f"0; url={elsewhere.url}", "Retry-After": "0"})]
    door_to(service).send(Call("POST", "/entity"))
    assert elsewhere.asked == []


def test_a_challenge_that_names_another_sign_in_is_not_taken_up(service: Scripted, elsewhere: Scripted) -> None:
    challenge = f'Bearer authorization_uri="{elsewhere.url}/login", resource="{elsewhere.url}"'
    service.answers = [Response("", 401, {"WWW-Authenticate": challenge})] * 2
    with pytest.raises(SyncError):
        CALLS["a read"](service)
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    "link", ["{url}/account/collections?$skipToken=abc", "//{host}/x?$skipToken=abc", "?$skipToken=abc"]
)
def test_of_the_link_to_the_next_page_only_the_page_counts(service: Scripted, elsewhere: Scripted, link: str) -> None:
    next_link = link.format(url=elsewhere.url, host=urlsplit(elsewhere.url).netloc)
    service.answers = [JSONResponse({"value": [], "nextLink": next_link}), JSONResponse({"value": []})]
    assert list(PurviewClient(door_to(service)).fetch_collections()) == []
    assert [asked.path for asked in service.asked] == ["/account/collections"] * 2
    assert "%24skipToken=abc" in service.asked[1].query
    assert elsewhere.asked == []


def test_a_page_token_stays_in_its_place(service: Scripted) -> None:
    service.answers = [
        JSONResponse({"value": [], "nextLink": "?%24skipToken=x%26redirect%3Dhttp%3A%2F%2Fevil%23"}),
        JSONResponse({"value": []}),
    ]
    list(PurviewClient(door_to(service)).fetch_collections())
    assert service.asked[1].query == "api-version=2019-11-01-preview&%24skipToken=x%26redirect%3Dhttp%3A%2F%2Fevil%23"


def test_addresses_in_graphql_answers_are_names_like_others(service: Scripted, elsewhere: Scripted) -> None:
    url = elsewhere.url
    source = {"id": url, "name": url, "type": url, "url": url, "dataSets": [{"id": url, "name": url, "url": url}]}
    group = {"id": url, "name": url, "href": url, "dataSources": [source]}
    data = {
        "inbound": {
            "dataSourceSets": {"total": 1, "data": [group], "next": url},
            "dataSource": source,
            "dataSet": {
                "id": DATA_SET_ID,
                "name": url,
                "dataSource": {**source, "dataSourceSet": group},
                "annotationId": url,
            },
        },
        "preparation": {"annotation": {"entityType": url}, "getAnnotationSubmissions": {"data": [{"link": url}]}},
    }
    service.answers = [JSONResponse({"data": data, "extensions": {"next": url}})] * 9
    client = cluedin_at(service)
    assert [found.id for found in client.fetch_groups("")] == [url]
    assert CluedInDataSets(client).fetch(DATA_SET_ID)
    assert list(CluedInDataSets(client).fetch_summaries("1"))
    assert {asked.path for asked in service.asked} == {"/graphql"}
    assert elsewhere.asked == []


@pytest.mark.parametrize("segment", ["../../../evil", "..", "%2e%2e/", "a/b?c=d#e", "http://evil.example/"])
def test_an_id_in_a_path_leads_out_of_no_service(service: Scripted, elsewhere: Scripted, segment: str) -> None:
    service.answers = [JSONResponse([])] * 3
    PurviewClient(door_to(service)).fetch_assigned_entities(segment, 0)
    assert len(service.asked) == 1
    assert elsewhere.asked == []


@REDIRECTS
def test_what_storage_points_to_is_not_taken_for_our_state(service: Scripted, elsewhere: Scripted, status: int) -> None:
    uris = f"TableEndpoint={service.url}/acct;QueueEndpoint={service.url}/acct"
    storage = StorageConnection(connection_string=f"AccountName=acct;AccountKey=c2VlZA==;{uris}", patience=INTERACTIVE)
    service.answers = [Response("", status, {"Location": elsewhere.url})] * 2
    with pytest.raises(SlowAnswerError, match=f"{status}"):
        Table(storage.tables, "any").get("a", "b")
    with pytest.raises(SlowAnswerError, match=f"{status}"):
        WorkQueue(storage.queues, "any").send(AssetMessage.of("0" * 32))
    assert elsewhere.asked == []


def test_a_storage_token_does_not_travel_over_http() -> None:
    storage = StorageConnection(table_uri="http://127.0.0.1:9", queue_uri="http://127.0.0.1:9", new_credential=NoTokens)
    for connect in (lambda: storage.tables, lambda: storage.queues):
        with pytest.raises(ValueError, match="only supported with HTTPS"):
            connect()


class NoTokens:
    """A credential that nobody may ask."""

    def get_token(self, *_: object, **__: object) -> Any:
        raise AssertionError


def test_a_host_without_a_certificate_that_can_be_trusted_gets_nothing(tmp_path: Path) -> None:
    with impostor(tmp_path) as (url, arrived):
        door = HttpClient(PURVIEW, url, tokens=GivenToken("the-token"), sleep=lambda _: None)
        with pytest.raises(TransientError, match="SSLError"):
            door.send(Call("GET", "/glossary"))
        with pytest.raises(SyncError, match="SSLError"):
            PasswordTokens(HttpClient(CLUEDIN, url, sleep=lambda _: None), "acme", "user", "password").token()
    assert arrived == []
