"""An identity endpoint that takes connections and never answers."""

import os
import socket
import time
from collections.abc import Iterator

import pytest

from local.identity import IDENTITY_HEADER_VALUE
from sync_core.app.identity import new_azure_credential
from sync_core.errors import SyncError
from sync_core.http.tokens import AzureTokens
from sync_core.storage.connection import Patience

HASTE = Patience(retries=1, backoff_s=0.1, timeout_s=1)


@pytest.fixture(autouse=True)
def _silent_identity(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith(("AZURE_", "MSI_", "IDENTITY_"))]:
        monkeypatch.delenv(name)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{listener.getsockname()[1]}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", IDENTITY_HEADER_VALUE)
        yield


def test_a_token_for_purview_takes_no_longer_than_its_patience() -> None:
    started = time.monotonic()

    with pytest.raises(SyncError):
        AzureTokens(lambda: new_azure_credential(HASTE)).token()

    assert time.monotonic() - started < 5
