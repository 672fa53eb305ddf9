"""An identity endpoint that takes connections and never answers."""

import socket
import time
from collections.abc import Iterator

import pytest

from sync_core.app.identity import new_azure_credential
from sync_core.errors import SyncError
from sync_core.http.tokens import AzureTokens
from sync_core.storage.connection import Patience
from tests.kit.services import identity_at, use_identity

HASTE = Patience(retries=1, backoff_s=0.1, timeout_s=1)


@pytest.fixture(autouse=True)
def _silent_identity(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        use_identity(monkeypatch, identity_at(f"http://127.0.0.1:{listener.getsockname()[1]}"))
        yield


def test_a_token_for_purview_takes_no_longer_than_its_patience() -> None:
    started = time.monotonic()

    with pytest.raises(SyncError):
        AzureTokens(lambda: new_azure_credential(HASTE)).token()

    assert time.monotonic() - started < 5
