"""An identity endpoint that takes connections and never answers, asks for a pause, or answers what is no token."""

import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from starlette.responses import JSONResponse, Response

from sync_core.app.identity import new_azure_credential, new_transport
from sync_core.errors import CredentialsError, SyncError, ThrottledError, TransientError
from sync_core.http.tokens import AzureTokens
from sync_core.storage.connection import Patience, StorageConnection
from sync_core.storage.table import Table
from tests.kit.scripted import Scripted
from tests.kit.services import identity_at, use_identity

HASTE = Patience(retries=1, backoff_s=0.1, timeout_s=1)


@pytest.fixture
def _silent_identity(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        use_identity(monkeypatch, identity_at(f"http://127.0.0.1:{listener.getsockname()[1]}"))
        yield


@pytest.fixture
def endpoint(service: Scripted, monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """An identity endpoint that answers what a test tells it to."""
    use_identity(monkeypatch, identity_at(service.url))
    return service


def new_tokens(*pauses_to: list[str]) -> AzureTokens:
    def note(name: str, _: float | None) -> None:
        for pauses in pauses_to:
            pauses.append(name)

    return AzureTokens(lambda: new_azure_credential(HASTE), on_throttled=note)


def grant(token: object) -> Response:
    return JSONResponse({"access_token": token, "expires_on": str(int(time.time()) + 3600), "token_type": "Bearer"})


@pytest.mark.usefixtures("_silent_identity")
def test_a_token_for_purview_takes_no_longer_than_its_patience() -> None:
    started = time.monotonic()

    with pytest.raises(SyncError):
        AzureTokens(lambda: new_azure_credential(HASTE)).token()

    assert time.monotonic() - started < 5


def seconds() -> str:
    return "9"


def date() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)


@pytest.mark.parametrize("status", [404, 410, 429, 503])
@pytest.mark.parametrize("ask", [seconds, date])
def test_nobody_sleeps_for_as_long_as_the_endpoint_asks(
    endpoint: Scripted, status: int, ask: Callable[[], str]
) -> None:
    endpoint.answers = [Response("", status, {"Retry-After": ask()})] * 9
    started = time.monotonic()

    with pytest.raises(SyncError):
        new_tokens().token()

    assert time.monotonic() - started < 5


@pytest.mark.parametrize("ask", [seconds, date])
def test_nobody_sleeps_for_as_long_as_storage_asks(service: Scripted, ask: Callable[[], str]) -> None:
    service.answers = [Response("", 503, {"Retry-After": ask()})] * 9
    account = f"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint={service.url}/a"
    table = Table(StorageConnection(account, patience=HASTE, new_transport=new_transport).tables, "things")
    started = time.monotonic()

    with pytest.raises(TransientError):
        table.get("p", "r")

    assert time.monotonic() - started < 5


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_of_the_endpoint_that_passes_is_no_refusal(endpoint: Scripted, status: int) -> None:
    pauses: list[str] = []
    endpoint.answers = [Response("<html>", status)] * 2
    tokens = new_tokens(pauses)

    with pytest.raises(TransientError, match=f"it answered {status}") as caught:
        tokens.token()

    assert "AZURE_CLIENT_ID" not in str(caught.value)
    endpoint.answers = [grant("a.b.c")]
    assert (tokens.token(), pauses) == ("a.b.c", [])


def test_a_failure_of_a_moment_is_nobodys(endpoint: Scripted) -> None:
    endpoint.answers = [Response("", 503), grant("a.b.c")]
    assert new_tokens().token() == "a.b.c"


def test_an_endpoint_that_asks_to_slow_down_is_left_alone_by_all(endpoint: Scripted) -> None:
    pauses: list[str] = []
    endpoint.answers = [Response("", 429)] * 9
    tokens = new_tokens(pauses)

    for _ in range(3):
        with pytest.raises(ThrottledError):
            tokens.token()

    assert (len(endpoint.asked), pauses) == (2, ["purview"])


@pytest.mark.parametrize("token", ["t\u2192k", "t\nk", 5, " t"])
def test_a_token_that_no_header_can_carry_is_told(endpoint: Scripted, token: object) -> None:
    endpoint.answers = [grant(token), grant("a.b.c")]
    tokens = new_tokens()

    with pytest.raises(CredentialsError, match="no header"):
        tokens.token()

    assert tokens.token() == "a.b.c"
