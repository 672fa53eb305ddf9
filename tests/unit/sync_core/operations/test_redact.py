"""No secret is left in what is told, however it is written and wherever it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.app.secrets import secrets_of
from sync_core.held_secrets import HeldSecrets, spellings
from sync_core.operations.bundle.redact import Redaction
from sync_core.settings import Settings
from tests.kit.settings import settings_of

PASSWORD = 's33d/pässword+"&<'
TOKEN = "s33d-access.token/of+the=day~0123456789"
WEBHOOK_SECRETS = ("s33d-webhook-secret-of-last-month", "whsec_czMzZC13ZWJob29rLXNlY3JldC1vZi10aGlzLW1vbnRo")
ACCOUNT_KEY = "czMzZC1zdG9yYWdlLWtleS0wMTIzNDU2Nzg5czMzZC1zdG9yYWdlLWtleS0wMTIzNDU2Nzg5YWJjZGVmZ2hpamtsbQ=="
SIGNATURE = "s33d%2Fstorage%2Bsignature%3D"
NOTIFY = (
    "https://hooks.slack.com/services/T0S33D000/B0S33D000/s33dSlackTokenAAAA",
    "mailto://robot:s33dmailword@mail.example?to=ada",
    "https://flows.example/workflows/s33dworkflow/run?sig=s33d-notify-signature",
)
STORAGE = (
    f"DefaultEndpointsProtocol=https;AccountName=acct;AccountKey={ACCOUNT_KEY}",
    f"AccountName=acct;SharedAccessSignature=sv=2022&ss=qt&sig={SIGNATURE};TableEndpoint=https://acct.example",
)
SEEDS = (
    PASSWORD,
    TOKEN,
    *WEBHOOK_SECRETS,
    ACCOUNT_KEY,
    SIGNATURE,
    "T0S33D000/B0S33D000/s33dSlackTokenAAAA",
    "s33dSlackTokenAAAA",
    "s33dmailword",
    "s33dworkflow",
    "s33d-notify-signature",
)


def settings(storage: str) -> Settings:
    return settings_of(
        "https://acct.purview.azure.com",
        "https://acme.cluedin.example",
        storage,
        CLUEDIN_PASSWORD=PASSWORD,
        CLUEDIN_ACCESS_TOKEN=TOKEN,
        WEBHOOK_SECRETS=";".join(WEBHOOK_SECRETS),
        NOTIFY_URLS=";".join(NOTIFY),
    )


REDACTION = Redaction([secret for storage in STORAGE for secret in secrets_of(settings(storage))])


def texts(value: object) -> list[str]:
    match value:
        case dict():
            return [text for pair in value.items() for one in pair for text in texts(one)]
        case list():
            return [text for one in value for text in texts(one)]
        case _:
            return [str(value)]


def leaks(value: object) -> list[str]:
    text = "\n".join(texts(value))
    return [seed for seed in SEEDS if any(spelling in text for spelling in spellings(seed))]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_known_secret_is_masked_in_each_spelling_wherever_it_stands(seed: str) -> None:
    for spelling in spellings(seed):
        assert leaks(f"...{spelling}...") != []
        for value in (spelling, f"a {spelling} b", [{"columns": {"last_error": f"x{spelling}"}}], {spelling: 1}):
            assert leaks(REDACTION.of(value)) == []


@pytest.mark.parametrize(
    "unknown",
    [
        "https://user:Unknown12345@host.example/x",
        "https://hooks.slack.com/services/Unknown12345/b",
        "https://acme.webhook.office.com/webhookb2/Unknown12345",
        "https://prod.westeurope.logic.azure.com:443/workflows/Unknown12345/triggers?sig=Unknown12345",
        "https://discord.com/api/webhooks/1/Unknown12345",
        "AccountName=a;AccountKey=Unknown12345==",
        "https://a.table.core.windows.net/?sv=1&se=2026-01-01&sig=Unknown12345",
        "whsec_Unknown12345",
        "Authorization: Bearer Unknown12345Unknown",
        "https://app.example/api/status?code=Unknown12345",
        '{"password": "Unknown12345"}',
        "eyJhbGciOiJIUzI1NiJ9.Unknown12345.c2ln",
    ],
)
def test_what_looks_like_a_secret_is_masked_though_nobody_knows_it(unknown: str) -> None:
    assert "Unknown12345" not in str(Redaction([]).of({"text": unknown}))


@pytest.mark.parametrize("name", ["password", "CLUEDIN_PASSWORD", "accessToken", "client_secret", "accountKey"])
def test_what_is_called_a_secret_tells_nothing(name: str) -> None:
    assert Redaction([]).of({name: "anything at all"}) == {name: "***"}


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text("abc", max_size=9), st.lists, max_leaves=5))
def test_what_holds_no_secret_stays_as_it_is(value: object) -> None:
    assert REDACTION.of(value) == value


def test_who_gets_or_sends_a_mail_is_no_secret_and_the_password_beside_is_one() -> None:
    url = (
        "mailtos://ada%40acme.example:p%40ss.word-1@smtp.acme.example/grace@acme.example?to=eve@acme.example&cc=a.b@c.d"
    )
    secrets = set(secrets_of(settings_of("https://p.example", "https://c.example", STORAGE[0], NOTIFY_URLS=url)))
    people = ("ada@acme.example", "grace@acme.example", "eve@acme.example", "a.b@c.d")
    assert HeldSecrets(secrets).mask(" ".join(people)) == " ".join(people)
    assert HeldSecrets(secrets).mask("p@ss.word-1") == "***"
    assert HeldSecrets(secrets).mask(f"sent to {url}") == "sent to ***"


def test_names_and_addresses_of_assets_stay_as_they_are() -> None:
    for text in ("mssql://host/db/dbo/Customers", "https://lake.example/a/Account.csv", "Sync to CluedIn@Glossary"):
        assert REDACTION.of(text) == text
