"""Public clients of the Unified Catalog, unchanged, against the simulator over real HTTP."""

from collections.abc import Iterator

import pytest
from azure.core.credentials import AccessToken
from purview.client import PurviewClient
from purview.config import PurviewConfig
from purviewcli.client import endpoint as cli_endpoint
from purviewcli.client._unified_catalog import UnifiedCatalogClient
from purviewcli.client.sync_client import SyncPurviewClient, SyncPurviewConfig

from tests.kit.stage import purview, purview_url

__all__ = ["purview", "purview_url"]

TOKEN = "a-token"
TENANT = "6f1f3a5e-1111-4222-8333-444455556666"


class StaticCredential:
    """What purview-unified-sdk asks of a credential."""

    def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken(TOKEN, 2**31)

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def endpoint(purview_url: str) -> str:
    """Where the account listens that is behind the clients, with the estate in it."""
    return purview_url


@pytest.fixture
def sdk(endpoint: str) -> Iterator[PurviewClient]:
    """purview-unified-sdk."""
    with PurviewClient(PurviewConfig(TENANT, endpoint), credential=StaticCredential()) as client:
        yield client


@pytest.fixture
def cli(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> UnifiedCatalogClient:
    """pvw-cli: it builds its host's name itself and signs in by the Azure CLI, so its client is told both."""

    class LocalClient(SyncPurviewClient):  # type: ignore[misc]
        def __init__(self, config: SyncPurviewConfig) -> None:
            super().__init__(config)
            self.uc_base_url, self._uc_token = endpoint, TOKEN

    monkeypatch.setenv("PURVIEW_ACCOUNT_ID", TENANT)
    monkeypatch.setattr(cli_endpoint, "SyncPurviewClient", LocalClient)
    return UnifiedCatalogClient()
