from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from local.cluedin.driver import RefusedError

if TYPE_CHECKING:
    from local.cluedin.driver import Driver
    from local.cluedin.simulator import CluedIn

LIST = (
    "query l($page: Int, $pageSize: Int, $searchName: String) { inbound {"
    " dataSourceSets(page: $page, pageSize: $pageSize, searchName: $searchName) {"
    " total data { name author { username } dataSources { id name type sql fileMetadata { fileName }"
    " dataSets { id name } } } } } }"
)
READ = (
    "query d($id: ID!) { inbound { dataSet(id: $id) { originalFields elasticTotal stats { total successful failed }"
    " annotation { entityType } fieldMappings { originalField key } } } }"
)


def groups(driver: Driver, **variables: Any) -> Any:
    return driver.ask(LIST, **({"pageSize": 100} | variables))["inbound"]["dataSourceSets"]


def read(driver: Driver, guid: str) -> Any:
    return driver.ask(READ, id=guid)["inbound"]["dataSet"]


def test_an_empty_organization_has_no_groups(driver: Driver) -> None:
    assert groups(driver) == {"total": 0, "data": []}


def test_an_estate_holds_what_others_left_there(driver: Driver) -> None:
    counts = driver.act("/seed", name="estate", same_names=["Account.csv"], empty_groups=["Customer"])
    listed = {group["name"]: group for group in groups(driver)["data"]}
    assert counts["data_source_sets"] == 7
    assert listed["Account.csv"]["author"]["username"] == "emil.engineer@acme.example"
    assert listed["Customer"]["dataSources"] == []
    assert listed["Warehouse"]["dataSources"][0]["sql"] == {"tables": ["dbo.Orders"]}
    assert listed["CRM exports"]["dataSources"][0]["fileMetadata"]["fileName"] == "contacts-2023.csv"


def test_an_estates_streams_and_notifications_can_be_read(driver: Driver) -> None:
    driver.act("/seed", name="estate")
    data = driver.ask(
        '{ consume { streams(pageNumber: 1, status: "Streaming") { total data { id name mode rulesApplied modifiedAt'
        " author { username } } } } notification { notifications { total data { title } } } }"
    )
    [stream] = data["consume"]["streams"]["data"]
    assert (stream["name"], stream["mode"]) == ("Account Golden Records", "Sync")
    assert data["notification"]["notifications"]["data"] == [{"title": "Data source created"}]
    found = driver.ask("query s($id: ID!) { consume { stream(id: $id) { status } } }", id=stream["id"].upper())
    assert found["consume"]["stream"] == {"status": "Streaming"}


def test_a_seed_of_ten_thousand_groups_is_listed_and_searched_quickly(driver: Driver) -> None:
    driver.act("/seed", numbered_groups=10_000)
    started = time.perf_counter()
    assert groups(driver, page=99)["data"][-1]["name"] == "Group 10000"
    assert groups(driver, searchName="09999")["total"] == 1
    assert time.perf_counter() - started < 2


def test_a_seed_is_checked(driver: Driver) -> None:
    with pytest.raises(RefusedError, match="estates"):
        driver.act("/seed", name="estates")


def test_another_user_can_make_and_delete_a_group(cluedin: CluedIn, driver: Driver) -> None:
    cluedin.patch_switches({"read_after_create_lag_s": 60})
    made = driver.act("/groups", name="Account.csv", author="stella.steward@acme.example", sources=[{"name": "s"}])
    driver.act("/sources", group="Account.csv", name="t", type="file")
    [group] = groups(driver)["data"]
    assert group["author"]["username"] == "stella.steward@acme.example"
    assert [source["name"] for source in group["dataSources"]] == ["s", "t"]
    driver.act("/groups/delete", id=made["id"])
    assert groups(driver)["total"] == 0


def test_an_ambiguous_name_is_refused_with_the_ids(driver: Driver) -> None:
    driver.act("/groups", name="Imports")
    driver.act("/groups", name="Imports")
    with pytest.raises(RefusedError, match=r"expected one, found \[1, 2\]"):
        driver.act("/groups/delete", name="Imports")


def test_a_data_set_can_be_loaded_by_numbers_only(driver: Driver) -> None:
    made = driver.act("/groups", name="Account.csv", sources=[{"name": "s"}])
    [source_id] = made["source_ids"]
    mapping = {"id": "customer.id", "noise": "--ignore--"}
    loaded = driver.act(
        "/data-sets/load",
        data_source_id=source_id,
        name="Customers",
        fields=["id", "noise", "unmapped"],
        records=1000,
        failed=3,
        mapping=mapping,
        entity_type="/Customer",
    )
    data_set = read(driver, loaded["data_set_id"])
    assert data_set["originalFields"] == ["id", "noise", "unmapped"]
    assert data_set["stats"] == {"total": 1000, "successful": 997, "failed": 3}
    assert {item["originalField"]: item["key"] for item in data_set["fieldMappings"]} == mapping
    assert data_set["annotation"] == {"entityType": "/Customer"}


def test_a_data_set_can_be_loaded_without_mapping_or_processing(driver: Driver) -> None:
    driver.act("/groups", name="Account.csv", sources=[{"name": "s"}])
    unmapped = driver.act("/data-sets/load", source="s", name="raw", rows=[{"id": 1}])
    assert (unmapped["annotation_id"], unmapped["submission_id"]) == (None, None)
    mapped = driver.act("/data-sets/load", source="s", name="m", fields=["a"], mapping={"a": "x.a"}, process=False)
    assert (mapped["annotation_id"], mapped["submission_id"]) == (1, None)
    assert read(driver, mapped["data_set_id"])["stats"] is None


def test_a_data_set_can_be_mapped_anew_and_unmapped(driver: Driver) -> None:
    driver.act("/groups", name="Account.csv", sources=[{"name": "s"}])
    guid = driver.act("/data-sets/load", source="s", name="d", fields=["a", "b"], mapping={"a": "x.a", "b": "x.b"})[
        "data_set_id"
    ]
    driver.act("/data-sets/map", data_set_id=guid, mapping={"a": "y.a"}, entity_type="/Account")
    data_set = read(driver, guid)
    assert data_set["fieldMappings"] == [{"originalField": "a", "key": "y.a"}]
    assert data_set["annotation"] == {"entityType": "/Account"}
    driver.act("/data-sets/unmap", data_set_id=guid)
    assert (read(driver, guid)["annotation"], read(driver, guid)["fieldMappings"]) == (None, [])
    with pytest.raises(RefusedError, match="has no mapping"):
        driver.act("/data-sets/process", data_set_id=guid)


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("/data-sets/load", {"source": "nobody", "name": "d"}, "nobody"),
        ("/data-sets/load", {"source": "s", "name": "d", "mapping": {"ghost": "x.y"}}, "ghost"),
        ("/data-sets/load", {"source": "s", "nmae": "d"}, "nmae"),
        ("/data-sets/process", {"data_set_id": "77"}, "404: Not Found"),
        ("/groups", {"name": "g", "author": "nobody"}, "nobody"),
        ("/sources", {"group_id": 77, "name": "s"}, "77"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    driver: Driver, path: str, body: dict[str, Any], reason: str
) -> None:
    driver.act("/groups", name="Account.csv", sources=[{"name": "s"}])
    with pytest.raises(RefusedError, match=reason):
        driver.act(path, **body)


def test_the_whole_state_can_be_read_without_secrets(driver: Driver) -> None:
    driver.act("/seed", name="estate")
    answer = requests.get(f"{driver.base_url}/_simulator/state", timeout=5)
    assert len(answer.json()["data_source_sets"]) == 7
    assert "Simulated1!" not in answer.text
    assert driver.access_token not in answer.text


def test_a_reset_forgets_groups_tokens_and_switches(cluedin: CluedIn, driver: Driver) -> None:
    driver.act("/seed", name="estate")
    driver.sign_in()
    cluedin.patch_switches({"sort_order": "name"})
    driver.act("/reset")
    assert driver.post("/graphql", {"query": "{ inbound { id } }"}).status_code == 401
    driver.sign_in()
    assert groups(driver)["total"] == 0
    assert cluedin.switches.sort_order == "id"
