"""Storage by connection string or by identity: the same variants that the Functions host accepts."""

import pytest

from sync_core.errors import ConfigError
from sync_core.settings import Settings, load_settings

REST = {
    "PURVIEW_ENDPOINT": "https://acct.purview.azure.com",
    "PURVIEW_COLLECTION": "abc123",
    "CLUEDIN_URL": "https://acme.cluedin.example",
    "CLUEDIN_ACCESS_TOKEN": "a.b.c",
    "SYNC_TERM": "*",
}
NAME = "AzureWebJobsStorage"
QUEUES = {f"{NAME}__queueServiceUri": "https://acct.queue.core.windows.net"}
TABLES = {f"{NAME}__tableServiceUri": "https://acct.table.core.windows.net"}


@pytest.fixture(autouse=True)
def _rest(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    for name, value in REST.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    "text",
    [
        "DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=a2V5;EndpointSuffix=core.windows.net",
        "AccountName=acct;AccountKey=a2U=;",
        "AccountName=acct;SharedAccessSignature=sv=2020&sig=a%3D",
        "QueueEndpoint=https://q.example;TableEndpoint=https://t.example;SharedAccessSignature=sv=2020&sig=a%3D",
        "UseDevelopmentStorage=true",
        "usedevelopmentstorage=True;",
    ],
)
def test_a_connection_string_of_any_known_kind_is_accepted(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(NAME, text)
    assert load_settings().storage_connection_string


@pytest.mark.parametrize(
    "text",
    [
        "acct",
        "AccountName=acct",
        "AccountName=acct;AccountKey=",
        "AccountName=acct;AccountKey=not base64",
        "AccountName=acct;AccountKey=a2V5;rubbish",
        "AccountName=acct;;AccountKey=a2V5",
        "BlobEndpoint=https://b.example;SharedAccessSignature=sv=2020&sig=a%3D",
        "UseDevelopmentStorage=false",
    ],
)
def test_a_damaged_connection_string_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(NAME, text)
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert str(caught.value).splitlines()[1].startswith(f"- {NAME}: found a value (hidden); expected a connection str")
    assert text not in str(caught.value)


@pytest.mark.parametrize("parts", [{f"{NAME}__accountName": "acct"}, {**QUEUES, **TABLES}])
def test_an_account_or_both_addresses_stand_for_a_connection_string(
    monkeypatch: pytest.MonkeyPatch, parts: dict[str, str]
) -> None:
    for name, value in parts.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.storage_connection_string is None
    assert bool(settings.storage_account_name) == (len(parts) == 1)


@pytest.mark.parametrize("parts", [{}, QUEUES, TABLES, {f"{NAME}__credential": "managedidentity"}])
def test_half_an_address_is_not_enough(monkeypatch: pytest.MonkeyPatch, parts: dict[str, str]) -> None:
    for name, value in parts.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=f"{NAME}: found nothing; expected a connection string, or instead"):
        load_settings()


def test_a_wrong_address_is_the_only_problem_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**QUEUES, f"{NAME}__tableServiceUri": "http://acct.table.core.windows.net"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert [line.split(":")[0] for line in str(caught.value).splitlines()[1:]] == [f"- {NAME}__tableServiceUri"]
