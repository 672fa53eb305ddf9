"""The real azure-identity against the local managed-identity endpoint."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

from local.identity import SIGNING_KEY, IdentityEndpoint, serve_identity

SCOPE = "https://purview.azure.net/.default"


@pytest.fixture
def endpoint() -> IdentityEndpoint:
    return IdentityEndpoint()


@pytest.fixture
def url(endpoint: IdentityEndpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with serve_identity(endpoint) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AZURE_CLIENT_ID", raising=False)
        yield environment["IDENTITY_ENDPOINT"]


@pytest.mark.usefixtures("url")
def test_the_default_credential_gets_a_token_for_the_resource() -> None:
    with DefaultAzureCredential() as credential:
        token = credential.get_token(SCOPE)
    claims = _read_claims(token.token)
    assert claims["aud"] == "https://purview.azure.net"
    assert claims["exp"] == pytest.approx(time.time() + 24 * 60 * 60, abs=10)
    assert token.expires_on == pytest.approx(claims["exp"], abs=2)
    assert claims["oid"]


@pytest.mark.usefixtures("url")
def test_the_default_credential_asks_for_the_identity_in_azure_client_id(
    endpoint: IdentityEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_ID", "11111111-2222-4333-8444-555555555555")
    with DefaultAzureCredential() as credential:
        claims = _read_claims(credential.get_token(SCOPE).token)
    assert claims["appid"] == "11111111-2222-4333-8444-555555555555"
    assert endpoint.dump()["grants"][0]["client_id"] == claims["appid"]


@pytest.mark.usefixtures("url")
def test_a_token_is_asked_for_once_and_a_short_lived_one_again(endpoint: IdentityEndpoint) -> None:
    with DefaultAzureCredential() as credential:
        assert credential.get_token(SCOPE).token == credential.get_token(SCOPE).token
    assert len(endpoint.dump()["grants"]) == 1
    endpoint.patch_switches({"lifetime_s": 60})
    with DefaultAzureCredential() as credential:
        assert credential.get_token(SCOPE).token != credential.get_token(SCOPE).token
    assert len(endpoint.dump()["grants"]) == 3


@pytest.mark.usefixtures("url")
def test_an_identity_that_the_app_does_not_have_is_refused(endpoint: IdentityEndpoint) -> None:
    endpoint.patch_switches({"known_client_ids": ["known"]})
    with (
        ManagedIdentityCredential(client_id="unknown") as credential,
        pytest.raises(ClientAuthenticationError, match="No User Assigned"),
    ):
        credential.get_token(SCOPE)


def test_a_failing_endpoint_is_an_authentication_error(url: str) -> None:
    fault = {"match": {"operation": "Token_Get"}, "effect": {"status": 500, "body": {"statusCode": 500}}, "times": None}
    requests.post(url.replace("/msi/token", "/_simulator/faults"), json=fault, timeout=5).raise_for_status()
    with ManagedIdentityCredential(retry_total=0) as credential, pytest.raises(ClientAuthenticationError):
        credential.get_token(SCOPE)


@pytest.mark.parametrize(
    ("query", "header", "status"),
    [
        ("api-version=2019-08-01&resource=r", None, 401),
        ("api-version=2019-08-01&resource=r", "wrong", 401),
        ("api-version=2017-09-01&resource=r", "local-identity-header", 400),
        ("api-version=2019-08-01", "local-identity-header", 400),
    ],
)
def test_requests_that_app_service_refuses_are_refused(url: str, query: str, header: str | None, status: int) -> None:
    answer = requests.get(f"{url}?{query}", headers={"X-IDENTITY-HEADER": header} if header else {}, timeout=5)
    assert answer.status_code == status
    assert answer.json()["statusCode"] == status


def _read_claims(token: str) -> dict[str, Any]:
    signed, _, signature = token.rpartition(".")
    expected = base64.urlsafe_b64encode(hmac.new(SIGNING_KEY, signed.encode(), hashlib.sha256).digest()).rstrip(b"=")
    assert signature == expected.decode()
    payload = signed.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims
