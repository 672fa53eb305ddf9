from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest
import requests

from local.cluedin.seed import ORGANIZATION, SERVICE_ACCOUNT, STEWARD

if TYPE_CHECKING:
    from local.cluedin.driver import Driver
    from local.cluedin.simulator import CluedIn

ME = "query me { administration { me { client entity __typename } __typename } }"
CREATE_TOKEN = (
    "mutation createToken($token: ApiTokenInput!) {"
    " administration { createToken(token: $token) { id name accessToken } } }"
)


def refresh(driver: Driver, token: str) -> requests.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": ORGANIZATION.client_id}
    return driver.post_form("/auth/connect/token", **form)


def ask_with(driver: Driver, authorization: str | None) -> requests.Response:
    headers = {"Authorization": authorization} if authorization else {}
    return requests.post(f"{driver.base_url}/graphql", json={"query": ME}, headers=headers, timeout=5)


def test_a_password_buys_an_hour_and_a_refresh_token(driver: Driver) -> None:
    tokens = driver.sign_in()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 3600
    assert tokens["refresh_token"]
    assert "ServerApiForUI" in tokens["scope"]


def test_an_access_token_carries_the_claims_of_cluedin(driver: Driver) -> None:
    token = driver.sign_in()["access_token"]
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (header["typ"], header["alg"]) == ("at+jwt", "RS256")
    assert claims["Id"] == SERVICE_ACCOUNT.id
    assert claims["OrganizationId"] == ORGANIZATION.id
    assert claims["ClientId"] == ORGANIZATION.client_id
    assert claims["aud"] == ["ServerApiForUI", "PublicApi"]
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["iss"] == f"{driver.base_url}/auth/"


def test_the_published_key_verifies_a_token(driver: Driver) -> None:
    discovery = requests.get(f"{driver.base_url}/auth/.well-known/openid-configuration", timeout=5).json()
    keys = jwt.PyJWKSet.from_dict(requests.get(discovery["jwks_uri"], timeout=5).json())
    token = driver.sign_in()["access_token"]
    assert (
        jwt.decode(token, keys["simulator"], algorithms=["RS256"], audience="PublicApi")["iss"] == discovery["issuer"]
    )


def test_the_audience_may_be_a_string(cluedin: CluedIn, driver: Driver) -> None:
    cluedin.patch_switches({"token_audience": "string"})
    claims = jwt.decode(driver.sign_in()["access_token"], options={"verify_signature": False})
    assert claims["aud"] == "ServerApiForUI"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"password": "wrong"}, "invalid_grant"),
        ({"username": "nobody@acme.example"}, "invalid_grant"),
        ({"username": STEWARD.username, "password": STEWARD.password}, "invalid_grant"),
        ({"client_id": "other"}, "invalid_client"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "made up"}, "invalid_grant"),
    ],
)
def test_wrong_credentials_are_a_400_with_a_reason(driver: Driver, form: dict[str, str], error: str) -> None:
    right = {
        "grant_type": "password",
        "username": SERVICE_ACCOUNT.username,
        "password": SERVICE_ACCOUNT.password,
        "client_id": ORGANIZATION.client_id,
    }
    answer = driver.post_form("/auth/connect/token", **(right | form))
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert answer.json()["error_description"]


def test_a_post_without_the_auth_prefix_meets_the_user_interface(driver: Driver) -> None:
    answer = driver.post_form("/connect/token", grant_type="password")
    assert answer.status_code == 405
    assert answer.headers["content-type"].startswith("text/html")


def test_a_used_refresh_token_is_dead(driver: Driver) -> None:
    first = driver.sign_in()["refresh_token"]
    second = refresh(driver, first)
    assert second.status_code == 200
    assert refresh(driver, first).status_code == 400
    assert refresh(driver, second.json()["refresh_token"]).status_code == 200


def test_a_used_refresh_token_lives_on_without_rotation(cluedin: CluedIn, driver: Driver) -> None:
    cluedin.patch_switches({"refresh_token_rotation": False})
    token = driver.sign_in()["refresh_token"]
    assert refresh(driver, token).status_code == refresh(driver, token).status_code == 200


def test_an_access_token_expires(cluedin: CluedIn, driver: Driver) -> None:
    cluedin.patch_switches({"access_token_lifetime_s": 60})
    token = driver.sign_in()["access_token"]
    assert ask_with(driver, f"Bearer {token}").status_code == 200
    cluedin.clock.advance(60)
    assert ask_with(driver, f"Bearer {token}").status_code == 401


def test_all_tokens_can_be_revoked_at_once(driver: Driver) -> None:
    tokens = driver.sign_in()
    assert driver.act("/tokens/revoke") == {"revoked": 2}
    assert ask_with(driver, f"Bearer {tokens['access_token']}").status_code == 401
    assert refresh(driver, tokens["refresh_token"]).status_code == 400


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer not.a.token", "Basic abc"])
def test_no_token_or_a_made_up_one_is_unauthorized(driver: Driver, authorization: str | None) -> None:
    assert ask_with(driver, authorization).status_code == 401


def test_unauthorized_may_also_look_like_apollo(cluedin: CluedIn, driver: Driver) -> None:
    cluedin.patch_switches({"unauthorized_answer": "graphql_200"})
    answer = ask_with(driver, None)
    assert answer.status_code == 200
    [error] = answer.json()["errors"]
    assert error["message"] == "401: Unauthorized"
    assert error["path"] == ["administration", "me"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert error["extensions"]["response"]["status"] == 401
    assert answer.json()["data"] == {"administration": {"me": None, "__typename": "Administration"}}


def test_graphql_takes_access_tokens_only(cluedin: CluedIn, driver: Driver) -> None:
    made = driver.ask(CREATE_TOKEN, token={"name": "sync", "expiredInHours": 24})["administration"]["createToken"]
    assert ask_with(driver, f"Bearer {made['accessToken']}").status_code == 401
    cluedin.patch_switches({"api_token_on_graphql": True})
    assert ask_with(driver, f"Bearer {made['accessToken']}").status_code == 200


def test_a_new_api_token_may_be_shown_in_the_list_only(cluedin: CluedIn, driver: Driver) -> None:
    cluedin.patch_switches({"created_token_is_shown": False})
    made = driver.ask(CREATE_TOKEN, token={"name": "sync"})["administration"]["createToken"]
    assert made["accessToken"] is None
    listed = driver.ask("{ administration { apiTokens { id name accessToken expiryDate expiresInDays } } }")
    [token] = listed["administration"]["apiTokens"]
    assert (token["id"], token["expiresInDays"]) == (made["id"], 364)
    claims = jwt.decode(token["accessToken"], options={"verify_signature": False})
    assert (claims["role"], claims["client_id"]) == ("API", "PublicApiClient")


@pytest.mark.parametrize("spelling", ["id", "Id"])
def test_me_is_the_author_of_what_the_caller_makes(cluedin: CluedIn, driver: Driver, spelling: str) -> None:
    cluedin.patch_switches({"me_client_id_spelling": spelling})
    assert driver.ask(ME)["administration"]["me"]["client"][spelling] == SERVICE_ACCOUNT.id


def test_the_account_service_knows_the_caller(driver: Driver) -> None:
    headers = {"Authorization": f"Bearer {driver.access_token}"}
    answer = requests.get(f"{driver.base_url}/auth/api/account/user", headers=headers, timeout=5)
    assert answer.json()["client"]["Id"] == SERVICE_ACCOUNT.id


def test_status_tells_version_and_health_without_a_token(driver: Driver) -> None:
    answer = requests.get(f"{driver.base_url}/api/status", timeout=5)
    assert answer.headers["x-cluedin-version"] == "4.4.0"
    assert answer.json()["ServiceStatus"] == "Green"
