"""How the running app is asked: what lets a command in travels in a header, to that app and nowhere else."""

import json
from base64 import urlsafe_b64decode

import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response

from sync_core.commands.desk_elsewhere import open_desk
from sync_core.commands.exits import WrongRequestError
from sync_core.errors import ConfigError, TransientError
from tests.kit.scripted import Scripted
from tests.kit.services import Services, use_identity
from tests.kit.stage import elsewhere, service

__all__ = ["elsewhere", "service"]
KEY = "s33d-host-key"
SCOPE = "api://00000000-0000-0000-0000-000000000001"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNC_APP_KEY", KEY)


def test_a_key_travels_in_a_header_and_in_no_address(service: Scripted) -> None:
    desk = open_desk(service.url, "")
    desk.ask({"explain": "Grün & more"})
    desk.act({"action": "close", "id": "x"})
    question, order = service.asked
    assert (question.method, question.path, question.query) == ("GET", "/api/status", "explain=Gr%C3%BCn+%26+more")
    assert (order.method, order.path, order.query) == ("POST", "/api/actions", "")
    assert json.loads(order.body) == {"action": "close", "id": "x"}
    assert int(order.headers["content-length"]) == len(order.body)  # the host drops what comes chunked
    assert service.headers("x-functions-key") == [KEY, KEY]
    assert service.headers("authorization") == [None, None]


def test_with_a_scope_a_token_travels_and_no_key(
    service: Scripted, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_identity(monkeypatch, services.identity)
    open_desk(f"{service.url}/api/", SCOPE).ask({})
    (header,) = service.headers("authorization")
    assert header is not None
    claims = header.removeprefix("Bearer ").split(".")[1]
    assert json.loads(urlsafe_b64decode(claims + "=="))["aud"] == SCOPE
    assert service.asked[0].path == "/api/status"
    assert service.headers("x-functions-key") == [None]


def test_no_redirect_is_followed(service: Scripted, elsewhere: Scripted) -> None:
    service.answers = [RedirectResponse(f"{elsewhere.url}/login")]
    with pytest.raises(ConfigError, match="leads elsewhere, to a sign-in perhaps"):
        open_desk(service.url, "").ask({})
    assert elsewhere.asked == []


@pytest.mark.parametrize("answer", [None, Response("starting", 503), JSONResponse({"detail": "x"}, 500)])
def test_an_app_that_does_not_answer_can_be_asked_again(service: Scripted, answer: Response | None) -> None:
    service.answers = [answer]
    with pytest.raises(TransientError) as found:
        open_desk(service.url, "").ask({})
    assert KEY not in str(found.value)


def test_without_key_and_scope_nobody_is_asked(service: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNC_APP_KEY", " ")
    with pytest.raises(ConfigError, match="Set SYNC_APP_KEY to a host key"):
        open_desk(service.url, "")
    monkeypatch.setenv("SYNC_APP_KEY", "two\nlines")
    with pytest.raises(ConfigError, match="on one line"):
        open_desk(service.url, "")
    assert service.asked == []


@pytest.mark.parametrize(
    "url", ["http://app.example", "https://app.example?code=s33d", "https://user:s33d@app.example", "app.example", ""]
)
def test_a_key_goes_to_no_address_that_could_give_it_away(url: str) -> None:
    with pytest.raises(WrongRequestError) as found:
        open_desk(url, "")
    assert "s33d" not in str(found.value)
