"""CluedIn's own SDK, `cluedin` 4.0.2, unchanged, against the simulator over HTTP.

By itself the SDK speaks to `https://{org_name}.{domain}`; its documented way to another address is the context member
`org_url`, from which it derives every other URL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cluedin
import pytest
import requests

from local.cluedin.seed import ORGANIZATION, SERVICE_ACCOUNT

if TYPE_CHECKING:
    from local.cluedin.driver import Driver
    from local.cluedin.simulator import CluedIn


@pytest.fixture
def context(driver: Driver) -> Any:
    made = cluedin.Context.from_dict(
        {
            "domain": "localhost",
            "org_name": ORGANIZATION.client_id,
            "user_email": SERVICE_ACCOUNT.username,
            "user_password": SERVICE_ACCOUNT.password,
            "org_url": driver.base_url,
        }
    )
    made.get_token()
    return made


def test_the_sdk_gets_and_reads_a_token(context: Any) -> None:
    assert context.jwt_payload["OrganizationId"] == ORGANIZATION.id
    again = cluedin.Context.from_jwt(context.access_token)
    assert (again.protocol, again.org_name) == ("http", ORGANIZATION.client_id)


def test_the_sdk_learns_of_wrong_credentials(context: Any) -> None:
    context.user_password = "wrong"
    with pytest.raises(requests.HTTPError, match="400"):
        context.get_token()


def test_the_sdk_asks_the_organizations_graphql(context: Any) -> None:
    document = "query list($page: Int) { inbound { dataSourceSets(page: $page) { total data { id name } } } }"
    answer = cluedin.gql.org_gql(context, document, {"page": 0})
    assert answer["data"]["inbound"]["dataSourceSets"]["total"] == 7


def test_the_sdk_raises_on_a_bad_document(context: Any) -> None:
    with pytest.raises(requests.HTTPError, match="400"):
        cluedin.gql.org_gql(context, "{ inbound { createAnnotationCode } }")


def test_the_sdk_pages_through_golden_records(context: Any) -> None:
    found = list(cluedin.gql.search(context, "entityType:/Infrastructure/User", page_size=1))
    assert [record["name"] for record in found] == ["Ada", "Alan"]
    assert found[0]["user.email"] == "ada@acme.example"
    assert list(cluedin.gql.search(context, "nobody at all")) == []


def test_the_sdk_raises_on_a_bad_variable_of_the_servers_graphql(context: Any) -> None:
    with pytest.raises(requests.HTTPError, match="400"):
        cluedin.gql.gql(context, "query q($size: Int) { search(pageSize: $size) { totalResults } }", {"size": "x"})


def test_the_sdk_ingests_records(driver: Driver, context: Any) -> None:
    made = driver.act("/groups", name="Account.csv", sources=[{"name": "s"}])
    loaded = driver.act("/data-sets/load", data_source_id=made["source_ids"][0], name="Customers")
    url = f"{context.org_url}/upload/api/endpoint/{loaded['data_set_id']}"
    answers = list(cluedin.ingestion.post(context, url, [{"id": number} for number in range(3)], batch_size=2))
    assert [answer["response"]["success"] for answer in answers] == [True, True]
    read = "query d($id: ID!) { inbound { dataSet(id: $id) { elasticTotal } } }"
    assert driver.ask(read, id=loaded["data_set_id"])["inbound"]["dataSet"] == {"elasticTotal": 3}


def test_the_sdk_reads_accounts(context: Any) -> None:
    assert cluedin.account.get_user(context)["client"]["Id"] == SERVICE_ACCOUNT.id
    names = [user["Account"]["UserName"] for user in cluedin.account.get_users(context)]
    assert SERVICE_ACCOUNT.username in names
    assert not cluedin.account.is_organization_available(context, ORGANIZATION.client_id)
    assert cluedin.account.is_user_available(context, "new@acme.example", ORGANIZATION.client_id)


def test_the_sdk_reads_vocabulary_keys(context: Any) -> None:
    assert {key["Key"] for key in cluedin.vocab.get_vocab_keys(context)} >= {"user.email", "account.name"}


def test_the_sdk_posts_clues(cluedin_simulator: CluedIn, context: Any) -> None:
    assert cluedin.public.post_clue(context, "<clue/>") == ""
    assert cluedin_simulator.store.clues == ["<clue/>"]
    assert len(cluedin.public.restore_user_entities(context)) == 3


def test_the_sdk_is_unauthorized_after_the_tokens_were_revoked(driver: Driver, context: Any) -> None:
    driver.act("/tokens/revoke")
    with pytest.raises(requests.HTTPError, match="401"):
        cluedin.gql.org_gql(context, "{ inbound { id } }")
