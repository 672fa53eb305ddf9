"""Public clients of the Unified Catalog, unchanged, against the simulator over real HTTP."""

from collections.abc import Iterator

import pytest
from azure.core.credentials import AccessToken
from purview.client import PurviewClient
from purview.config import PurviewConfig
from purviewcli.client import endpoint as cli_endpoint
from purviewcli.client._unified_catalog import UnifiedCatalogClient
from purviewcli.client.sync_client import SyncPurviewClient, SyncPurviewConfig

from local.purview import Purview, make_app
from local.simulation import serve

TOKEN = "a-token"
TENANT = "6f1f3a5e-1111-4222-8333-444455556666"


class StaticCredential:
    """What purview-unified-sdk asks of a credential."""

    def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken(TOKEN, 2**31)

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture(scope="session")
def account() -> Iterator[tuple[Purview, str]]:
    purview = Purview()
    with serve(make_app(purview=purview)) as base_url:
        yield purview, base_url


@pytest.fixture
def purview(account: tuple[Purview, str]) -> Purview:
    """The account behind the clients: the estate, with asset curation enabled."""
    purview, _ = account
    purview.reset_all()
    purview.seed({"name": "estate"})
    return purview


@pytest.fixture
def endpoint(purview: Purview, account: tuple[Purview, str]) -> str:
    assert purview is account[0]
    return account[1]


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
