"""Microsoft's SDK and pyapacheatlas, unchanged, against the simulator over real HTTP."""

from collections.abc import Iterator

import pytest
from azure.core.credentials import AccessToken, AzureKeyCredential
from azure.core.pipeline.policies import AzureKeyCredentialPolicy
from azure.purview.datamap import DataMapClient
from pyapacheatlas.auth.base import AtlasAuthBase
from pyapacheatlas.core import AtlasClient
from pyapacheatlas.core.collections import PurviewCollectionsClient
from pyapacheatlas.core.discovery.purview import PurviewDiscoveryClient
from pyapacheatlas.core.glossary import PurviewGlossaryClient

from tests.kit.stage import purview, purview_url

__all__ = ["purview", "purview_url"]

TOKEN = "a-token"


class StaticCredential:
    """What Microsoft's SDK asks of a credential."""

    def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken(TOKEN, 2**31)


class StaticToken(AtlasAuthBase):  # type: ignore[misc]
    """What pyapacheatlas asks of a credential."""

    def get_authentication_headers(self, **_: object) -> dict[str, str]:
        return {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


@pytest.fixture
def endpoint(purview_url: str) -> str:
    """Where the account listens that is behind the clients, with the estate in it."""
    return purview_url


@pytest.fixture
def client(endpoint: str) -> Iterator[DataMapClient]:
    """Its own bearer policy insists on https, which a loopback address does not have; the header is the same."""
    policy = AzureKeyCredentialPolicy(AzureKeyCredential(TOKEN), "Authorization", prefix="Bearer")
    with DataMapClient(endpoint, StaticCredential(), authentication_policy=policy) as client:
        yield client


@pytest.fixture
def glossary_client(endpoint: str) -> PurviewGlossaryClient:
    return PurviewGlossaryClient(f"{endpoint}/datamap/api/atlas/v2", StaticToken())


@pytest.fixture
def atlas(endpoint: str, glossary_client: PurviewGlossaryClient) -> AtlasClient:
    return AtlasClient(f"{endpoint}/datamap/api/atlas/v2", StaticToken(), glossary=glossary_client)


@pytest.fixture
def collections_client(endpoint: str) -> PurviewCollectionsClient:
    return PurviewCollectionsClient(f"{endpoint}/", StaticToken())


@pytest.fixture
def discovery_client(endpoint: str) -> PurviewDiscoveryClient:
    return PurviewDiscoveryClient(f"{endpoint}/datamap/api", StaticToken())
