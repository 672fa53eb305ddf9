"""What leaves the app with a request, and what never does."""

import json
import logging
import socket
import traceback
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.responses import JSONResponse, RedirectResponse, Response

from sync_core import __version__
from sync_core.errors import AddressError, ConfigError, SyncError, TransientError
from sync_core.http.client import CONNECT_TIMEOUT_S, READ_TIMEOUT_S, Call, HttpClient
from sync_core.http.pace import Pace
from tests.kit.scripted import LIBRARY, NumberedTokens, Scripted, make_door

GET = Call("GET", "/books", {"title": "a secret title"}, operation="find_books")


class WatchedSession(requests.Session):
    """Notes each request's time limits, and may shorten them."""

    def __init__(self, timeout_s: float | None = None) -> None:
        super().__init__()
        self.timeouts: list[Any] = []
        self._timeout_s = timeout_s

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        self.timeouts.append(kwargs["timeout"])
        return super().send(request, **{**kwargs, "timeout": self._timeout_s or kwargs["timeout"]})


def log_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "sync_core.http.client"]


def test_a_request_carries_parameters_body_token_and_an_id_of_its_own(service: Scripted) -> None:
    call = Call("POST", "/books", {"shelf": ["a", "b"]}, json={"title": "Émile"})
    answer = make_door(service, tokens=NumberedTokens()).send(call)
    (asked,) = service.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/books", "shelf=a&shelf=b")
    assert asked.headers["authorization"] == "Bearer token-1"
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["user-agent"] == f"purview-cluedin-sync/{__version__}"
    assert asked.headers["x-ms-client-request-id"] == answer.request_id
    assert json.loads(asked.body) == {"title": "Émile"}


def test_every_request_has_time_limits(service: Scripted) -> None:
    session = WatchedSession()
    service.answers = [Response("", 503), Response("", 401)]
    make_door(service, session=session, tokens=NumberedTokens()).send(GET)
    assert session.timeouts == [(CONNECT_TIMEOUT_S, READ_TIMEOUT_S)] * 3


def test_what_comes_too_soon_waits_each_try_of_it(service: Scripted) -> None:
    waits: list[float] = []
    pace = Pace(None, lambda: 1.0, lambda: 1000.0, waits.append)
    service.answers = [Response("", 503), Response("", 503)]
    make_door(service, pace=pace, tokens=NumberedTokens()).send(GET)
    assert waits == [1.0, 2.0]  # the first one goes at once


def test_a_service_that_never_answers_is_a_passing_failure_that_names_its_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        door = HttpClient(LIBRARY, url, session=WatchedSession(timeout_s=0.1), sleep=lambda _: None)
        with pytest.raises(TransientError, match=r"did not answer in time \(find_books.*check LIBRARY_URL"):
            door.send(GET)


@pytest.mark.parametrize("host", ["127.0.0.1:1", "no-such-host.invalid"])
def test_a_service_out_of_reach_is_a_passing_failure_that_names_its_setting(host: str) -> None:
    door = HttpClient(LIBRARY, f"http://{host}", sleep=lambda _: None)
    with pytest.raises(TransientError, match=r"could not be reached \(find_books.*check LIBRARY_URL"):
        door.send(GET)


@pytest.mark.parametrize("url", ["library.example", "http://", "http://a..b", "http://*.example", "http://[::"])
def test_an_address_that_is_none_is_for_a_person_to_mend(url: str) -> None:
    with pytest.raises(ConfigError, match="LIBRARY_URL"):
        HttpClient(LIBRARY, url, sleep=lambda _: None).send(GET)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(service: Scripted, elsewhere: Scripted, status: int) -> None:
    service.answers = [RedirectResponse(f"{elsewhere.url}/login", status)]
    with pytest.raises(AddressError, match="Expected no redirect: check LIBRARY_URL"):
        make_door(service, tokens=NumberedTokens()).send(GET)
    assert elsewhere.asked == []


def test_a_netrc_file_is_not_asked_for_a_password(
    service: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    make_door(service).send(GET)
    make_door(service, tokens=NumberedTokens()).send(GET)
    assert service.headers("authorization") == [None, "Bearer token-1"]


def test_a_cookie_is_not_sent_back(service: Scripted) -> None:
    service.answers = [JSONResponse({}, headers={"Set-Cookie": "session=1; Path=/"})]
    door = make_door(service)
    door.send(GET)
    door.send(GET)
    assert service.headers("cookie") == [None, None]


def test_one_line_is_logged_for_each_request(service: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "sync_core")
    service.answers = [Response("", 503), None]
    answer = make_door(service).send(GET)
    lines = log_lines(caplog)
    assert [line.partition(",")[0] for line in lines] == [
        "library GET /books find_books -> 503",
        "library GET /books find_books -> ConnectionError",
        "library GET /books find_books -> 200",
    ]
    assert answer.request_id in lines[2]


def test_no_line_shows_what_was_asked_or_answered(service: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    service.answers = [Response("a secret answer", 401)]
    form = {"password": "a secret password"}
    call = Call("POST", "/books", {"title": "a secret title"}, form=form)
    make_door(service, tokens=NumberedTokens()).send(call)
    assert len(log_lines(caplog)) == 2
    assert not any(hidden in caplog.text for hidden in ("secret", "token-", "title"))


def test_an_error_on_its_way_shows_no_token(service: Scripted) -> None:
    service.answers = [Response("no", 400)]
    with pytest.raises(SyncError) as caught:
        make_door(service, tokens=NumberedTokens()).send(GET)
    assert "token-1" not in "".join(traceback.format_exception(caught.value))
