"""The operations of CluedIn's Product Toolkit, with all its selections, through a whole import.

`documents/` holds equivalents of the documents under Modules/CluedIn.Product.Toolkit/GraphQL of the public repository
CluedIn-io/CluedIn.Product.Toolkit (MIT): the same operation names, variables, arguments and selected fields, written
anew. `documents/4.0.0` holds those that differ for that server version. With CLUEDIN_TOOLKIT_GRAPHQL set to that
folder of a checkout, the very documents are executed as well.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.cluedin.seed import ORGANIZATION

if TYPE_CHECKING:
    from local.cluedin.driver import Driver
    from local.cluedin.simulator import CluedIn

DOCUMENTS = Path(__file__).with_name("documents")
CHECKOUT = os.environ.get("CLUEDIN_TOOLKIT_GRAPHQL")
VOCABULARY = {"new": False, "vocabularyName": "User", "keyPrefix": "user"}
MAPPING = {
    "entityTypeConfiguration": {"new": False, "icon": "User", "entityType": "/Customer", "displayName": "Customer"},
    "ignoredFields": [],
    "vocabularyConfiguration": VOCABULARY,
}


class Toolkit:
    """Sends documents by their operation name, as the Toolkit does: without `operationName`."""

    def __init__(self, driver: Driver, folder: Path) -> None:
        self._driver, self._folder = driver, folder

    def send(self, operation: str, **variables: Any) -> Any:
        data = self._driver.ask((self._folder / f"{operation}.graphql").read_text(), **variables)
        [namespace] = data.values()
        assert namespace["__typename"]
        [answer] = [value for key, value in namespace.items() if key not in ("id", "__typename")]
        return answer


@pytest.fixture
def toolkit(driver: Driver) -> Toolkit:
    return Toolkit(driver, DOCUMENTS)


@pytest.fixture
def older_toolkit(cluedin_simulator: CluedIn, driver: Driver) -> Toolkit:
    cluedin_simulator.patch_switches({"server_version": "4.0.0"})
    return Toolkit(driver, DOCUMENTS / "4.0.0")


def import_data_set(toolkit: Toolkit) -> Any:
    """Go the way of the Toolkit's import: group, source, data set, mapping."""
    author = toolkit.send("me")["client"]["id"]
    group = toolkit.send("createDataSourceSet", dataSourceSet={"name": "Automation", "author": author})
    source = toolkit.send(
        "createDataSource",
        dataSourceSetId=group,
        dataSource={"author": author, "type": "endpoint", "name": "Automation source"},
    )
    wanted = {
        "author": author,
        "store": True,
        "type": "endpoint",
        "name": "Automation set",
        "configuration": {"object": {"endPointName": "Automation set", "autoSubmit": False, "entityType": "/Customer"}},
        "originalFields": ["name", "email", "noise"],
    }
    [data_set] = toolkit.send("createDataSets", dataSourceId=source["id"], dataSets=[wanted])
    vocabulary = find_vocabulary(toolkit)
    mapping = {**MAPPING, "vocabularyConfiguration": VOCABULARY | {"vocabularyId": vocabulary}}
    toolkit.send(
        "createManualAnnotation",
        dataSetId=data_set["id"],
        type="endpoint",
        mappingConfiguration=mapping,
        isDynamicVocab=True,
    )
    keys = toolkit.send("getVocabularyKeysFromVocabularyId", id=vocabulary, searchName="user")["data"]
    for column in ("name", "email"):
        key_id = next(key["vocabularyKeyId"] for key in keys if key["key"] == f"user.{column}")
        map_column(toolkit, data_set["id"], column, vocabulary, key_id)
    ignored = [{"originalField": "noise", "key": "--ignore--"}]
    toolkit.send("addAnnotationMappingToDataSet", dataSetId=data_set["id"], fieldMappings=ignored)
    return toolkit.send("getDataSetById", id=data_set["id"].lower())


def find_vocabulary(toolkit: Toolkit) -> str:
    listed = toolkit.send("getAllVocabularies", searchName="User", pageNumber=1, pageSize=20)
    return str(next(row["vocabularyId"] for row in listed["data"] if row["keyPrefix"] == "user"))


def map_column(toolkit: Toolkit, data_set_id: str, column: str, vocabulary_id: str, key_id: str) -> None:
    toolkit.send(
        "addPropertyMappingToCluedMappingConfiguration",
        dataSetId=data_set_id,
        propertyMappingConfiguration={
            "originalField": column,
            "useAsAlias": False,
            "useAsEntityCode": False,
            "vocabularyKeyConfiguration": {"new": False, "vocabularyId": vocabulary_id, "vocabularyKeyId": key_id},
        },
    )


def test_the_caller_and_the_organization_are_read(toolkit: Toolkit) -> None:
    assert toolkit.send("me")["client"]["id"]
    assert toolkit.send("getCurrentOrg")["Id"] == ORGANIZATION.id
    assert len(toolkit.send("getUsers")) == 3


def test_groups_are_listed_as_in_the_published_sample(toolkit: Toolkit) -> None:
    listed = toolkit.send("getAllDataSourceSet", page=0, pageSize=10, searchName="Imports")
    assert (listed["__typename"], listed["total"]) == ("PagedDataSourceSet", 2)
    group = listed["data"][0]
    [source] = group["dataSources"]
    assert (group["__typename"], source["__typename"]) == ("DataSourceSet", "DataSource")
    assert source["connectionStatus"] == {
        "__typename": "DataSourceConnectionStatus",
        "connected": True,
        "errorMessage": "",
    }
    assert (source["hasError"], source["latestErrorMessage"], source["errorType"], source["sql"]) == (
        False,
        None,
        None,
        None,
    )
    assert group["createdAt"].endswith("Z")


def test_an_import_ends_with_a_mapped_data_set(toolkit: Toolkit) -> None:
    data_set = import_data_set(toolkit)
    assert data_set["id"] == data_set["id"].upper()
    assert data_set["originalFields"] == ["name", "email", "noise"]
    assert {item["originalField"]: item["key"] for item in data_set["fieldMappings"]} == {
        "name": "user.name",
        "email": "user.email",
        "noise": "--ignore--",
    }
    assert [item["key"] for item in data_set["annotation"]["annotationProperties"]] == ["user_name", "user_email"]
    assert data_set["annotation"]["__typename"] == "EntityAnnotation"
    assert data_set["fieldMappings"][0]["__typename"] == "PropertyMapping"
    assert data_set["stats"] is None


def test_a_source_is_read_with_its_data_sets_and_its_connector(toolkit: Toolkit) -> None:
    data_set = import_data_set(toolkit)
    source = toolkit.send("getDataSourceById", id=int(data_set["dataSourceId"]))
    assert source["dataSets"][0]["id"] == data_set["id"]
    assert source["connectorConfiguration"]["codeName"] == "EndpointDataSource"
    assert source["sql"] is source["logoType"] is source["fileMetadata"] is None


def test_a_mapping_is_read_changed_and_read_again(toolkit: Toolkit) -> None:
    annotation_id = int(import_data_set(toolkit)["annotationId"])
    toolkit.send("modifyAnnotation", annotation={"id": annotation_id, "nameKey": "user.name"})
    annotation = toolkit.send("getAnnotationById", id=annotation_id)
    assert annotation["nameKey"] == "user.name"
    assert annotation["annotationProperties"][0]["vocabularyKey"]["key"] == "user.name"
    assert annotation["vocabulary"]["keyPrefix"] == "user"
    assert toolkit.send("annotations", page=0, pageSize=20)["total"] == 2


def test_columns_are_mapped_anew_and_taken_out(toolkit: Toolkit) -> None:
    data_set = import_data_set(toolkit)
    first, second, _ = data_set["fieldMappings"]
    renamed = [{"originalField": first["originalField"], "key": "user.city"}]
    toolkit.send("updateAnnotationMappingInDataSet", dataSetId=data_set["id"], fieldMappings=renamed)
    toolkit.send("deleteAnnotationMappingInDataSet", dataSetId=data_set["id"], propertyId=second["id"])
    left = toolkit.send("getDataSetById", id=data_set["id"])["fieldMappings"]
    assert [item["key"] for item in left] == ["user.city", "--ignore--"]


def test_a_processed_data_set_has_a_submission(toolkit: Toolkit) -> None:
    data_set = import_data_set(toolkit)
    toolkit.send("modifyDataSetAutoSubmit", dataSetId=data_set["id"], autoSubmit=True)
    toolkit.send("commitDataSet", dataSetId=data_set["id"])
    listed = toolkit.send("getAllSubmission", id=data_set["annotationId"], dataSetId=data_set["id"], page=0, pageSize=9)
    assert [item["status"] for item in listed["data"]] == ["Finished"]


def test_automatic_mapping_maps_all_columns(toolkit: Toolkit) -> None:
    data_set = import_data_set(toolkit)
    variables = {"dataSetId": data_set["id"], "type": "file", "mappingConfiguration": MAPPING, "isDynamicVocab": True}
    toolkit.send("createAutoAnnotation", **variables)
    mapped = toolkit.send("getDataSetById", id=data_set["id"])["fieldMappings"]
    assert [item["key"] for item in mapped] == ["user.name", "user.email", "user.noise"]


def test_streams_are_listed_and_read(toolkit: Toolkit) -> None:
    listed = toolkit.send("getStreams", searchName="", itemsPerPage=20, pageNumber=1)
    stream = toolkit.send("getStream", id=listed["data"][0]["id"])
    assert (listed["total"], stream["status"], stream["mappingConfiguration"]) == (2, "Streaming", [])


def test_settings_are_read_and_changed_in_both_ways(toolkit: Toolkit) -> None:
    key = "Purview.SyncDataSources.Enabled"
    toolkit.send("changeConfigurationSettings", organizationId=ORGANIZATION.id, key=key, value="true")
    assert toolkit.send("getConfigurationSettings", id=ORGANIZATION.id, includeHiddenFromUi=True)[key] == "true"
    model = {"settings": [{"configurationKey": key, "value": "false", "useDefault": False}]}
    answer = toolkit.send("updateConfigurationSettings", organizationId=ORGANIZATION.id, model=model)
    assert answer["errors"] == []
    assert toolkit.send("getConfigurationSettings", id=ORGANIZATION.id)[key] == "false"


def test_an_api_token_is_made_and_listed(toolkit: Toolkit) -> None:
    made = toolkit.send("createToken", token={"name": "Toolkit", "expiredInHours": 24})
    assert [token["id"] for token in toolkit.send("getApiTokens")] == [made["id"]]


def test_an_older_server_takes_the_older_documents(older_toolkit: Toolkit, driver: Driver) -> None:
    data_set_id = driver.act("/data-sets/load", source="nightly", name="d", fields=["a"], mapping={"a": "user.a"})[
        "data_set_id"
    ]
    data_set = older_toolkit.send("getDataSetById", id=data_set_id)
    assert data_set["hasFailureInLoading"] is False
    source = older_toolkit.send("getDataSourceById", id=data_set["dataSourceId"])
    assert data_set_id in [row["id"] for row in source["dataSets"]]
    assert older_toolkit.send("getStream", id="none") is None


@pytest.mark.skipif(CHECKOUT is None, reason="CLUEDIN_TOOLKIT_GRAPHQL names no checkout of the Product Toolkit")
def test_the_toolkits_very_documents_are_valid(driver: Driver) -> None:
    operations = [path.stem for path in DOCUMENTS.glob("*.graphql")]
    invalid = [name for name in operations if not any(is_valid(driver, path) for path in find_versions(name))]
    assert invalid == []


def find_versions(operation: str) -> list[Path]:
    """The Toolkit keeps a document per server version that changed it; some versions are broken."""
    return list(Path(str(CHECKOUT)).rglob(f"{operation}.gql"))


def is_valid(driver: Driver, path: Path) -> bool:
    # Executed without variables: what needs one is refused for that alone, after the document was found valid.
    answer = driver.post("/graphql", {"query": path.read_text()}).json()
    codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
    return not codes & {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}
