"""Where a token may go is said by the settings alone, and they can name no place where it would travel readable."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest
import requests
import urllib3
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sync_core.errors import ConfigError
from sync_core.settings import ServiceUrl, Settings, is_loopback, load_settings

KEY = "c2VlZGVk"
COMPLETE = {
    "PURVIEW_ENDPOINT": "https://acct.purview.azure.com",
    "PURVIEW_COLLECTION": "abc123",
    "CLUEDIN_URL": "https://acme.cluedin.example",
    "CLUEDIN_USERNAME": "sync@acme.example",
    "CLUEDIN_PASSWORD": "a password",
    "SYNC_TERM": "Sync to CluedIn",
    "AzureWebJobsStorage": f"AccountName=acct;AccountKey={KEY}",
}
URLS = ("PURVIEW_ENDPOINT", "CLUEDIN_URL", "AzureWebJobsStorage__queueServiceUri")
SERVICE_URL: TypeAdapter[str] = TypeAdapter(ServiceUrl)


def load(monkeypatch: pytest.MonkeyPatch, changes: Mapping[str, str]) -> Settings:
    for name in {str(field.alias) for field in Settings.model_fields.values()} & os.environ.keys():
        monkeypatch.delenv(name)
    for name, value in {**COMPLETE, **changes}.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def refusal(monkeypatch: pytest.MonkeyPatch, **changes: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(monkeypatch, changes)
    return str(caught.value)


@pytest.mark.parametrize("name", URLS)
@pytest.mark.parametrize(
    "url",
    [
        "http://acct.purview.azure.com",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.4",
        "http://169.254.169.254/metadata",
        "http://[fd00::1]",
        "http://2130706433",
        "http://0.0.0.0",
        "file:///etc/passwd",
        "ftp://acct.purview.azure.com",
        "gopher://localhost",
        "//acct.purview.azure.com",
        "javascript:alert(1)",
        "https://",
        "https:acct.purview.azure.com",
        "https://acct:0",
        "https://acct%2eevil.example",
        "https://acct.purview.azure.com\\.evil.example",
        "https://acct.purview.azure.com\t.evil.example",
        "https://acct\u3002evil.example",
    ],
)
def test_an_address_that_no_token_may_go_to_is_refused(name: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert f"{name}: found" in refusal(monkeypatch, **{name: url})


@pytest.mark.parametrize("name", URLS)
@pytest.mark.parametrize(
    "url",
    [
        "https://user:s33ded@acct.purview.azure.com",
        "https://acct.purview.azure.com@evil.example/s33ded",
        "https://acct.purview.azure.com?sig=s33ded",
        "https://acct.purview.azure.com#s33ded",
    ],
)
def test_a_secret_in_an_address_is_refused_and_not_shown(name: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = refusal(monkeypatch, **{name: url})
    assert f"{name}: found" in said
    assert "s33ded" not in said.partition("#")[0]


HOSTS = ("localhost", "127.0.0.1", "[::1]", "evil.example", "ⓛocalhost", "0x7f.1", "a")
SIGNS = ("@", ":", ":443", "/", "\\", "#", "?", ".", "..", ";", "%40", "%2f", "%00", "\t", "\n", "\r", " ", "\x00")
LOOKALIKES = ("\uff1b", "\u3002", "\u2024", "\uff0f", "\u2044")
tails = st.lists(st.sampled_from(HOSTS + SIGNS + LOOKALIKES), min_size=1, max_size=6).map("".join)
urls = st.builds(str.__add__, st.sampled_from(["http://", "http://", "https://", "HTTP://", "http:\\\\"]), tails)


def address_of(url: str) -> tuple[str, str] | None:
    """Return the URL as the settings take it and the one to which a request goes; None where either is refused."""
    try:
        accepted = SERVICE_URL.validate_python(url)
        return accepted, requests.Request("GET", accepted + "/graphql").prepare().url or ""
    except (ValidationError, requests.RequestException, urllib3.exceptions.HTTPError):
        return None


@given(urls)
@example("http://localhost\\@evil.example")
@example("http://localhost\\.evil.example")
@example("http://localhost\u3002evil.example")
@example("http://local\thost")
@settings(max_examples=500)
def test_what_is_checked_is_where_the_request_goes(url: str) -> None:
    found = address_of(url)
    if found is None:
        return
    accepted, sent = urlsplit(found[0]), urllib3.util.parse_url(found[1])
    host = (sent.host or "").strip("[]")
    assert sent.scheme == accepted.scheme
    assert sent.scheme == "https" or is_loopback(host), found
    assert host == accepted.hostname, found


def test_addresses_are_not_all_refused() -> None:
    assert address_of("http://localhost:7/a/") == ("http://localhost:7/a", "http://localhost:7/a/graphql")


@pytest.mark.parametrize(
    "storage",
    [
        f"DefaultEndpointsProtocol=http;AccountName=acct;AccountKey={KEY}",
        f"AccountName=acct;AccountKey={KEY};QueueEndpoint=http://evil.example;TableEndpoint=https://a.example",
        "QueueEndpoint=https://a.example;TableEndpoint=HTTP://evil.example;SharedAccessSignature=sv=1&sig=a",
    ],
)
def test_storage_is_reached_by_https(storage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = refusal(monkeypatch, AzureWebJobsStorage=storage)
    assert "AzureWebJobsStorage: found a value (hidden); expected a connection string with https" in said
    assert KEY not in said


@pytest.mark.parametrize(
    "storage",
    [
        "UseDevelopmentStorage=true",
        f"AccountName=a;AccountKey={KEY};QueueEndpoint=http://127.0.0.1:1/a;TableEndpoint=http://localhost:2/a",
    ],
)
def test_the_emulator_on_this_machine_is_reached_by_http(storage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, {"AzureWebJobsStorage": storage}).storage_connection_string


@pytest.mark.parametrize("name", ["evil.example/", "evil.example#", "a@evil.example", "acct.evil", "acct:443/", "a b"])
def test_the_name_of_the_storage_account_cannot_name_another_host(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "expected a storage account's name" in refusal(monkeypatch, AzureWebJobsStorage__accountName=name)


@pytest.mark.parametrize("url", ["http://hook.example/x", "HTTP://10.0.0.1/", "https://ok.example;http://bad.example"])
def test_news_that_are_told_by_post_do_not_travel_readable(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "NOTIFY_URLS: found a value (hidden); expected https" in refusal(monkeypatch, NOTIFY_URLS=url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:7071/x", "http://localhost/x", "http://[::1]/x", "https://a.example"]
)
def test_news_may_be_told_to_this_machine_and_by_https(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, {"NOTIFY_URLS": url}).notify_urls


@pytest.mark.parametrize("value", [";", " ; ; ", "whsec_", "good-secret-0123;whsec_"])
def test_webhook_secrets_that_hold_none_do_not_leave_the_webhook_open(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = refusal(monkeypatch, WEBHOOK_SECRETS=value)
    assert "WEBHOOK_SECRETS: found a value (hidden)" in said
    assert "good-secret" not in said


def test_a_secret_that_the_vault_did_not_give_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    reference = "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/webhook)"
    for name in ("WEBHOOK_SECRETS", "CLUEDIN_PASSWORD", "NOTIFY_URLS"):
        assert f"{name}: found a value (hidden); expected the secret's value" in refusal(
            monkeypatch, **{name: reference}
        )
