"""CluedIn's access tokens by password: fetched once, kept fresh, shared by all threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.responses import JSONResponse, Response

from local.cluedin.seed import ORGANIZATION, SERVICE_ACCOUNT
from local.cluedin.simulator import CluedIn
from local.simulation import Effect, Fault, Match
from sync_core.cluedin.client import CLUEDIN
from sync_core.errors import ConfigError, TransientError
from sync_core.http.client import HttpClient
from sync_core.http.tokens import PasswordTokens
from tests.kit.scripted import Scripted, operations

HOUR_S = 3600
THREADS = 16


class MovableClock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def sign_in(cluedin_url: str, clock: MovableClock) -> Callable[..., PasswordTokens]:
    """Make the tokens of the service account, with some things changed."""

    def make(url: str = cluedin_url, **changes: str) -> PasswordTokens:
        account = {
            "organization": ORGANIZATION.client_id,
            "username": SERVICE_ACCOUNT.username,
            "password": SERVICE_ACCOUNT.password,
        }
        return PasswordTokens(HttpClient(CLUEDIN, url), **{**account, **changes}, clock=clock)

    return make


def grants(cluedin: CluedIn) -> list[str]:
    assert set(operations(cluedin)) <= {"auth.token"}
    return [parse_qs(record.request_body or "")["grant_type"][0] for record in cluedin.log.since()]


def is_accepted(cluedin: CluedIn, token: str) -> bool:
    return cluedin.tokens.authenticate(f"Bearer {token}") is not None


def test_a_password_buys_a_token_that_cluedin_accepts(cluedin: CluedIn, sign_in: Callable[..., PasswordTokens]) -> None:
    assert is_accepted(cluedin, sign_in().token())


def test_a_token_is_used_until_shortly_before_it_expires(
    cluedin: CluedIn, sign_in: Callable[..., PasswordTokens], clock: MovableClock
) -> None:
    tokens = sign_in()
    first = tokens.token()
    clock.now += HOUR_S - 301
    assert tokens.token() == first
    clock.now += 2
    assert tokens.token() != first
    assert grants(cluedin) == ["password", "refresh_token"]


def test_a_short_lived_token_is_used_for_most_of_its_life(
    cluedin: CluedIn, sign_in: Callable[..., PasswordTokens], clock: MovableClock
) -> None:
    cluedin.patch_switches({"access_token_lifetime_s": 60})
    tokens = sign_in()
    first = tokens.token()
    clock.now += 47
    assert tokens.token() == first
    clock.now += 2
    assert tokens.token() != first


def test_a_refresh_token_is_used_once(
    cluedin: CluedIn, sign_in: Callable[..., PasswordTokens], clock: MovableClock
) -> None:
    tokens = sign_in()
    for _ in range(3):
        tokens.token()
        clock.now += HOUR_S
    assert is_accepted(cluedin, tokens.token())
    assert grants(cluedin) == ["password", "refresh_token", "refresh_token", "refresh_token"]


def test_the_password_is_used_again_where_the_refresh_token_is_refused(
    cluedin: CluedIn, sign_in: Callable[..., PasswordTokens]
) -> None:
    tokens = sign_in()
    refused = tokens.token()
    cluedin.tokens.revoke_all()
    assert is_accepted(cluedin, tokens.renew(refused))
    assert grants(cluedin) == ["password", "refresh_token", "password"]


def test_a_refresh_whose_answer_is_lost_ends_with_the_password(
    cluedin: CluedIn, sign_in: Callable[..., PasswordTokens]
) -> None:
    tokens = sign_in()
    refused = tokens.token()
    cluedin.faults.add(Fault(match=Match(operation="auth.token"), effect=Effect(drop="after")))
    with pytest.raises(TransientError, match="CLUEDIN_URL"):
        tokens.renew(refused)
    assert is_accepted(cluedin, tokens.renew(refused))
    assert grants(cluedin) == ["password", "refresh_token", "password"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"password": "wrong-secret"}, "invalid_grant"),
        ({"username": "nobody@acme.example"}, "invalid_grant"),
        ({"organization": "other"}, "which is 'other'"),
    ],
)
def test_wrong_credentials_are_for_a_person_to_mend(
    sign_in: Callable[..., PasswordTokens], change: dict[str, str], told: str
) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        sign_in(**change).token()
    assert all(f"CLUEDIN_{name}" in str(caught.value) for name in ("USERNAME", "PASSWORD", "ORGANIZATION"))
    assert "wrong-secret" not in str(caught.value)


def test_an_address_without_a_token_endpoint_names_its_setting(
    cluedin_url: str, sign_in: Callable[..., PasswordTokens]
) -> None:
    with pytest.raises(ConfigError, match="check CLUEDIN_URL"):
        sign_in(f"{cluedin_url}/nowhere").token()


def test_many_threads_fetch_one_token(cluedin: CluedIn, sign_in: Callable[..., PasswordTokens]) -> None:
    cluedin.faults.add(Fault(match=Match(operation="auth.token"), effect=Effect(delay_s=0.1)))
    tokens = sign_in()
    with ThreadPoolExecutor(THREADS) as pool:
        fetched = {job.result() for job in [pool.submit(tokens.token) for _ in range(THREADS)]}
    assert (len(fetched), len(grants(cluedin))) == (1, 1)


def test_many_threads_whose_token_was_refused_fetch_one_other(
    cluedin: CluedIn, sign_in: Callable[..., PasswordTokens]
) -> None:
    tokens = sign_in()
    refused = tokens.token()
    cluedin.faults.add(Fault(match=Match(operation="auth.token"), effect=Effect(delay_s=0.1)))
    with ThreadPoolExecutor(THREADS) as pool:
        fetched = {job.result() for job in [pool.submit(tokens.renew, refused) for _ in range(THREADS)]}
    assert refused not in fetched
    assert (len(fetched), grants(cluedin)) == (1, ["password", "refresh_token"])


def test_a_failing_token_endpoint_is_asked_once_and_later_again(
    cluedin: CluedIn, sign_in: Callable[..., PasswordTokens]
) -> None:
    cluedin.faults.add(Fault(match=Match(operation="auth.token"), effect=Effect(status=503)))
    tokens = sign_in()
    with pytest.raises(TransientError):
        tokens.token()
    assert len(grants(cluedin)) == 1
    assert is_accepted(cluedin, tokens.token())


@pytest.mark.parametrize("expires_in", [None, "soon", "nan", [], 0, {}, -1, "-3600"])
def test_a_lifetime_that_is_not_told_is_taken_for_an_hour(
    service: Scripted, sign_in: Callable[..., PasswordTokens], clock: MovableClock, expires_in: Any
) -> None:
    grant = {"access_token": "a.b.c", "expires_in": expires_in, "refresh_token": None}
    service.answers = [JSONResponse(grant), JSONResponse({**grant, "access_token": "d.e.f"})]
    tokens = sign_in(service.url)
    assert tokens.token() == "a.b.c"
    clock.now += HOUR_S - 301
    assert tokens.token() == "a.b.c"
    clock.now += 2
    assert tokens.token() == "d.e.f"


@pytest.mark.parametrize(
    "answer",
    [
        JSONResponse({}),
        JSONResponse([]),
        JSONResponse({"access_token": ""}),
        JSONResponse({"access_token": "line\nbreak"}),
        JSONResponse({"access_token": "tøken"}),
        JSONResponse({"access_token": 7}),
        Response("<html>login</html>"),
    ],
)
def test_an_answer_without_a_token_that_can_be_used_names_the_address(
    service: Scripted, sign_in: Callable[..., PasswordTokens], answer: Response
) -> None:
    service.answers = [answer]
    with pytest.raises(ConfigError, match="check CLUEDIN_URL"):
        sign_in(service.url).token()
