"""Somebody else is where Purview or CluedIn should be: no call takes that for an answer, each names the setting."""

from collections.abc import Callable

import pytest
from starlette.responses import JSONResponse, Response

from infra.roles.collection_policies import PurviewPolicies
from sync_core.cluedin.client import CLUEDIN, CluedInClient, is_refused
from sync_core.cluedin.data_sets import CluedInDataSets
from sync_core.errors import AddressError, TransientError
from sync_core.http.client import HttpClient
from sync_core.http.tokens import GivenToken, PasswordTokens
from sync_core.purview.client import PURVIEW, PurviewClient
from sync_core.purview.graph import EntityRef
from sync_core.purview.lineage_client import PurviewLineageClient
from tests.kit.scripted import Scripted

GUID = "925268ec-8908-44e2-8d0c-d83fe50937d0"
TYPES = {"entityDefs": [{"name": "cluedin_data_set"}]}
SOMEBODY: dict[str, Callable[[], Response]] = {
    "a page": lambda: Response("<!DOCTYPE html><html><title>Sign in</title></html>", media_type="text/html"),
    "nothing": lambda: Response(""),
    "nothing, as if it were done": lambda: Response(status_code=204),
    "other JSON": lambda: JSONResponse({"status": "ok", "version": "1.0"}),
    "a list": lambda: JSONResponse(["hello"]),
    "no such path": lambda: JSONResponse({"error": {"code": "RequestUriNotFound", "message": "no such path"}}, 404),
    "a page that is not there": lambda: Response("<html>Not found</html>", 404),
    "a page for reading only": lambda: Response("<html>Not allowed</html>", 405),
}


def purview_at(service: Scripted) -> HttpClient:
    return HttpClient(PURVIEW, service.url, tokens=GivenToken("a-token"), sleep=lambda _: None)


def cluedin_at(service: Scripted) -> CluedInClient:
    return CluedInClient(
        HttpClient(CLUEDIN, service.url, tokens=GivenToken("a-token"), is_refused=is_refused, sleep=lambda _: None)
    )


PURVIEW_CALLS: dict[str, Callable[[Scripted], object]] = {
    "glossaries": lambda service: PurviewClient(purview_at(service)).fetch_glossaries(),
    "assignments": lambda service: PurviewClient(purview_at(service)).fetch_assigned_entities("guid", 0),
    "assets": lambda service: list(PurviewClient(purview_at(service)).fetch_assets(["guid"])),
    "is gone": lambda service: PurviewClient(purview_at(service)).is_gone("guid"),
    "collections": lambda service: list(PurviewClient(purview_at(service)).fetch_collections()),
    "search": lambda service: PurviewClient(purview_at(service)).search({}, limit=1),
    "policies": lambda service: PurviewPolicies(purview_at(service)).fetch("abc123"),
    "types": lambda service: PurviewLineageClient(purview_at(service)).register_types(TYPES),
    "find": lambda service: PurviewLineageClient(purview_at(service)).find(EntityRef("type", "name")),
    "find all": lambda service: PurviewLineageClient(purview_at(service)).find_all(["guid"]),
    "write": lambda service: PurviewLineageClient(purview_at(service)).write([], "abc123"),
    "delete": lambda service: PurviewLineageClient(purview_at(service)).delete(["guid"]),
    "move": lambda service: PurviewLineageClient(purview_at(service)).move(["guid"], "abc123"),
}
CLUEDIN_CALLS: dict[str, Callable[[Scripted], object]] = {
    "groups": lambda service: list(cluedin_at(service).fetch_groups("")),
    "create": lambda service: cluedin_at(service).query("me", {}),
    "author": lambda service: cluedin_at(service).author_id(),
    "settings": lambda service: cluedin_at(service).fetch_configuration(),
    "data set": lambda service: CluedInDataSets(cluedin_at(service)).fetch(GUID),
    "data sets": lambda service: list(CluedInDataSets(cluedin_at(service)).fetch_summaries("1")),
    "submissions": lambda service: list(CluedInDataSets(cluedin_at(service)).fetch_submissions("1", GUID)),
    "sign-in": lambda service: PasswordTokens(HttpClient(CLUEDIN, service.url), "acme", "user", "password").token(),
}


def answers(service: Scripted, make: Callable[[], Response]) -> None:
    service.answers = [make() for _ in range(9)]


@pytest.mark.parametrize("somebody", SOMEBODY)
@pytest.mark.parametrize("call", PURVIEW_CALLS)
def test_nobody_else_is_taken_for_purview(service: Scripted, call: str, somebody: str) -> None:
    answers(service, SOMEBODY[somebody])
    with pytest.raises(AddressError, match=r"check PURVIEW_ENDPOINT; it is written as https://\{account\}"):
        PURVIEW_CALLS[call](service)


@pytest.mark.parametrize("somebody", SOMEBODY)
@pytest.mark.parametrize("call", CLUEDIN_CALLS)
def test_nobody_else_is_taken_for_cluedin(service: Scripted, call: str, somebody: str) -> None:
    answers(service, SOMEBODY[somebody])
    with pytest.raises(AddressError, match=r"check CLUEDIN_URL; it is written as the organization's address"):
        CLUEDIN_CALLS[call](service)


def test_an_answer_that_was_cut_short_is_a_passing_failure(service: Scripted) -> None:
    for call in (PURVIEW_CALLS["glossaries"], CLUEDIN_CALLS["groups"]):
        service.answers = [Response('{"data": {"inb', media_type="application/json")]
        with pytest.raises(TransientError):
            call(service)


def test_purview_may_tell_no_types_where_it_has_registered_them(service: Scripted) -> None:
    known = {"name": "cluedin_data_set", "superTypes": []}
    service.answers = [JSONResponse({}), JSONResponse(known)]
    PurviewLineageClient(purview_at(service)).register_types(TYPES)
    assert [asked.method for asked in service.asked] == ["POST", "GET"]
