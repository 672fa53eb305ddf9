"""A service that answers a failure with the request: what we sent is in no error, whatever the form of the answer."""

import html
import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from starlette.responses import JSONResponse, Response

from sync_core.app import App
from sync_core.cluedin.client import CLUEDIN, CluedInClient
from sync_core.errors import SyncError
from sync_core.http.client import Call, HttpClient
from sync_core.http.tokens import GivenToken, PasswordTokens
from sync_core.runs.run import RunKind, RunRecord
from sync_core.runs.run_log import recorded_run
from sync_core.runtime import Runtime
from tests.kit.scripted import Asked, Scripted, make_door
from tests.kit.settings import settings_of

TOKEN = "opaque/token+of=the&day"
PASSWORD = 'p4ss "wörd"/&<+>'
REFRESH = "refresh/again+and=again"
Echo = Callable[[Asked], Response]


def as_text(asked: Asked) -> Response:
    return Response(f"{dict(asked.headers)} {asked.body.decode()}", 500)


def as_json(asked: Asked) -> Response:
    return JSONResponse({"errorCode": "X", "errorMessage": asked.headers.get("authorization", "")}, 400)


def as_code(asked: Asked) -> Response:
    return JSONResponse({"error": {"code": asked.headers.get("authorization", ""), "message": ""}}, 400)


def as_page(asked: Asked) -> Response:
    return Response(f"<h1>{html.escape(asked.headers.get('authorization', ''))}</h1>", 502)


def as_description(asked: Asked) -> Response:
    return JSONResponse({"error": "invalid_grant", "error_description": asked.body.decode()}, 400)


def cut_in_the_middle(asked: Asked) -> Response:
    return Response("x" * 295 + asked.headers.get("authorization", asked.body.decode()), 500)


def failure(door: HttpClient, call: Call) -> str:
    with pytest.raises(SyncError) as caught:
        door.send(call)
    return str(caught.value)


@pytest.mark.parametrize("echo", [as_text, as_json, as_code, as_page, cut_in_the_middle])
def test_the_token_is_in_no_error(service: Scripted, echo: Echo) -> None:
    service.answers = [echo] * 3
    said = failure(make_door(service, tokens=GivenToken(TOKEN)), Call("GET", "/books"))
    assert "opaque" not in said, said


def test_a_token_that_comes_back_beside_graphql_errors_is_in_no_error(service: Scripted) -> None:
    service.answers = [lambda asked: JSONResponse({"errors": [{"message": f"no: {asked.headers['authorization']}"}]})]
    client = CluedInClient(HttpClient(CLUEDIN, service.url, tokens=GivenToken(TOKEN), sleep=lambda _: None))
    with pytest.raises(SyncError, match="no: Bearer") as caught:
        client.query("me", {})
    assert "opaque" not in str(caught.value)


def sign_in(service: Scripted) -> PasswordTokens:
    return PasswordTokens(HttpClient(CLUEDIN, service.url, sleep=lambda _: None), "acme", "sync@acme.example", PASSWORD)


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize(
    "spell", [lambda asked: asked.body.decode(), lambda _: PASSWORD, lambda _: json.dumps({"was": PASSWORD})]
)
def test_the_password_is_in_no_error(service: Scripted, spell: Callable[[Asked], str], status: int) -> None:
    service.answers = [lambda asked: Response(f"cannot read {spell(asked)}", status)]
    with pytest.raises(SyncError, match="cannot read") as caught:
        sign_in(service).token()
    assert "p4ss" not in str(caught.value), str(caught.value)


def test_a_refresh_token_that_is_given_again_is_kept_and_one_that_is_refused_is_in_no_error(service: Scripted) -> None:
    grant = {"access_token": "first", "refresh_token": REFRESH, "expires_in": 100}
    tokens = sign_in(service)
    service.answers = [JSONResponse(grant), JSONResponse({**grant, "access_token": "second"})]
    assert tokens.renew(tokens.token()) == "second"
    service.answers = [lambda asked: Response(f"cannot read {asked.body.decode()} {REFRESH}", 503)]
    with pytest.raises(SyncError, match="cannot read") as caught:
        tokens.renew("second")
    assert "again" not in str(caught.value)
    assert REFRESH.encode() in service.asked[-1].body or b"refresh%2Fagain" in service.asked[-1].body


def test_what_the_app_holds_is_in_no_reason_whoever_says_it(service: Scripted, storage: str) -> None:
    settings = settings_of(service.url, service.url, storage, CLUEDIN_PASSWORD=PASSWORD)
    app = App(settings, Runtime(sleep=lambda _: None))
    grant = {"access_token": TOKEN, "refresh_token": REFRESH, "expires_in": 3600}
    told = {"message": f"login of {PASSWORD} with {REFRESH} and {TOKEN}"}
    service.answers = [JSONResponse(grant), JSONResponse({"errors": [told]})]
    with pytest.raises(SyncError, match="login of"):
        app.cluedin.query("me", {})

    service.answers = [JSONResponse({"error": {"code": "X", "message": told["message"]}}, 500)] * 3
    run = failed_run(app, f"It said: {told['message']}")
    for said in (run.error, *run.notes):
        assert said.count("***") == 3
        assert [secret for secret in (PASSWORD, REFRESH, TOKEN) if secret in said] == []


def failed_run(app: App, note: str) -> RunRecord:
    """Return the record of a run that notes something and fails of CluedIn."""
    with suppress(SyncError), recorded_run(app.runs, RunKind.DISCOVER, "run", app.runtime.now) as log:
        log.notes.append(note)
        app.cluedin.query("me", {})
    return app.runs.latest(RunKind.DISCOVER, 1)[0]


def test_an_error_code_of_any_length_stays_short(service: Scripted) -> None:
    service.answers = [JSONResponse({"errorCode": "x" * 100_000, "errorMessage": "y" * 100_000}, 400)]
    assert len(failure(make_door(service), Call("GET", "/books"))) < 1000
