"""Answers that are no answers: each call ends as it should or with an error of ours, never in any other way."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from starlette.responses import JSONResponse, Response

from sync_core.cluedin.client import CLUEDIN, CluedInClient, is_refused
from sync_core.cluedin.data_sets import CluedInDataSets
from sync_core.errors import SyncError
from sync_core.http.client import HttpClient
from sync_core.http.tokens import GivenToken, PasswordTokens
from sync_core.purview.client import PURVIEW, PurviewClient
from sync_core.purview.graph import EntityRef
from sync_core.purview.lineage_client import PurviewLineageClient
from tests.kit.scripted import Scripted

pytestmark = pytest.mark.faults

HUGE = b"9" * 400
ODD = {
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"data":' * 50_000,
    "a number of 5,000 digits": b"9" * 5_000,
    "a number without end": b"1e400",
    "no number": b"NaN",
    "half a character": b'{"name": "\\ud800", "errors": [{"message": "\\udfff"}]}',
    "no text": b"\xff\xfe\x00",
    "a page": b"<html><script>alert(1)</script></html>",
    "nothing": b"",
    "null": b"null",
    "huge numbers": b'{"total": %s, "@search.count": %s, "value": [], "data": {"inbound": {"dataSourceSets": '
    b'{"total": %s, "data": []}}}, "access_token": "t", "expires_in": %s}' % (HUGE, HUGE, HUGE, HUGE),
}
STATUSES = (200, 400, 500)


def purview_at(service: Scripted) -> HttpClient:
    return HttpClient(PURVIEW, service.url, tokens=GivenToken("t"), sleep=lambda _: None)


def cluedin_at(service: Scripted) -> CluedInClient:
    return CluedInClient(
        HttpClient(CLUEDIN, service.url, tokens=GivenToken("t"), is_refused=is_refused, sleep=lambda _: None)
    )


CALLS: list[Callable[[Scripted], object]] = [
    lambda service: PurviewClient(purview_at(service)).fetch_glossaries(),
    lambda service: PurviewClient(purview_at(service)).fetch_assigned_entities("guid", 0),
    lambda service: list(PurviewClient(purview_at(service)).fetch_assets(["guid"])),
    lambda service: PurviewClient(purview_at(service)).fetch_entity_type("type"),
    lambda service: list(PurviewClient(purview_at(service)).fetch_collections()),
    lambda service: PurviewClient(purview_at(service)).search({}, limit=1),
    lambda service: PurviewLineageClient(purview_at(service)).find(EntityRef("type", "name")),
    lambda service: PurviewLineageClient(purview_at(service)).write([], "abc123"),
    lambda service: list(cluedin_at(service).fetch_groups("")),
    lambda service: cluedin_at(service).create_group("name"),
    lambda service: cluedin_at(service).fetch_configuration(),
    lambda service: CluedInDataSets(cluedin_at(service)).fetch("925268ec-8908-44e2-8d0c-d83fe50937d0"),
    lambda service: PasswordTokens(HttpClient(CLUEDIN, service.url), "acme", "user", "password").token(),
]


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_an_answer_of_any_kind_ends_in_a_value_or_in_an_error_of_ours(service: Scripted, body: bytes) -> None:
    for status in STATUSES:
        for call in CALLS:
            service.reset()
            service.answers = [Response(body, status, media_type="application/json")] * 20
            with suppress(SyncError):
                call(service)
            assert service.asked


def test_a_token_said_to_live_for_ever_is_renewed_within_a_day(service: Scripted) -> None:
    now = [0.0]
    tokens = PasswordTokens(HttpClient(CLUEDIN, service.url), "acme", "user", "password", lambda: now[0])
    service.answers = [JSONResponse({"access_token": str(number), "expires_in": 10**300}) for number in (1, 2)]
    assert tokens.token() == "1"
    now[0] = 24 * 3600
    assert tokens.token() == "2"
