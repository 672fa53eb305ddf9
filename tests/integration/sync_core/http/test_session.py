import pytest

from sync_core.http import session as sessions
from sync_core.http.session import PooledSession, ReadySession
from tests.kit.scripted import METHODS, Scripted


def test_a_proxy_of_the_environment_carries_the_requests(service: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", service.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    answer = PooledSession().get("http://catalog.example/assets", timeout=5)
    assert answer.headers["server"] == "uvicorn"  # what it says of an address in the proxy's form is its own affair


def test_what_needs_no_proxy_has_none(service: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert PooledSession().get(service.url, timeout=5).ok


def test_certificates_of_the_environment_count(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in sessions.CERTIFICATES:
        monkeypatch.delenv(name, raising=False)
    assert settings(PooledSession())["verify"] is True
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/ssl/ours.pem")
    assert settings(PooledSession())["verify"] == "/etc/ssl/ours.pem"
    assert settings(PooledSession(), verify=False)["verify"] is False
    assert ReadySession().certificates == "/etc/ssl/ours.pem"


def settings(session: PooledSession, *, verify: bool = True) -> dict[str, object]:
    """Return how a request would be sent."""
    found: dict[str, object] = session.merge_environment_settings(
        "https://catalog.example/a", {}, stream=True, verify=verify, cert=None
    )
    return found


def test_the_environment_is_read_once_for_each_origin(service: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def read(origin: str) -> dict[str, str]:
        asked.append(origin)
        return {}

    monkeypatch.setattr(sessions, "get_environ_proxies", read)
    session = PooledSession()
    for path in ("/a", "/b?url=http://elsewhere.example/c", ""):
        session.get(service.url + path, timeout=5)
    assert asked == [service.url]


BODIES = [None, b"", b"a\x00b", '{"name": "Übersicht"}']


@pytest.mark.parametrize("body", BODIES, ids=repr)
@pytest.mark.parametrize("method", METHODS)
def test_a_request_that_is_ready_arrives_as_requests_would_send_it(
    service: Scripted, method: str, body: str | bytes | None
) -> None:
    url = f"{service.url}/table(PartitionKey='a%27b',RowKey='%2F%C3%BC%20+~')?$select=a,b&x=%2B"
    for session in (PooledSession(), ReadySession()):
        assert session.request(method, url, headers={"Accept": "a/b", "x-ms-date": "now"}, data=body, timeout=5).ok
    theirs, ours = service.asked[-2:]
    assert (ours.method, ours.target, ours.body) == (theirs.method, theirs.target, theirs.body)
    of_requests = {"user-agent", "accept-encoding", "connection"}  # the SDKs name what they want themselves
    assert {*theirs.headers.items()} - {*ours.headers.items()} <= {(name, theirs.headers[name]) for name in of_requests}


def test_a_form_is_sent_as_one(service: Scripted) -> None:
    assert ReadySession().request("POST", service.url, headers={}, data={"grant_type": "a b"}, timeout=5).ok
    assert service.asked[-1].body == b"grant_type=a+b"


def test_what_is_ready_goes_through_the_proxy_too(service: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", service.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    answer = ReadySession().request("GET", "http://storage.example/table", headers={}, timeout=5)
    assert answer.headers["server"] == "uvicorn"
