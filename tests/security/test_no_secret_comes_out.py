"""Runs the whole app with seeded secrets, when all goes well and when it does not, and looks for them in what came out.

That is: the log with all tracebacks, the answers, every row and message, and how each object of the app shows itself.
"""

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from starlette.responses import JSONResponse, Response

from local.cluedin.seed import SERVICE_ACCOUNT
from local.stack import COLLECTION, TERM
from sync_core.app.deliveries import data_set_processed
from sync_core.app.triggers import dashboard, health, status, this_process
from sync_core.settings import Settings
from tests.kit.estate import Estate
from tests.kit.scripted import Asked, Scripted
from tests.kit.services import Services
from tests.security.plant import Plant, listening, spellings
from tests.unit.sync_core.lineage.webhook.webhook_bench import sign_hex, sign_now

# Apprise loads all its plugins at the first URL, and those use what Python deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

PASSWORD = 's33d/pässword+"&<'
ACCESS_TOKEN = "s33d-access.token/of+the=day~0123456789"
WEBHOOK_SECRETS = ("s33d-webhook-secret-of-last-month", "whsec_czMzZC13ZWJob29rLXNlY3JldC1vZi10aGlzLW1vbnRo")
NOTIFY = "s33dnotifykey"
STORAGE_KEY = "czMzZC1zdG9yYWdlLWtleS0wMTIzNDU2Nzg5"
STORAGE_SIGNATURE = "s33d/storage+signature="
FUNCTION_KEY = "s33d-function-key-0123456789"
IDENTITY_HEADER = "s33d-identity-header"
SEEDS = (
    PASSWORD,
    ACCESS_TOKEN,
    *WEBHOOK_SECRETS,
    NOTIFY,
    STORAGE_KEY,
    STORAGE_SIGNATURE,
    FUNCTION_KEY,
    IDENTITY_HEADER,
)
JWT = re.compile(r"eyJ[\w-]{10,}\.[\w-]+")


@pytest.fixture
def plant(
    small_estate: Estate, services: Services, service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Plant]:
    """The whole app with every secret set, between services that work; a test then breaks what it wants to break."""
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    for name, value in {
        "PURVIEW_ENDPOINT": services.purview_url,
        "PURVIEW_COLLECTION": COLLECTION,
        "CLUEDIN_URL": services.cluedin_url,
        "CLUEDIN_ORGANIZATION": "acme",
        "CLUEDIN_USERNAME": SERVICE_ACCOUNT.username,
        "CLUEDIN_PASSWORD": SERVICE_ACCOUNT.password,
        "SYNC_TERM": TERM,
        "WEBHOOK_SECRETS": ";".join(WEBHOOK_SECRETS),
        "NOTIFY_URLS": f"json://{service.url.removeprefix('http://')}/{NOTIFY}?-x-key={NOTIFY}",
        "AzureWebJobsStorage": small_estate.storage,
    }.items():
        monkeypatch.setenv(name, value)
    plant = Plant(small_estate.storage)
    with listening(plant.said):
        yield plant


def leaks(text: str, *more: str) -> list[str]:
    """Return the secrets that a text shows, in whatever spelling."""
    found = [secret for secret in (*SEEDS, *more) if any(spelling in text for spelling in spellings(secret))]
    return found + [token.group() for token in JWT.finditer(text)]


def test_the_search_finds_what_it_looks_for() -> None:
    for secret in SEEDS:
        for spelling in spellings(secret):
            assert leaks(f"...{spelling}...") == [secret]
    assert leaks("Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln")


def signed() -> dict[str, str]:
    body = json.dumps({"dataSetId": "925268ec-8908-44e2-8d0c-d83fe50937d0", "eventId": "evt"}).encode()
    secret = WEBHOOK_SECRETS[1]
    return {**sign_now(secret, body), **sign_hex(secret, body), "x-functions-key": FUNCTION_KEY}


def test_when_all_goes_well(plant: Plant, small_estate: Estate) -> None:
    small_estate.cluedin.patch_switches({"record_bodies": True, "access_token_lifetime_s": 1})
    plant.run_everything(signed())
    grants = [
        json.loads(each.response_body or "{}")
        for each in small_estate.cluedin.log.since(0)
        if each.operation == "auth.token" and each.status == 200
    ]
    tokens = [grant[name] for grant in grants for name in ("access_token", "refresh_token")]
    assert len(tokens) > 1
    text = plant.everything_that_came_out()
    assert "'status': 'synced'" in text
    assert '"status": "accepted"' in text
    assert leaks(text, SERVICE_ACCOUNT.password, *tokens) == []


def test_when_the_password_is_wrong(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUEDIN_PASSWORD", PASSWORD)
    plant.run_everything(signed())
    text = plant.everything_that_came_out()
    assert "CluedIn gave no access token" in text
    assert leaks(text) == []


def test_when_notifications_fail(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    urls = (
        f"bogus://{NOTIFY};json://user:{NOTIFY}@127.0.0.1:9/{NOTIFY};slack://{NOTIFY};https://discord.com/api/{NOTIFY}"
    )
    monkeypatch.setenv("NOTIFY_URLS", urls)
    plant.run_everything()
    text = plant.everything_that_came_out()
    assert "NOTIFY_URLS" in text
    assert leaks(text) == []


def echo_of(asked: Asked) -> str:
    return f"{asked.method} {asked.path}?{asked.query} {dict(asked.headers)} {asked.body.decode()}"


ECHOES: dict[str, Callable[[Asked], Response]] = {
    "a text at 500": lambda asked: Response(echo_of(asked), 500),
    "a Purview error at 400": lambda asked: JSONResponse({"errorCode": "X", "errorMessage": echo_of(asked)}, 400),
    "a gateway error at 401": lambda asked: JSONResponse({"error": {"code": echo_of(asked), "message": "no"}}, 401),
    "a token error at 400": lambda asked: JSONResponse({"error": "x", "error_description": echo_of(asked)}, 400),
    "GraphQL errors at 200": lambda asked: JSONResponse({"errors": [{"message": echo_of(asked)}], "data": None}),
    "a page at 404": lambda asked: Response(f"<html>{echo_of(asked)}</html>", 404),
}


@pytest.mark.parametrize(
    ("echo", "credentials"), [*((echo, "password") for echo in ECHOES), ("GraphQL errors at 200", "token")]
)
def test_when_services_answer_with_what_they_were_sent(
    plant: Plant, elsewhere: Scripted, echo: str, credentials: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere.answers = [ECHOES[echo]] * 1000
    monkeypatch.setenv("PURVIEW_ENDPOINT", elsewhere.url)
    monkeypatch.setenv("CLUEDIN_URL", elsewhere.url)
    monkeypatch.setenv("CLUEDIN_PASSWORD", PASSWORD)
    if credentials == "token":
        monkeypatch.setenv("CLUEDIN_ACCESS_TOKEN", ACCESS_TOKEN)
    plant.run_everything(signed())
    assert any("authorization" in asked.headers for asked in elsewhere.asked)
    text = plant.everything_that_came_out()
    assert "***" in text
    assert leaks(text) == []


def test_when_nothing_can_be_reached(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PURVIEW_ENDPOINT", "CLUEDIN_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("CLUEDIN_PASSWORD", PASSWORD)
    plant.run_everything(signed())
    text = plant.everything_that_came_out()
    assert "could not be reached" in text
    assert leaks(text) == []


def test_when_the_identity_is_refused(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", IDENTITY_HEADER)
    plant.run_everything()
    text = plant.everything_that_came_out()
    assert "Azure gave no token for Purview" in text
    assert leaks(text) == []


@pytest.mark.parametrize(
    "credential",
    [f"AccountKey={STORAGE_KEY}", f"SharedAccessSignature=sv=2022-11-02&ss=qt&sig={quote(STORAGE_SIGNATURE)}"],
)
def test_when_storage_refuses_or_cannot_be_reached(
    plant: Plant, credential: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = dict(part.split("=", 1) for part in plant.storage.split(";"))
    refused = f"TableEndpoint={parts['TableEndpoint']};QueueEndpoint={parts['QueueEndpoint']}"
    for endpoints in (refused, "TableEndpoint=http://127.0.0.1:9/t;QueueEndpoint=http://127.0.0.1:9/q"):
        monkeypatch.setenv("AzureWebJobsStorage", f"AccountName={parts['AccountName']};{credential};{endpoints}")
        plant.run_everything(signed())
    text = plant.everything_that_came_out()
    assert "Storage refused the app" in text
    assert "Storage did not answer" in text
    assert leaks(text) == []


def test_when_the_settings_are_wrong(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUEDIN_URL", f"https://user:{quote(PASSWORD)}@acme.cluedin.example")
    monkeypatch.setenv("PURVIEW_ENDPOINT", f"https://acct.purview.azure.com?code={FUNCTION_KEY}")
    monkeypatch.setenv("CLUEDIN_ACCESS_TOKEN", f"{ACCESS_TOKEN} ")
    monkeypatch.setenv("CLUEDIN_ACCESS_TOKEN", f"{ACCESS_TOKEN}\n{ACCESS_TOKEN}")
    monkeypatch.setenv("AzureWebJobsStorage", f"AccountName=acct;AccountKey={STORAGE_KEY};rubbish")
    monkeypatch.setenv("AzureWebJobsStorage__accountName", f"AccountName=acct;AccountKey={STORAGE_KEY}")
    monkeypatch.setenv("WEBHOOK_SECRETS", f";whsec_;{WEBHOOK_SECRETS[0]}")
    plant.run_everything()
    this_process.cache_clear()
    delivered = data_set_processed({"x-functions-key": FUNCTION_KEY}, b"{}")
    answers = [status({}), health(), delivered, dashboard({}, {})]
    assert [answer.status for answer in answers] == [503, 503, 503, 503]
    text = plant.everything_that_came_out() + "".join(answer.body for answer in answers)
    assert "AzureWebJobsStorage: found a value (hidden)" in text
    assert leaks(text) == []
    assert set(json.loads(answers[1].body)) == {"status", "failing", "version"}
