"""Purview's tokens through the real azure-identity, from a managed-identity endpoint on this machine."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ServiceRequestError
from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

from local.identity import IdentityEndpoint, serve_identity
from sync_core.errors import ConfigError, TransientError
from sync_core.http.tokens import AzureTokens
from tests.kit.services import use_identity


@pytest.fixture(autouse=True)
def _no_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    use_identity(monkeypatch, {})


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch, _no_identity: None) -> Iterator[IdentityEndpoint]:
    identity = IdentityEndpoint()
    with serve_identity(identity) as environment:
        use_identity(monkeypatch, environment)
        yield identity


def granted(endpoint: IdentityEndpoint) -> int:
    return len(endpoint.dump()["grants"])


def test_the_managed_identity_gives_one_token_for_purview(endpoint: IdentityEndpoint) -> None:
    tokens = AzureTokens(DefaultAzureCredential)
    assert tokens.token() == tokens.token()
    assert [grant["resource"] for grant in endpoint.dump()["grants"]] == ["https://purview.azure.net"]


def test_a_refused_token_is_replaced_although_the_credential_remembers_it(endpoint: IdentityEndpoint) -> None:
    tokens = AzureTokens(DefaultAzureCredential)
    refused = tokens.token()
    fresh = tokens.renew(refused)
    assert fresh != refused
    assert tokens.token() == fresh
    assert granted(endpoint) == 2


def test_many_threads_whose_token_was_refused_fetch_one_other(endpoint: IdentityEndpoint) -> None:
    tokens = AzureTokens(DefaultAzureCredential)
    refused = tokens.token()
    with ThreadPoolExecutor(16) as pool:
        fetched = {job.result() for job in [pool.submit(tokens.renew, refused) for _ in range(16)]}
    assert refused not in fetched
    assert (len(fetched), granted(endpoint)) == (1, 2)


def test_an_app_without_an_identity_is_told_quickly_what_to_do() -> None:
    started = time.monotonic()
    with pytest.raises(ConfigError, match="give the app a managed identity and set AZURE_CLIENT_ID if it is user-ass"):
        AzureTokens(DefaultAzureCredential).token()
    assert time.monotonic() - started < 10


def test_an_identity_that_the_app_does_not_have_is_told_as_azure_tells_it(
    endpoint: IdentityEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.patch_switches({"known_client_ids": ("known",)})
    monkeypatch.setenv("AZURE_CLIENT_ID", "unknown")
    with pytest.raises(ConfigError, match="No User Assigned or Delegated Managed Identity found"):
        AzureTokens(DefaultAzureCredential).token()


def test_an_identity_may_come_later(endpoint: IdentityEndpoint) -> None:
    endpoint.patch_switches({"has_system_assigned": False})
    tokens = AzureTokens(ManagedIdentityCredential)
    with pytest.raises(ConfigError):
        tokens.token()
    endpoint.patch_switches({"has_system_assigned": True})
    assert tokens.token()


class FailingCredential:
    """A credential that fails in a given way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def get_token(self, *_: str, **__: object) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ClientAuthenticationError(""), ConfigError),
        (ServiceRequestError("no route"), TransientError),
        (HttpResponseError("502"), TransientError),
    ],
)
def test_how_azure_fails_decides_who_has_to_act(error: Exception, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        AzureTokens(lambda: FailingCredential(error)).token()  # type: ignore[arg-type,return-value]
