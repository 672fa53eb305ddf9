from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from local.cluedin.driver import Driver
    from local.cluedin.simulator import CluedIn

IS_OWNER = "query q($id: ID!) { inbound { dataSet(id: $id) { isOwner } } }"
UPDATE = (
    "mutation u($organizationId: ID!, $model: UpdateConfigurations!) { administration {"
    " updateConfigurationSettings(organizationId: $organizationId, model: $model) { errors { groupName } } } }"
)


def post(driver: Driver, query: Any, **more: Any) -> requests.Response:
    return driver.post("/graphql", {"query": query, **more})


@pytest.mark.parametrize(
    ("query", "message", "code"),
    [
        (
            "{ inbound { createAnnotationCode } }",
            'Cannot query field "createAnnotationCode" on type "Inbound".',
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ inbound { dataSource(id: 1, name: 2) { id } } }",
            'Unknown argument "name" on field "Inbound.dataSource".',
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("{ inbound { ", "Syntax Error: Expected Name, found <EOF>.", "GRAPHQL_PARSE_FAILED"),
        ("", "Must provide query string.", "BAD_REQUEST"),
    ],
)
def test_a_bad_document_is_a_400_in_the_words_of_graphql_js(
    driver: Driver, query: str, message: str, code: str
) -> None:
    answer = post(driver, query)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["message"], error["extensions"]["code"]) == (message, code)
    assert "data" not in answer.json()


def test_a_bad_variable_is_a_400(driver: Driver) -> None:
    query = "query q($page: Int) { inbound { dataSourceSets(page: $page) { total } } }"
    answer = post(driver, query, variables={"page": "first"})
    assert answer.status_code == 400
    assert 'Variable "$page"' in answer.json()["errors"][0]["message"]


def test_an_unknown_operation_name_is_a_400(driver: Driver) -> None:
    answer = post(driver, "query a { inbound { id } }", operationName="b")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == 'Unknown operation named "b".'


def test_a_body_that_is_no_json_is_a_400(driver: Driver) -> None:
    headers = {"Authorization": f"Bearer {driver.access_token}"}
    assert requests.post(f"{driver.base_url}/graphql", data="{", headers=headers, timeout=5).status_code == 400


def test_each_namespace_knows_its_own_name(driver: Driver) -> None:
    namespaces = ("inbound", "administration", "preparation", "consume", "management", "notification")
    query = "{ " + " ".join(f"{name} {{ id __typename }}" for name in namespaces) + " }"
    data = driver.ask(query)
    assert data == {name: {"id": name, "__typename": name.capitalize()} for name in namespaces}


def test_a_role_that_is_missing_is_forbidden_beside_partial_data(cluedin: CluedIn, driver: Driver) -> None:
    cluedin.patch_switches({"forbidden_operations": ["inbound.dataSourceSets"]})
    answer = post(driver, "{ inbound { id dataSourceSets { total } } administration { organization { ClientId } } }")
    assert answer.status_code == 200
    assert answer.json()["data"] == {
        "inbound": {"id": "inbound", "dataSourceSets": None},
        "administration": {"organization": {"ClientId": "acme"}},
    }
    [error] = answer.json()["errors"]
    assert (error["message"], error["extensions"]["code"]) == ("403: Forbidden", "FORBIDDEN")


@pytest.mark.parametrize("query", [IS_OWNER, UPDATE])
def test_an_older_server_does_not_know_newer_fields(cluedin: CluedIn, driver: Driver, query: str) -> None:
    cluedin.patch_switches({"server_version": "4.0.0"})
    answer = post(driver, query)
    assert answer.status_code == 400
    assert any(error["message"].startswith("Cannot query field") for error in answer.json()["errors"])
    assert requests.get(f"{driver.base_url}/api/status", timeout=5).headers["x-cluedin-version"] == "4.0.0"


def test_faults_and_the_log_name_operations_by_namespace_and_field(driver: Driver) -> None:
    fault = {"match": {"operation": "inbound.dataSourceSets"}, "effect": {"status": 503}}
    driver.act("/faults", **fault)
    assert post(driver, "query anyName { inbound { dataSourceSets { total } } }").status_code == 503
    assert post(driver, "query anyName { inbound { dataSourceSets { total } } }").status_code == 200
    assert driver.operations() == ["auth.token", "inbound.dataSourceSets", "inbound.dataSourceSets"]


def test_what_is_no_graphql_is_named_by_its_route(driver: Driver) -> None:
    post(driver, "{ inbound { ")
    driver.post("/upload/api/endpoint/none", [])
    assert driver.operations()[1:] == ["graphql", "upload.endpoint"]
