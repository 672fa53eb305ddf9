"""What happens when CluedIn does not accept the token: by HTTP status, or as an error beside HTTP 200."""

import pytest

from local.cluedin.seed import ORGANIZATION, SERVICE_ACCOUNT
from local.cluedin.simulator import CluedIn
from local.simulation import Effect, Fault, Match
from sync_core.cluedin.client import CLUEDIN, CluedInClient, is_refused
from sync_core.errors import ConfigError, CredentialsError
from sync_core.http.client import HttpClient, TokenSource
from sync_core.http.tokens import GivenToken, PasswordTokens
from tests.kit.scripted import operations

BOTH_SHAPES = pytest.mark.parametrize("shape", ["http_401", "graphql_200"])


def make_client(url: str, tokens: TokenSource) -> CluedInClient:
    return CluedInClient(HttpClient(CLUEDIN, url, tokens=tokens, is_refused=is_refused, sleep=lambda _: None))


@pytest.fixture
def client(cluedin_url: str) -> CluedInClient:
    door = HttpClient(CLUEDIN, cluedin_url)
    account = (ORGANIZATION.client_id, SERVICE_ACCOUNT.username, SERVICE_ACCOUNT.password)
    return make_client(cluedin_url, PasswordTokens(door, *account))


@BOTH_SHAPES
def test_a_query_with_a_refused_token_is_made_again_with_a_fresh_one(
    cluedin: CluedIn, client: CluedInClient, shape: str
) -> None:
    cluedin.patch_switches({"unauthorized_answer": shape})
    assert list(client.fetch_groups("")) == []
    since = cluedin.log.last_seq
    cluedin.clock.advance(3601)
    assert list(client.fetch_groups("")) == []
    assert operations(cluedin, since) == ["inbound.dataSourceSets", "auth.token", "inbound.dataSourceSets"]


def test_a_creation_that_http_refuses_is_made_again_with_a_fresh_token(cluedin: CluedIn, client: CluedInClient) -> None:
    cluedin.patch_switches({"unauthorized_answer": "http_401"})
    client.create_group("first")
    since = cluedin.log.last_seq
    cluedin.tokens.revoke_all()
    client.create_group("second")
    assert operations(cluedin, since) == [
        "inbound.createDataSourceSet",
        "auth.token",
        "auth.token",
        "inbound.createDataSourceSet",
    ]
    assert [group.name for group in client.fetch_groups("")] == ["first", "second"]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"inbound": None},
        {"inbound": {"createDataSourceSet": None}},
        {"inbound": {"createDataSourceSet": "7"}},
    ],
)
def test_a_creation_that_a_back_end_refuses_is_not_sent_again_but_the_next_call_has_a_fresh_token(
    cluedin: CluedIn, client: CluedInClient, data: object
) -> None:
    client.create_group("first")
    error = {"message": "401: Unauthorized", "path": ["inbound"], "extensions": {"code": "UNAUTHENTICATED"}}
    effect = Effect(status=200, body={"data": data, "errors": [error]})
    cluedin.faults.add(Fault(match=Match(operation="createDataSourceSet"), effect=effect, times=1))
    since = cluedin.log.last_seq

    with pytest.raises(CredentialsError):
        client.create_group("second")

    assert operations(cluedin, since) == ["inbound.createDataSourceSet", "auth.token"]
    client.create_group("second")
    assert [group.name for group in client.fetch_groups("")] == ["first", "second"]


@BOTH_SHAPES
def test_a_given_token_that_is_refused_is_for_a_person_to_mend(cluedin: CluedIn, cluedin_url: str, shape: str) -> None:
    cluedin.patch_switches({"unauthorized_answer": shape})
    with pytest.raises(ConfigError, match="refused the token of CLUEDIN_ACCESS_TOKEN"):
        list(make_client(cluedin_url, GivenToken("a.b.c")).fetch_groups(""))


@BOTH_SHAPES
def test_an_api_token_is_refused_and_the_remedy_names_the_kind_of_token(
    cluedin: CluedIn, cluedin_url: str, shape: str
) -> None:
    cluedin.patch_switches({"unauthorized_answer": shape})
    token = cluedin.tokens.create_api_token(SERVICE_ACCOUNT, "sync", 1, cluedin_url, cluedin.switches).access_token
    with pytest.raises(ConfigError, match="or may not be used for this"):
        list(make_client(cluedin_url, GivenToken(token)).fetch_groups(""))
    cluedin.patch_switches({"api_token_on_graphql": True})
    assert list(make_client(cluedin_url, GivenToken(token)).fetch_groups("")) == []


class StaleTokens:
    """Gives the same refused token again and again."""

    def token(self) -> str:
        return "stale"

    def renew(self, refused: str) -> str:
        return refused


@BOTH_SHAPES
def test_a_fresh_token_that_is_refused_too_names_the_settings(cluedin: CluedIn, cluedin_url: str, shape: str) -> None:
    cluedin.patch_switches({"unauthorized_answer": shape})
    with pytest.raises(ConfigError, match="Check CLUEDIN_USERNAME and CLUEDIN_PASSWORD, or CLUEDIN_ACCESS_TOKEN"):
        list(make_client(cluedin_url, StaleTokens()).fetch_groups(""))
    assert operations(cluedin) == ["inbound.dataSourceSets", "inbound.dataSourceSets"]


def test_a_given_token_is_not_shown() -> None:
    assert "a.b.c" not in repr(GivenToken("a.b.c"))


def test_cluedin_that_refuses_a_right_is_not_signed_in_to_again(cluedin: CluedIn, client: CluedInClient) -> None:
    assert list(client.fetch_groups("")) == []
    since = cluedin.log.last_seq
    cluedin.faults.add(Fault(match=Match(path="/graphql"), effect=Effect(status=403)))
    with pytest.raises(ConfigError, match="Data Source Groups"):
        list(client.fetch_groups(""))
    assert operations(cluedin, since) == ["inbound.dataSourceSets"]
