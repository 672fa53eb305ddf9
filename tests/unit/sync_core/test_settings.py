"""The settings as an operator meets them: what they default to, and what is said when they are wrong."""

import traceback
from collections.abc import Callable

import pytest

from sync_core.errors import ConfigError
from sync_core.settings import SECRET_SETTINGS, Settings, SettingsSource, TermStore, load_settings

STORAGE = "DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=c3RvcmFnZS1rZXk=;EndpointSuffix=core.windows.net"
COMPLETE = {
    "PURVIEW_ENDPOINT": "https://acct.purview.azure.com",
    "PURVIEW_COLLECTION": "abc123",
    "CLUEDIN_URL": "https://acme.cluedin.example",
    "CLUEDIN_USERNAME": "sync@acme.example",
    "CLUEDIN_PASSWORD": "a password",
    "SYNC_TERM": "Sync to CluedIn",
    "AzureWebJobsStorage": STORAGE,
}
Load = Callable[..., Settings]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load the complete settings with some changed; None takes one away."""
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)

    def load_with(**changes: str | None) -> Settings:
        for name, value in {**COMPLETE, **changes}.items():
            if value is not None:
                monkeypatch.setenv(name, value)
        return load_settings()

    return load_with


def problems(load: Load, **changes: str | None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(**changes)
    return str(caught.value).splitlines()[1:]


def test_what_is_not_set_has_the_documented_default(load: Load) -> None:
    settings = load()
    assert (settings.sync_enabled, settings.lineage_enabled) == (True, True)
    assert settings.sync_settings_source is SettingsSource.APP
    assert settings.sync_term_store is TermStore.AUTO
    assert settings.purview_catalog_endpoint == "https://api.purview-service.microsoft.com"
    assert (settings.webhook_secrets, settings.notify_urls) == ((), ())
    assert settings.cluedin_access_token is None
    assert settings.storage_table_service_uri is settings.storage_queue_service_uri is None


def test_every_setting_is_read_from_the_environment(load: Load) -> None:
    settings = load(
        CLUEDIN_ORGANIZATION="other",
        CLUEDIN_ACCESS_TOKEN="a.b.c",
        SYNC_ENABLED="false",
        SYNC_SETTINGS_SOURCE="cluedin",
        LINEAGE_ENABLED="0",
        WEBHOOK_SECRETS="new; old",
        NOTIFY_URLS="json://a.example/;mailto://b.example",
        WEBSITE_HOSTNAME="acct.azurewebsites.net",
        PURVIEW_WRITE_STATUS="true",
        AzureWebJobsStorage__accountName="acct",
        AzureWebJobsStorage__queueServiceUri="https://acct.queue.core.windows.net",
        AzureWebJobsStorage__tableServiceUri="https://acct.table.core.windows.net/",
        AzureWebJobsStorage__credential="managedidentity",
        AzureWebJobsStorage__clientId="11111111-2222-4333-8444-555555555555",
    )
    read = settings.model_dump()
    assert {name for name, value in read.items() if value in (None, "", ())} == set()
    assert (settings.sync_enabled, settings.lineage_enabled) == (False, False)
    assert [secret.get_secret_value() for secret in settings.webhook_secrets] == ["new", "old"]
    assert [url.get_secret_value() for url in settings.notify_urls] == ["json://a.example/", "mailto://b.example"]
    assert settings.storage_table_service_uri == "https://acct.table.core.windows.net"


def test_a_field_name_in_the_environment_is_not_a_setting(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_CONNECTION_STRING", STORAGE)
    assert [line.split(":")[0] for line in problems(load, AzureWebJobsStorage=None)] == ["- AzureWebJobsStorage"]


def test_an_empty_environment_is_one_error_that_names_each_setting_and_what_is_expected(load: Load) -> None:
    found = problems(load, **dict.fromkeys(COMPLETE))
    assert sorted(line.split(":")[0].removeprefix("- ") for line in found) == sorted(COMPLETE)
    assert all("expected" in line for line in found)


@pytest.mark.parametrize("empty", ["", "   "])
def test_an_empty_setting_is_as_good_as_missing(load: Load, empty: str) -> None:
    found = problems(load, **dict.fromkeys(COMPLETE, empty))
    assert sorted(line.split(":")[0].removeprefix("- ") for line in found) == sorted(COMPLETE)


def test_an_empty_optional_setting_has_its_default(load: Load) -> None:
    settings = load(SYNC_ENABLED="", NOTIFY_URLS=" ", CLUEDIN_ACCESS_TOKEN=" ", AzureWebJobsStorage__queueServiceUri="")
    assert settings.sync_enabled
    assert (settings.notify_urls, settings.cluedin_access_token) == ((), None)


def test_spaces_around_a_value_do_not_count(load: Load) -> None:
    settings = load(CLUEDIN_ACCESS_TOKEN="a.b.c\n", LINEAGE_ENABLED=" false ", SYNC_TERM=" * ")
    assert settings.cluedin_access_token is not None
    assert settings.cluedin_access_token.get_secret_value() == "a.b.c"
    assert (settings.lineage_enabled, settings.sync_term) == (False, "*")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SYNC_ENABLED", "perhaps", "expected a valid boolean"),
        ("LINEAGE_ENABLED", "2", "expected a valid boolean"),
        ("SYNC_TERM_STORE", "both", "expected 'auto', 'classic' or 'unified'"),
        ("PURVIEW_CATALOG_ENDPOINT", "http://api.example", "expected https"),
        ("SYNC_SETTINGS_SOURCE", "file", "expected 'app' or 'cluedin'"),
        ("SYNC_TERM", "; ;", "expected a glossary term"),
        ("PURVIEW_ENDPOINT", "acct.purview.azure.com", "expected a full URL"),
        ("PURVIEW_ENDPOINT", "https://", "expected a full URL"),
        ("PURVIEW_ENDPOINT", "https://[::1", "expected a full URL"),
        ("PURVIEW_ENDPOINT", "https://acct.example:99999", "expected a full URL"),
        ("CLUEDIN_URL", "ftp://acme.cluedin.example", "expected a full URL"),
        ("CLUEDIN_URL", "http://acme.cluedin.example", "expected https"),
        ("CLUEDIN_URL", "http://127.evil.example", "expected https"),
        ("CLUEDIN_URL", "http://127.0.0.1.evil.example", "expected https"),
        ("CLUEDIN_URL", "http://10.0.0.1", "expected https"),
        ("CLUEDIN_URL", "https://acme.cluedin.example/#x", "expected a URL without"),
        ("AzureWebJobsStorage__queueServiceUri", "http://acct.queue.core.windows.net", "expected https"),
        ("AzureWebJobsStorage__tableServiceUri", "acct", "expected a full URL"),
    ],
)
def test_a_wrong_value_is_shown_with_what_was_expected(load: Load, name: str, value: str, expected: str) -> None:
    (problem,) = problems(load, **{name: value})
    assert problem.startswith(f"- {name}: found {value!r}; {expected}")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_plain_http_is_accepted_for_this_machine_alone(load: Load, host: str) -> None:
    assert load(CLUEDIN_URL=f"http://{host}:8080/").cluedin_url == f"http://{host}:8080"


@pytest.mark.parametrize(
    ("url", "organization"),
    [
        ("https://acme.cluedin.example", "acme"),
        ("https://ACME.cluedin.example:8443/", "acme"),
        ("https://acme", "acme"),
    ],
)
def test_the_organization_is_the_first_label_of_the_url(load: Load, url: str, organization: str) -> None:
    assert load(CLUEDIN_URL=url).organization == organization


def test_the_organization_may_be_told(load: Load) -> None:
    assert load(CLUEDIN_URL="https://app.cluedin.example", CLUEDIN_ORGANIZATION="acme").organization == "acme"


def test_the_term_is_not_needed_where_cluedin_keeps_it(load: Load) -> None:
    assert load(SYNC_TERM=None, SYNC_SETTINGS_SOURCE="cluedin").sync_term == ""


def test_an_access_token_stands_for_user_and_password(load: Load) -> None:
    assert load(CLUEDIN_USERNAME=None, CLUEDIN_PASSWORD=None, CLUEDIN_ACCESS_TOKEN="a.b.c").cluedin_username == ""


@pytest.mark.parametrize("missing", ["CLUEDIN_USERNAME", "CLUEDIN_PASSWORD"])
def test_half_a_service_account_is_not_enough(load: Load, missing: str) -> None:
    (problem,) = problems(load, **{missing: None})
    assert problem.startswith(f"- {missing}: found nothing; expected")


@pytest.mark.parametrize("token", ["a b", "a\nb", "tokenø", "…"])
def test_a_token_that_no_header_can_carry_is_refused(load: Load, token: str) -> None:
    (problem,) = problems(load, CLUEDIN_ACCESS_TOKEN=token)
    assert problem.startswith("- CLUEDIN_ACCESS_TOKEN: found a value (hidden); expected an access token")


@pytest.mark.parametrize("name", [*sorted(SECRET_SETTINGS), "CLUEDIN_USERNAME", "SYNC_TERM"])
def test_a_key_vault_reference_that_was_not_resolved_is_no_value(load: Load, name: str) -> None:
    reference = "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/x)"
    problem = next(line for line in problems(load, **{name: reference}) if name in line)
    assert problem.startswith(f"- {name}: found a value (hidden); expected the secret's value")
    assert "Key Vault Secrets User" in problem


SECRET = "c2VjcmV0LXZhbHVl"
WRONG_SECRETS = {
    "AzureWebJobsStorage": f"AccountKey={SECRET}",
    "CLUEDIN_ACCESS_TOKEN": f"{SECRET} {SECRET}",
    "CLUEDIN_URL": f"https://user:{SECRET}@acme.example",
    "PURVIEW_ENDPOINT": f"https://acct.example?sig={SECRET}",
}


def test_an_error_never_shows_a_secret(load: Load) -> None:
    with pytest.raises(ConfigError) as caught:
        load(**WRONG_SECRETS, CLUEDIN_PASSWORD=SECRET, WEBHOOK_SECRETS=SECRET, NOTIFY_URLS=SECRET)
    assert len(str(caught.value).splitlines()) == 1 + len(WRONG_SECRETS)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is caught.value.__cause__ is None


def test_the_settings_in_a_log_show_no_secret(load: Load) -> None:
    settings = load(
        CLUEDIN_PASSWORD=SECRET,
        CLUEDIN_ACCESS_TOKEN=SECRET,
        WEBHOOK_SECRETS=SECRET,
        NOTIFY_URLS=SECRET,
        AzureWebJobsStorage=f"AccountName=a;AccountKey={SECRET}",
    )
    assert SECRET not in f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"


def test_every_secret_value_belongs_to_a_setting_that_errors_hide() -> None:
    secret = {str(field.alias) for field in Settings.model_fields.values() if "Secret" in str(field.annotation)}
    assert secret == set(SECRET_SETTINGS)


@pytest.mark.parametrize("term", ["product:Sales", "Sync; Product: Sales@Finance", '"product:Sales"'])
def test_a_data_product_needs_a_store_that_has_some(load: Load, term: str) -> None:
    (problem,) = problems(load, SYNC_TERM=term, SYNC_TERM_STORE="classic")
    assert "SYNC_TERM: found" in problem
    assert "expected no product: with SYNC_TERM_STORE=classic" in problem
    assert load(SYNC_TERM=term, SYNC_TERM_STORE="unified").sync_term == term
