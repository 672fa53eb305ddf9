from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.cluedin.driver import RefusedError
from local.cluedin.seed import SERVICE_ACCOUNT

if TYPE_CHECKING:
    from local.cluedin.driver import Driver
    from local.cluedin.simulator import CluedIn

CREATE_GROUP = (
    "mutation createDataSourceSet($dataSourceSet: InputDataSourceSet) {"
    " inbound { createDataSourceSet(dataSourceSet: $dataSourceSet) __typename } }"
)
CREATE_SOURCE = (
    "mutation createDataSource($dataSourceSetId: ID, $dataSource: InputDataSource) { inbound {"
    " createDataSource(dataSourceSetId: $dataSourceSetId, dataSource: $dataSource) { id name __typename } } }"
)
LIST = (
    "query getAllDataSourceSet($page: Int, $pageSize: Int, $searchName: String) { inbound {"
    " dataSourceSets(page: $page, pageSize: $pageSize, searchName: $searchName) {"
    " total data { id name createdAt author { id username } dataSources { id name type } } } } }"
)
BY_NAME = "query byName($name: String!) { inbound { dataSourceSetByName(name: $name) { id name editors } } }"
SOURCE = (
    "query getDataSourceById($id: ID!) { inbound { dataSource(id: $id) { id name type connectorConfigurationId"
    " dataSourceSet { id name } connectorConfiguration { id codeName providerId accountDisplay sourceQuality } } } }"
)


def create_group(driver: Driver, name: str) -> Any:
    wanted = {"name": name, "author": SERVICE_ACCOUNT.id}
    return driver.ask(CREATE_GROUP, dataSourceSet=wanted)["inbound"]["createDataSourceSet"]


def create_source(driver: Driver, group_id: Any, name: str) -> Any:
    wanted = {"name": name, "author": SERVICE_ACCOUNT.id, "type": "endpoint"}
    return driver.ask(CREATE_SOURCE, dataSourceSetId=group_id, dataSource=wanted)["inbound"]["createDataSource"]


def list_groups(driver: Driver, **variables: Any) -> Any:
    return driver.ask(LIST, **variables)["inbound"]["dataSourceSets"]


def names(driver: Driver, **variables: Any) -> list[str]:
    return [group["name"] for group in list_groups(driver, **variables)["data"]]


def test_a_group_and_its_source_are_listed(driver: Driver) -> None:
    group_id = create_group(driver, "Account.csv")
    source = create_source(driver, group_id, "https://lake/Account.csv")
    [listed] = list_groups(driver)["data"]
    assert listed["id"] == str(group_id)
    assert listed["author"] == {"id": SERVICE_ACCOUNT.id, "username": SERVICE_ACCOUNT.username}
    assert listed["dataSources"] == [{"id": source["id"], "name": "https://lake/Account.csv", "type": "endpoint"}]


@pytest.mark.parametrize(("shape", "expected"), [("int", 1), ("string", "1")])
def test_the_new_groups_id_is_a_number_or_a_string(
    cluedin: CluedIn, driver: Driver, shape: str, expected: object
) -> None:
    cluedin.patch_switches({"create_data_source_set_answer": shape})
    assert create_group(driver, "Account.csv") == expected


def test_ids_are_accepted_as_numbers_and_as_strings(driver: Driver) -> None:
    group_id = create_group(driver, "Account.csv")
    create_source(driver, int(group_id), "by number")
    create_source(driver, str(group_id), "by string")
    assert len(list_groups(driver)["data"][0]["dataSources"]) == 2


def test_the_same_name_makes_another_group(driver: Driver) -> None:
    assert create_group(driver, "Account.csv") != create_group(driver, "Account.csv")
    assert list_groups(driver)["total"] == 2


def test_the_same_name_may_be_refused(cluedin: CluedIn, driver: Driver) -> None:
    cluedin.patch_switches({"duplicate_names": "refuse"})
    group_id = create_group(driver, "Account.csv")
    with pytest.raises(RefusedError, match="409: Conflict"):
        create_group(driver, "account.CSV")
    create_source(driver, group_id, "source")
    with pytest.raises(RefusedError, match="409: Conflict"):
        create_source(driver, group_id, "source")


def test_a_new_group_and_source_are_invisible_for_a_while(cluedin: CluedIn, driver: Driver) -> None:
    cluedin.patch_switches({"read_after_create_lag_s": 30})
    group_id = create_group(driver, "Account.csv")
    source = create_source(driver, group_id, "source")
    assert list_groups(driver)["total"] == 0
    assert driver.ask(BY_NAME, name="Account.csv")["inbound"]["dataSourceSetByName"] is None
    assert driver.ask(SOURCE, id=source["id"])["inbound"]["dataSource"] is None
    cluedin.clock.advance(30)
    assert list_groups(driver)["data"][0]["dataSources"][0]["name"] == "source"


def test_pages_are_numbered_from_0_and_the_total_counts_all(driver: Driver) -> None:
    for number in range(5):
        create_group(driver, f"Group {number}")
    assert names(driver, page=0, pageSize=2) == ["Group 0", "Group 1"]
    assert names(driver, page=2, pageSize=2) == ["Group 4"]
    assert names(driver, page=3, pageSize=2) == []
    assert list_groups(driver, page=3, pageSize=2)["total"] == 5


def test_null_variables_mean_the_defaults(driver: Driver) -> None:
    create_group(driver, "Account.csv")
    assert names(driver, page=None, pageSize=None, searchName=None) == ["Account.csv"]


def test_search_finds_what_contains_the_text(driver: Driver) -> None:
    for name in ("Account.csv", "My account.csv (old)", "Customer"):
        create_group(driver, name)
    assert names(driver, searchName="account.csv") == ["Account.csv", "My account.csv (old)"]


def test_search_may_mind_the_case(cluedin: CluedIn, driver: Driver) -> None:
    cluedin.patch_switches({"search_case": "sensitive"})
    create_group(driver, "Account.csv")
    assert names(driver, searchName="account") == []
    assert driver.ask(BY_NAME, name="account.csv")["inbound"]["dataSourceSetByName"] is None


def test_search_may_also_look_at_source_names(cluedin: CluedIn, driver: Driver) -> None:
    create_source(driver, create_group(driver, "Account.csv"), "https://lake/Account.csv")
    assert names(driver, searchName="https://lake") == []
    cluedin.patch_switches({"search_scope": "groups_and_sources"})
    assert names(driver, searchName="https://lake") == ["Account.csv"]


def test_search_may_read_wildcards_as_sql_does(cluedin: CluedIn, driver: Driver) -> None:
    for name in ("sales_2024", "sales-2024", "100%", "[raw] sales"):
        create_group(driver, name)
    assert names(driver, searchName="sales_2024") == ["sales_2024"]
    cluedin.patch_switches({"search_wildcards": "like"})
    assert names(driver, searchName="sales_2024") == ["sales_2024", "sales-2024"]
    assert names(driver, searchName="[raw] sales") == []


@pytest.mark.parametrize(
    ("order", "expected"),
    [("id", ["b", "A", "c"]), ("name", ["A", "b", "c"]), ("newest", ["c", "A", "b"])],
)
def test_the_order_of_the_list_is_a_switch(cluedin: CluedIn, driver: Driver, order: str, expected: list[str]) -> None:
    cluedin.patch_switches({"sort_order": order})
    for name in ("b", "A", "c"):
        create_group(driver, name)
    assert names(driver) == expected


def test_exact_look_up_answers_the_group_or_null(driver: Driver) -> None:
    create_group(driver, "Account.csv")
    found = driver.ask(BY_NAME, name="Account.csv")["inbound"]["dataSourceSetByName"]
    assert found == {"id": "1", "name": "Account.csv", "editors": []}
    assert driver.ask(BY_NAME, name="Account")["inbound"]["dataSourceSetByName"] is None


def test_a_source_brings_its_connector_configuration(driver: Driver) -> None:
    source_id = create_source(driver, create_group(driver, "Account.csv"), "source")["id"]
    source = driver.ask(SOURCE, id=source_id)["inbound"]["dataSource"]
    configuration = source["connectorConfiguration"]
    assert source["connectorConfigurationId"] == configuration["id"].upper() != configuration["id"]
    assert configuration["codeName"] == "EndpointDataSource"
    assert configuration["providerId"] == "742f9d66-8ef2-4544-8a90-41531a26cc59"
    assert (configuration["accountDisplay"], configuration["sourceQuality"]) == ("source", 5)


def test_an_unknown_source_is_null(driver: Driver) -> None:
    assert driver.ask(SOURCE, id="77")["inbound"]["dataSource"] is None


def test_a_source_needs_an_existing_group(driver: Driver) -> None:
    with pytest.raises(RefusedError, match="404: Not Found"):
        create_source(driver, 77, "source")


@pytest.mark.parametrize("name", ["", None])
def test_a_group_needs_a_name(driver: Driver, name: str | None) -> None:
    with pytest.raises(RefusedError, match="400: Bad Request"):
        driver.ask(CREATE_GROUP, dataSourceSet={"name": name})


def test_a_name_beyond_the_column_is_an_error(driver: Driver) -> None:
    create_group(driver, "n" * 255)
    with pytest.raises(RefusedError, match="would be truncated"):
        create_group(driver, "n" * 256)


def test_a_name_beyond_the_column_may_be_cut_silently(cluedin: CluedIn, driver: Driver) -> None:
    cluedin.patch_switches({"name_too_long": "truncate"})
    create_group(driver, "n" * 300)
    create_group(driver, "😀" * 128)
    assert names(driver) == ["n" * 255, "😀" * 127]


def test_a_name_may_be_of_any_length(cluedin: CluedIn, driver: Driver) -> None:
    cluedin.patch_switches({"name_too_long": "store"})
    create_group(driver, "n" * 3000)
    assert names(driver) == ["n" * 3000]
