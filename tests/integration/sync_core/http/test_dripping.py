"""A server that sends a byte now and then: its answer ends with its time, whoever waits for it."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

import pytest
import requests
from pydantic import SecretStr
from starlette.responses import JSONResponse, Response

from sync_core.app.identity import new_azure_credential, new_transport
from sync_core.cluedin.client import CLUEDIN
from sync_core.errors import SlowAnswerError, SyncError, ThrottledError, TransientError
from sync_core.http import bounded, plain
from sync_core.http import client as http
from sync_core.http.client import Call, HttpClient
from sync_core.http.sign_in import SharedSignIn
from sync_core.http.tokens import AzureTokens, PasswordTokens
from sync_core.notifications import receivers
from sync_core.notifications.announcement import Announcement
from sync_core.single_flight import SingleFlight
from sync_core.storage.connection import Patience, StorageConnection
from sync_core.storage.table import Table
from tests.integration.sync_core.http.test_sign_in import Heard, failures
from tests.kit.scripted import LIBRARY, Scripted, make_door
from tests.kit.services import identity_at, use_identity

EVERY_S = 0.05
LIMIT_S = 5.0  # many times what is allowed below, and nothing beside what a drip takes
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
DRIPS: dict[str, tuple[bytes, bytes]] = {
    "body": (OK + b"Content-Length: 2000000000\r\n\r\n{", b" "),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "length of a chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "headers": (OK + b"X-Long: b", b"c"),
    "status": (b"HTTP/1.1 20", b"0"),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "failure": (b"HTTP/1.1 500 No\r\nContent-Length: 2000000000\r\n\r\n<", b" "),
}


@dataclass
class Dripping:
    """Begins each answer with `first`, and goes on with `rest` until the test ends."""

    first: bytes
    rest: bytes
    taken: int = 0
    _ended: Event = field(default_factory=Event)
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0), backlog=64))

    def __post_init__(self) -> None:
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                taken, _ = self._listener.accept()
                self.taken += 1
                Thread(target=self._drip, args=(taken,), daemon=True).start()

    def _drip(self, taken: socket.socket) -> None:
        with suppress(OSError), closing(taken):
            taken.recv(65536)
            taken.sendall(self.first)
            while not self._ended.wait(EVERY_S):
                taken.sendall(self.rest)

    def close(self) -> None:
        self._ended.set()
        self._listener.close()


@pytest.fixture(params=DRIPS)
def dripping(request: pytest.FixtureRequest) -> Iterator[Dripping]:
    with closing(Dripping(*DRIPS[request.param])) as server:
        yield server


@pytest.fixture
def drip() -> Iterator[Dripping]:
    with closing(Dripping(*DRIPS["body"])) as server:
        yield server


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(autouse=True)
def _in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ_TIMEOUT_S", 0.3)
    monkeypatch.setattr(plain, "TIMEOUT_S", (1, 0.3))
    monkeypatch.setattr(bounded, "REST_OF_ANSWER_S", 0.2)
    monkeypatch.setattr(receivers, "LONGEST_S", 0.5)


def in_time(ask: Callable[[], object]) -> BaseException | None:
    """Ask, and return what is raised within the limit."""
    found = list[BaseException | None]()

    def run() -> None:
        try:
            ask()
        except SyncError as error:
            found.append(error)
        except requests.RequestException as error:
            found.append(error)
        else:
            found.append(None)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(LIMIT_S)
    assert not thread.is_alive(), "it still waits"
    return found[0]


def test_a_call_ends_with_its_time_whatever_part_of_the_answer_drips(dripping: Dripping) -> None:
    door = HttpClient(LIBRARY, dripping.url, sleep=lambda _: None)
    error = in_time(lambda: door.send(Call("POST", "/books", idempotent=False)))
    assert isinstance(error, SlowAnswerError)
    assert "did not answer in time" in str(error)
    assert dripping.taken == 1


def test_a_sign_in_that_drips_is_asked_by_one_thread_and_is_a_pause_for_all(drip: Dripping, heard: Heard) -> None:
    tokens = PasswordTokens(HttpClient(CLUEDIN, drip.url, on_throttled=heard), "acme", "user", "secret")
    found = failures(lambda: in_time(tokens.token) or pytest.fail("it gave a token"))
    assert found == [None] * len(found)
    assert isinstance(in_time(tokens.token), ThrottledError)
    assert (drip.taken, heard.pauses) == (1, [("cluedin", None)])


@pytest.mark.parametrize("part", ["body", "headers"])
def test_an_identity_endpoint_that_drips_is_a_pause_too(
    part: str, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Dripping(*DRIPS[part])) as server:
        use_identity(monkeypatch, identity_at(server.url))
        haste = Patience(retries=1, backoff_s=0.1, timeout_s=0.3)
        tokens = AzureTokens(lambda: new_azure_credential(haste), on_throttled=heard)
        assert isinstance(in_time(tokens.token), ThrottledError)
        assert heard.pauses == [("purview", None)]


def test_a_storage_that_drips_fails_with_its_time(drip: Dripping) -> None:
    haste = Patience(retries=0, backoff_s=0.1, timeout_s=0.3)
    account = f"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint={drip.url}/a"
    table = Table(StorageConnection(account, patience=haste, new_transport=new_transport).tables, "things")
    assert isinstance(in_time(lambda: table.get("p", "r")), TransientError)


def test_who_waits_too_long_for_anothers_sign_in_makes_a_pause_of_it(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, began = Event(), Event()

    def hang() -> str:
        began.set()
        assert may_end.wait(LIMIT_S)
        return "token"

    shared = SharedSignIn(CLUEDIN, heard)
    monkeypatch.setattr(shared, "_flight", SingleFlight[str](longest_wait_s=0.1))
    first = Thread(target=shared.ask, args=(hang,), daemon=True)
    first.start()
    assert began.wait(LIMIT_S)
    for _ in range(3):
        assert isinstance(in_time(lambda: shared.ask(hang)), ThrottledError)
    may_end.set()
    first.join()
    assert heard.pauses == [("cluedin", None)]


def test_an_answer_without_an_end_is_cut(service: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "read_body", lambda response, name: bounded.read_body(response, name, 100_000))
    service.answers = [JSONResponse(["x" * 99_000]), *(JSONResponse(["x" * 101_000]) for _ in range(3))]
    door = make_door(service)
    assert door.send(Call("GET", "/books")).json() == ["x" * 99_000]
    with pytest.raises(TransientError, match="An answer of library does not end"):
        door.send(Call("GET", "/books"))


def test_a_slow_first_byte_has_its_own_time_after_each_answer(service: Scripted) -> None:
    """A connection is used again; what was left of one answer's time is not the next one's."""

    def slow(_: object) -> Response:
        time.sleep(0.25)
        return JSONResponse({"title": "Emma"})

    service.answers = [slow, slow, slow]
    door = make_door(service)
    assert [door.send(Call("GET", "/books")).json() for _ in range(3)] == [{"title": "Emma"}] * 3


def test_a_receiver_whose_answer_drips_is_told_all_the_same(drip: Dripping) -> None:
    (receiver,) = receivers.new_receivers([SecretStr(f"{drip.url}/hook")])
    assert in_time(lambda: receiver.send(Announcement("kind", "title", "body"))) is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("scheme", ["http", "json"])
def test_a_receiver_that_drips_holds_nobody_and_one_thread_at_most(scheme: str) -> None:
    with closing(Dripping(*DRIPS["headers"])) as server:
        url = server.url.replace("http", scheme)
        (receiver,) = receivers.new_receivers([SecretStr(f"{url}/hook")])
        for _ in range(3):
            error = in_time(lambda: receiver.send(Announcement("kind", "title", "body")))
            assert isinstance(error, TransientError)
            assert "NOTIFY_URLS: entry 1 did not take the notification" in str(error)
        assert server.taken == (3 if scheme == "http" else 1)
