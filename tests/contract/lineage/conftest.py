"""The way back at work, and Microsoft's SDK to look at what it made."""

from collections.abc import Iterator

import pytest
from azure.core.credentials import AccessToken, AzureKeyCredential
from azure.core.pipeline.policies import AzureKeyCredentialPolicy
from azure.purview.datamap import DataMapClient

from tests.integration.sync_core.lineage.conftest import bench
from tests.kit.services import Services
from tests.kit.stage import cluedin, identity, new_bench, purview

__all__ = ["bench", "cluedin", "identity", "new_bench", "purview"]

TOKEN = "a-token"


class StaticCredential:
    """What Microsoft's SDK asks of a credential."""

    def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken(TOKEN, 2**31)


@pytest.fixture
def sdk(services: Services) -> Iterator[DataMapClient]:
    """Its own bearer policy insists on https, which a loopback address does not have; the header is the same."""
    policy = AzureKeyCredentialPolicy(AzureKeyCredential(TOKEN), "Authorization", prefix="Bearer")
    with DataMapClient(services.purview_url, StaticCredential(), authentication_policy=policy) as client:
        yield client
