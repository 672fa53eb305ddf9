import subprocess
import sys
from typing import Any

import pytest
import requests

from local.purview import Purview
from local.purview.estate.names import AWKWARD_FILES
from tests.unit.local.purview.api import LAKE, SQL, SYNC_TERM, Api


def tagged(api: Api) -> list[str]:
    return [each["displayText"] for each in api.assigned(api.sync_term())]


def test_the_estate_has_the_term_on_eighteen_data_assets_of_every_kind(purview: Purview, api: Api) -> None:
    hidden = purview.types.schema_element_types
    assigned = [each for each in api.assigned(api.sync_term()) if each["typeName"] not in hidden]
    assert len(assigned) == 18
    assert all(purview.types.is_a(each["typeName"], "DataSet") for each in assigned)
    assert len({each["typeName"] for each in assigned}) == 7
    assert [each["displayText"] for each in assigned].count("customers.csv") == 2
    assert set(AWKWARD_FILES) <= {each["displayText"] for each in assigned}
    assert max(len(each["displayText"]) for each in assigned) > 255


def test_the_same_term_is_in_the_second_glossary_only_if_asked_for(purview: Purview, api: Api) -> None:
    purview.reset_all()
    api.admin("seed", name="estate", same_term_in_second_glossary=True)
    assert len(api.assigned(api.named("AtlasGlossaryTerm", "Sync to CluedIn@Business Terms")["guid"])) == 2
    assert api.search(filter={"term": "Sync to CluedIn"})["@search.count"] == 20


def test_an_account_is_seeded_once(api: Api) -> None:
    answer = requests.post(f"{api.base_url}/_simulator/seed", json={"name": "estate"}, timeout=5)
    assert (answer.status_code, "not empty" in answer.json()["error"]) == (400, True)


def test_assets_are_tagged_and_untagged_by_what_a_person_sees(api: Api) -> None:
    api.admin("tag", asset="Products", term="Sync to CluedIn")
    api.admin("untag", asset=f"{LAKE}/raw/erp/customers.csv", term=SYNC_TERM)
    assert "Products" in tagged(api)
    assert tagged(api).count("customers.csv") == 1


@pytest.mark.parametrize(
    ("action", "body", "reason"),
    [
        ("tag", {"asset": "customers.csv", "term": "Sync to CluedIn"}, "2 assets are called 'customers.csv'"),
        ("tag", {"asset": "Products", "term": "Customer"}, "2 terms are called 'Customer'"),
        ("tag", {"asset": "nothing", "term": "Customer"}, "0 assets are called 'nothing'"),
        ("untag", {"asset": "Products", "term": SYNC_TERM}, "does not have the term"),
        ("tag", {"asset": "Products"}, "term"),
        ("assets", {"name": "x", "collection": "Raw"}, "2 collections are called 'Raw'"),
        ("assets", {"name": "x", "typeName": "nothing"}, "Given typename nothing was invalid"),
        ("roles", {"roles": {"contoso": ["king"]}}, "king"),
        ("generate", {"count": "many"}, "many"),
    ],
)
def test_an_action_that_is_unclear_is_refused_with_the_reason(
    api: Api, action: str, body: dict[str, Any], reason: str
) -> None:
    answer = requests.post(f"{api.base_url}/_simulator/{action}", json=body, timeout=5)
    assert answer.status_code == 400
    assert reason in answer.json()["error"]


def test_a_renamed_asset_keeps_guid_and_qualified_name(api: Api) -> None:
    before = api.named("azure_sql_table", f"{SQL}/Orders")
    api.admin("rename", asset="Orders", name="All orders")
    after = api.named("azure_sql_table", f"{SQL}/Orders")
    assert (after["guid"], after["attributes"]["name"]) == (before["guid"], "All orders")
    assert after["updateTime"] > before["updateTime"]


@pytest.mark.parametrize("keep_terms", [False, True])
def test_a_recreated_asset_has_its_qualified_name_and_a_new_guid(api: Api, keep_terms: bool) -> None:  # noqa: FBT001
    before = api.named("azure_sql_table", f"{SQL}/Orders")
    created = api.admin("recreate", asset="Orders", keep_terms=keep_terms)
    after = api.named("azure_sql_table", f"{SQL}/Orders")
    assert after["guid"] == created["guid"] != before["guid"]
    assert ("Orders" in tagged(api)) is keep_terms


def test_an_added_asset_lands_where_it_should(api: Api) -> None:
    created = api.admin("assets", name="new.csv", collection="Marketing", terms=["Sync to CluedIn"])
    assert api.get(f"/entity/guid/{created['guid']}").json()["entity"]["collectionId"] == "mktzz7"
    assert "new.csv" in tagged(api)


def test_generated_assets_are_the_same_each_time_and_spread_over_time(api: Api, purview: Purview) -> None:
    def generate() -> list[Any]:
        purview.reset_all()
        purview.seed({"name": "estate"})
        api.admin("generate", count=40, days=100, collection="Marketing", term=SYNC_TERM, tagged=10)
        filtered = {"and": [{"collectionId": "mktzz7"}, {"not": {"fileExtension": "csv"}}]}
        found: list[Any] = api.search(limit=1000, filter=filtered, orderby=[{"name": "asc"}])["value"]
        return found

    first, second = generate(), generate()
    assert [(each["id"], each["qualifiedName"]) for each in first] == [
        (each["id"], each["qualifiedName"]) for each in second
    ]
    assert len(first) == 40
    spread_days = (first[-1]["createTime"] - first[0]["createTime"]) / 86_400_000
    assert round(spread_days) == 100
    assert len(tagged(api)) == 30


def test_generating_twice_with_one_prefix_is_refused(api: Api) -> None:
    api.admin("generate", count=1)
    answer = requests.post(f"{api.base_url}/_simulator/generate", json={"count": 1}, timeout=5)
    assert "choose another prefix" in answer.json()["error"]


def test_the_state_tells_terms_collections_and_assets(api: Api) -> None:
    state = api.get("!/_simulator/state").json()
    (term,) = (each for each in state["terms"] if each["qualifiedName"] == SYNC_TERM)
    assert term["assigned"] == 20
    assert state["counts"]["azure_sql_table"] == 3
    assert any(each["terms"] == [SYNC_TERM] for each in state["entities"])


def test_the_command_serves_a_seeded_account() -> None:
    command = [sys.executable, "-m", "local.purview", "--port", "0", "--seed", "estate", "--account", "fabrikam"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip().rpartition(" ")[2]
            found = requests.get(f"{url}/collections", headers={"Authorization": "Bearer x"}, timeout=10).json()
            assert found["value"][0]["name"] == "fabrikam"
            process.terminate()
            assert process.wait(timeout=10) == 0
        finally:
            process.kill()
