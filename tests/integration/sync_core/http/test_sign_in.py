"""A sign-in that accepts the connection and never answers: one thread waits for it, and all leave it alone then."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
import requests
from starlette.responses import JSONResponse, Response

from sync_core.app.identity import new_azure_credential
from sync_core.cluedin.client import CLUEDIN, CluedInClient, is_refused
from sync_core.errors import SyncError, ThrottledError, TransientError
from sync_core.http.client import HttpClient
from sync_core.http.sign_in import REST_S
from sync_core.http.tokens import AzureTokens, PasswordTokens
from sync_core.storage.connection import Patience
from tests.kit.scripted import Scripted
from tests.kit.services import identity_at, use_identity

THREADS = 10
TIMEOUT_S = 0.4
HASTE = Patience(retries=1, backoff_s=0.1, timeout_s=1)
ACCOUNT = ("acme", "sync@acme.example", "secret")


class HastySession(requests.Session):
    """Waits for a part of a second."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        return super().send(request, **{**kwargs, "timeout": TIMEOUT_S})


class UnreachedSession(requests.Session):
    """Cannot even connect in time."""

    def __init__(self) -> None:
        super().__init__()
        self.tries = 0

    def send(self, *_: Any, **__: Any) -> requests.Response:
        self.tries += 1
        raise requests.ConnectTimeout("timed out")


class Silent:
    """Takes connections, never answers, and tells how many there were."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listener.settimeout(0)
        self._taken: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def count(self) -> int:
        try:
            while True:
                self._taken.append(self._listener.accept()[0])
        except BlockingIOError:
            return len(self._taken)

    def close(self) -> None:
        self.count()
        for each in [*self._taken, self._listener]:
            each.close()


class Heard:
    """Hears of pauses."""

    def __init__(self) -> None:
        self.pauses: list[tuple[str, float | None]] = []

    def __call__(self, service: str, retry_after_s: float | None) -> None:
        self.pauses.append((service, retry_after_s))


class MovableClock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def silent() -> Iterator[Silent]:
    with closing(Silent()) as server:
        yield server


@pytest.fixture
def heard() -> Heard:
    return Heard()


def failures(ask: Callable[[], Any], threads: int = THREADS) -> list[BaseException | None]:
    with ThreadPoolExecutor(threads) as pool:
        return [job.exception() for job in [pool.submit(ask) for _ in range(threads)]]


def make_tokens(url: str, heard: Heard, clock: MovableClock, session: requests.Session | None = None) -> PasswordTokens:
    door = HttpClient(CLUEDIN, url, session=session or HastySession(), on_throttled=heard)
    return PasswordTokens(door, *ACCOUNT, clock=clock)


def test_ten_threads_wait_for_one_sign_in_and_all_hear_that_it_hangs(silent: Silent, heard: Heard) -> None:
    tokens = make_tokens(silent.url, heard, MovableClock())
    door = HttpClient(CLUEDIN, silent.url, tokens=tokens, is_refused=is_refused, sleep=lambda _: None)
    client = CluedInClient(door)
    found = failures(lambda: list(client.fetch_groups("")))
    assert {type(each) for each in found} == {ThrottledError}
    assert "Signing in to CluedIn" in str(found[0])
    assert (silent.count(), heard.pauses) == (1, [("cluedin", None)])


def test_asset_after_asset_of_one_message_does_not_wait_anew(silent: Silent, heard: Heard) -> None:
    clock = MovableClock()
    tokens = make_tokens(silent.url, heard, clock)
    for _ in range(THREADS):
        with pytest.raises(ThrottledError):
            tokens.token()
    assert (silent.count(), len(heard.pauses)) == (1, 1)
    clock.now += REST_S
    with pytest.raises(ThrottledError, match="hangs"):
        tokens.token()
    assert (silent.count(), len(heard.pauses)) == (2, 2)


def test_a_renewal_that_hangs_is_one_for_all(service: Scripted, silent: Silent, heard: Heard) -> None:
    session = HastySession()
    service.answers = [JSONResponse({"access_token": "a.b.c", "refresh_token": "r"})]
    tokens = make_tokens(service.url, heard, MovableClock(), session)
    refused = tokens.token()
    object.__setattr__(tokens._http, "base_url", silent.url)
    assert {type(each) for each in failures(lambda: tokens.renew(refused))} == {ThrottledError}
    assert (silent.count(), len(heard.pauses)) == (1, 1)


def test_a_gateway_that_gave_up_waiting_for_the_sign_in_is_a_hang_too(service: Scripted, heard: Heard) -> None:
    service.answers = [Response("timeout", 504), JSONResponse({"access_token": "a.b.c"})]
    tokens = make_tokens(service.url, heard, clock := MovableClock())
    for _ in range(2):
        with pytest.raises(ThrottledError):
            tokens.token()
    clock.now += REST_S
    assert (tokens.token(), len(service.asked), len(heard.pauses)) == ("a.b.c", 2, 1)


def test_a_sign_in_that_cannot_be_connected_to_in_time_is_a_hang_too(heard: Heard) -> None:
    session = UnreachedSession()
    tokens = make_tokens("http://127.0.0.1:1", heard, MovableClock(), session)
    for _ in range(3):
        with pytest.raises(ThrottledError):
            tokens.token()
    assert (session.tries, heard.pauses) == (1, [("cluedin", None)])


@pytest.mark.parametrize("status", [500, 503])
def test_a_sign_in_that_fails_at_once_is_no_pause_and_may_be_tried_again(
    service: Scripted, heard: Heard, status: int
) -> None:
    service.answers = [Response("down", status), JSONResponse({"access_token": "a.b.c"})]
    tokens = make_tokens(service.url, heard, MovableClock())
    with pytest.raises(TransientError) as caught:
        tokens.token()
    assert not isinstance(caught.value, ThrottledError)
    assert (tokens.token(), heard.pauses) == ("a.b.c", [])


@pytest.fixture
def _silent_identity(silent: Silent, monkeypatch: pytest.MonkeyPatch) -> None:
    use_identity(monkeypatch, identity_at(silent.url))


@pytest.mark.usefixtures("_silent_identity")
def test_an_identity_endpoint_that_hangs_is_asked_by_one_thread_and_is_a_pause_for_purview(
    silent: Silent, heard: Heard
) -> None:
    tokens = AzureTokens(lambda: new_azure_credential(HASTE), on_throttled=heard)
    found = failures(tokens.token)
    assert {type(each) for each in found} == {ThrottledError}
    assert "identity endpoint" in str(found[0])
    assert "set AZURE_CLIENT_ID" not in str(found[0])
    assert (silent.count(), heard.pauses) == (1, [("purview", None)])


def test_an_identity_endpoint_that_refuses_connections_is_a_passing_failure(
    monkeypatch: pytest.MonkeyPatch, heard: Heard
) -> None:
    use_identity(monkeypatch, identity_at("http://127.0.0.1:1"))
    with pytest.raises(SyncError) as caught:
        AzureTokens(lambda: new_azure_credential(HASTE), on_throttled=heard).token()
    assert type(caught.value) is TransientError
    assert heard.pauses == []
