"""Where people sign in with Microsoft Entra ID the host asks for no key: the app itself lets nobody else in."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.host.process import HostProcess, start_host
from local.service import REPOSITORY
from local.stack import make_environment
from sync_core.operations.actions.signed_in import find_signed_in

CLOSED = "http://127.0.0.1:9"
SECRET = "s33d"
ADA = {"X-MS-CLIENT-PRINCIPAL-NAME": "ada@example.com", "X-MS-CLIENT-PRINCIPAL-ID": "0a1b"}
WEB = [("GET", "status"), ("GET", "dashboard"), ("POST", "dashboard"), ("POST", "actions")]
WEBHOOK = "webhooks/cluedin/data-set-processed"


def start(folder: Path, **variables: str) -> Iterator[HostProcess]:
    """Run the app with settings that are wrong, and tell so to whoever is let in."""
    settings = {"WEB_SIGN_IN": "entra", "CLUEDIN_URL": f"https://user:{SECRET}@x.example", **variables}
    environment = make_environment(CLOSED, CLOSED, CLOSED, "UseDevelopmentStorage=true", settings)
    arguments = ["--timers", "off", "--queues", "off"]
    with start_host(Path(REPOSITORY), environment, folder / "host.log", arguments=arguments) as process:
        yield process


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """The app where the platform's sign-in is on; the test writes the headers that the platform would."""
    yield from start(tmp_path_factory.mktemp("on"), WEBSITE_AUTH_ENABLED="True")


@pytest.fixture(scope="module")
def unguarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """The app where somebody forgot to switch the platform's sign-in on."""
    yield from start(tmp_path_factory.mktemp("off"))


@pytest.mark.parametrize(("method", "path"), WEB)
@pytest.mark.parametrize("key", [None, "local-function-key"])
def test_whoever_is_not_signed_in_gets_nothing_also_with_a_key(
    host: HostProcess, method: str, path: str, key: str | None
) -> None:
    for headers in ({}, {"X-MS-CLIENT-PRINCIPAL-NAME": "ada@example.com"}, {"X-MS-CLIENT-PRINCIPAL": "e30="}):
        answer = host.call(method, path, key=key, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert SECRET not in answer.text
        assert "CLUEDIN_URL" not in answer.text  # what is wrong with the settings is told to nobody


@pytest.mark.parametrize(("method", "path"), WEB)
def test_while_the_platforms_sign_in_is_off_nobody_gets_in_by_writing_a_header(
    unguarded: HostProcess, method: str, path: str
) -> None:
    for headers in ({}, ADA):
        answer = unguarded.call(method, path, headers=headers)
        assert answer.status_code == 403
        assert "sign-in is off" in answer.text
        assert "CLUEDIN_URL" not in answer.text


def test_whoever_is_signed_in_needs_no_key(host: HostProcess) -> None:
    answer = host.call("GET", "status", key=None, headers=ADA)
    assert (answer.status_code, "CLUEDIN_URL" in answer.json()["detail"]) == (503, True)
    page = host.call("GET", "dashboard", key=None, headers=ADA)
    assert (page.status_code, page.headers["Content-Type"]) == (503, "text/html; charset=utf-8")


def test_a_refusal_is_a_problem_for_programs_and_a_page_for_people(host: HostProcess) -> None:
    assert host.call("GET", "status", key=None).headers["Content-Type"] == "application/problem+json"
    page = host.call("GET", "dashboard", key=None)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_the_webhook_and_health_are_as_with_keys(host: HostProcess, unguarded: HostProcess) -> None:
    for each in (host, unguarded):
        assert each.call("POST", WEBHOOK, key=None, headers=ADA, data=b"{}").status_code == 401
        assert each.call("POST", WEBHOOK, data=b"{}").status_code in {415, 503}
        assert each.call("GET", "health", key=None).json()["failing"] == ["settings"]


CLAIMS = {"auth_typ": "aad", "claims": [{"typ": "oid", "val": "0a1b"}, {"typ": "preferred_username", "val": "ada@x"}]}


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        (CLAIMS, "ada@x"),
        ({"claims": CLAIMS["claims"][:1]}, "0a1b"),
        ({"claims": CLAIMS["claims"][1:]}, ""),
        ({"claims": [None, {"typ": 1, "val": 2}, {"typ": "oid"}]}, ""),
        ({"claims": "oid"}, ""),
        ([], ""),
    ],
)
def test_the_claims_alone_tell_who_it_is_if_they_have_an_id(claims: object, name: str) -> None:
    header = b64encode(json.dumps(claims).encode()).decode()
    found = find_signed_in({"X-MS-CLIENT-PRINCIPAL": header}, {"WEBSITE_AUTH_ENABLED": "True"})
    assert (found.name if found else "") == name


@pytest.mark.parametrize("header", ["", "x", "é", "bnVsbA==", "W1tb", "/w=="])
def test_claims_that_cannot_be_read_are_nobodys(header: str) -> None:
    assert find_signed_in({"X-MS-CLIENT-PRINCIPAL": header}, {"WEBSITE_AUTH_ENABLED": "True"}) is None
