from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from local.cluedin.driver import RefusedError

if TYPE_CHECKING:
    from local.cluedin.driver import Driver
    from local.cluedin.simulator import CluedIn

CREATE = (
    "mutation createDataSets($dataSourceId: ID, $dataSets: [InputDataSet]) { inbound {"
    " createDataSets(dataSourceId: $dataSourceId, dataSets: $dataSets) { id __typename } __typename } }"
)
CREATE_ONE = (
    "mutation createDataSet($dataSourceId: ID, $dataSet: InputDataSet) { inbound {"
    " createDataSet(dataSourceId: $dataSourceId, dataSet: $dataSet) { id name } } }"
)
READ = (
    "query getDataSetById($id: ID!) { inbound { dataSet(id: $id) { id name elasticTotal expectedTotal originalFields"
    " annotationId annotation { entityType annotationProperties { key vocabKey useAsEntityCode useAsAlias } }"
    " fieldMappings { id originalField key } stats { total successful failed bytes } configuration hasSubmissions"
    " dataSource { id name dataSourceSet { id name } } } } }"
)
AUTO_MAP = (
    "mutation createAutoAnnotation($dataSetId: ID!, $type: String!, $mappingConfiguration: InputMappingConfiguration,"
    " $isDynamicVocab: Boolean) { management { createAutoAnnotation(dataSetId: $dataSetId, type: $type,"
    " mappingConfiguration: $mappingConfiguration, isDynamicVocab: $isDynamicVocab) { id } } }"
)
MANUAL_MAP = AUTO_MAP.replace("createAutoAnnotation", "createManualAnnotation")
MAP_COLUMN = (
    "mutation addPropertyMappingToCluedMappingConfiguration($dataSetId: ID!,"
    " $propertyMappingConfiguration: InputPropertyMappingConfiguration) { management {"
    " addPropertyMappingToCluedMappingConfiguration(dataSetId: $dataSetId,"
    " propertyMappingConfiguration: $propertyMappingConfiguration) } }"
)
MAP_COLUMNS = (
    "mutation addAnnotationMappingToDataSet($dataSetId: ID, $fieldMappings: [InputPropertyMapping]) { inbound {"
    " addAnnotationMappingToDataSet(dataSetId: $dataSetId, fieldMappings: $fieldMappings) } }"
)
UNMAP_COLUMN = (
    "mutation deleteAnnotationMappingInDataSet($dataSetId: ID, $propertyId: ID) { inbound {"
    " deleteAnnotationMappingInDataSet(dataSetId: $dataSetId, propertyId: $propertyId) } }"
)
COMMIT = "mutation commitDataSet($dataSetId: ID) { inbound { commitDataSet(dataSetId: $dataSetId) } }"
AUTO_SUBMIT = (
    "mutation modifyDataSetAutoSubmit($dataSetId: ID!, $autoSubmit: Boolean) { inbound {"
    " modifyDataSetAutoSubmit(dataSetId: $dataSetId, autoSubmit: $autoSubmit) } }"
)
MODIFY = (
    "mutation modifyAnnotation($annotation: InputEntityAnnotation) {"
    " preparation { modifyAnnotation(annotation: $annotation) } }"
)
ANNOTATION = (
    "query getAnnotationById($id: ID) { preparation { annotation(id: $id) { id name nameKey originEntityCodeKey origin"
    " vocabulary { vocabularyName keyPrefix } entityTypeConfiguration { icon displayName entityType }"
    " annotationProperties { key vocabKey displayName type vocabularyKeyId vocabularyKey { vocabularyKeyId dataType } }"
    " } } }"
)
SUBMISSIONS = (
    "query getAllSubmission($id: ID, $dataSetId: ID, $page: Int, $pageSize: Int) { preparation {"
    " getAnnotationSubmissions(id: $id, dataSetId: $dataSetId, page: $page, pageSize: $pageSize) {"
    " total data { id status total success failed dataSetId } } } }"
)
MAPPING = {
    "entityTypeConfiguration": {"new": False, "icon": "User", "entityType": "/Customer", "displayName": "Customer"},
    "vocabularyConfiguration": {"new": True, "keyPrefix": "customer", "vocabularyName": "Customer"},
}


@pytest.fixture
def source_id(driver: Driver) -> int:
    made: list[int] = driver.act("/groups", name="Account.csv", sources=[{"name": "source"}])["source_ids"]
    return made[0]


@pytest.fixture
def data_set_id(driver: Driver, source_id: int) -> str:
    wanted = [{"name": "Customers", "type": "endpoint", "store": True, "originalFields": []}]
    made = driver.ask(CREATE, dataSourceId=source_id, dataSets=wanted)
    return str(made["inbound"]["createDataSets"][0]["id"])


def read(driver: Driver, guid: str) -> Any:
    return driver.ask(READ, id=guid)["inbound"]["dataSet"]


def send(driver: Driver, guid: str, records: Any) -> requests.Response:
    return driver.post(f"/upload/api/endpoint/{guid}", records)


def test_a_data_set_has_an_upper_case_guid_found_in_any_case(driver: Driver, data_set_id: str) -> None:
    assert data_set_id == data_set_id.upper()
    assert read(driver, data_set_id.lower())["id"] == data_set_id


def test_a_new_data_set_is_neither_filled_nor_mapped_nor_processed(driver: Driver, source_id: int) -> None:
    made = driver.ask(CREATE_ONE, dataSourceId=source_id, dataSet={"name": "Customers"})["inbound"]["createDataSet"]
    data_set = read(driver, made["id"])
    assert data_set["annotationId"] is data_set["annotation"] is data_set["stats"] is data_set["originalFields"] is None
    assert (data_set["elasticTotal"], data_set["fieldMappings"], data_set["hasSubmissions"]) == (0, [], False)
    assert data_set["configuration"]["DataSourceId"] == source_id
    assert data_set["dataSource"]["dataSourceSet"]["name"] == "Account.csv"


def test_null_original_fields_upset_the_database(driver: Driver, source_id: int) -> None:
    with pytest.raises(RefusedError):
        driver.ask(CREATE, dataSourceId=source_id, dataSets=[{"name": "Customers", "originalFields": None}])


def test_an_unknown_data_set_is_an_error_or_null(cluedin: CluedIn, driver: Driver) -> None:
    with pytest.raises(RefusedError, match="404: Not Found"):
        read(driver, "925268EC-8908-44E2-8D0C-D83FE50937D0")
    cluedin.patch_switches({"missing_data_set": "null"})
    assert read(driver, "925268EC-8908-44E2-8D0C-D83FE50937D0") is None


@pytest.mark.parametrize(("shape", "said"), [("worded", "could not be found"), ("coded", "DATASET_NOT_FOUND")])
def test_an_unknown_data_set_may_be_told_without_a_status(
    cluedin: CluedIn, driver: Driver, shape: str, said: str
) -> None:
    cluedin.patch_switches({"missing_data_set": shape})
    with pytest.raises(RefusedError, match=said):
        read(driver, "925268EC-8908-44E2-8D0C-D83FE50937D0")


def test_an_error_stands_beside_the_data_that_could_be_read(driver: Driver, data_set_id: str) -> None:
    document = "query two($id: ID!) { inbound { dataSet(id: $id) { name } missing: dataSet(id: 5) { name } } }"
    answer = driver.post("/graphql", {"query": document, "variables": {"id": data_set_id}})
    assert answer.status_code == 200
    assert answer.json()["data"] == {"inbound": {"dataSet": {"name": "Customers"}, "missing": None}}
    assert answer.json()["errors"][0]["path"] == ["inbound", "missing"]


def test_records_bring_fields_and_totals(driver: Driver, data_set_id: str) -> None:
    answer = send(driver, data_set_id.lower(), [{"id": 1}, {"id": 2, "email": "a@b"}])
    assert answer.json().keys() == {"success", "warning", "warnings", "error", "receiptId"}
    send(driver, data_set_id, {"id": 3})
    data_set = read(driver, data_set_id)
    assert data_set["originalFields"] == ["id", "email"]
    assert data_set["elasticTotal"] == data_set["expectedTotal"] == 3


@pytest.mark.parametrize("records", ["text", [1], [{str(number): 1 for number in range(491)}]])
def test_what_is_no_record_is_refused_with_an_array_of_errors(driver: Driver, data_set_id: str, records: Any) -> None:
    answer = send(driver, data_set_id, records)
    assert answer.status_code == 400
    assert isinstance(answer.json(), list)


def test_the_ingestion_endpoint_needs_a_token(driver: Driver, data_set_id: str) -> None:
    url = f"{driver.base_url}/upload/api/endpoint/{data_set_id}"
    assert requests.post(url, json=[], headers={"Bearer": driver.access_token}, timeout=5).status_code == 401


def test_automatic_mapping_maps_each_column_to_a_key_of_its_name(driver: Driver, data_set_id: str) -> None:
    send(driver, data_set_id, [{"id": 1, "E-Mail Address": "a@b"}])
    variables = {"dataSetId": data_set_id, "type": "endpoint", "mappingConfiguration": MAPPING, "isDynamicVocab": True}
    annotation_id = driver.ask(AUTO_MAP, **variables)["management"]["createAutoAnnotation"]["id"]
    data_set = read(driver, data_set_id)
    assert {item["originalField"]: item["key"] for item in data_set["fieldMappings"]} == {
        "id": "customer.id",
        "E-Mail Address": "customer.eMailAddress",
    }
    assert data_set["annotationId"] == annotation_id
    assert data_set["annotation"]["entityType"] == "/Customer"


def test_a_mapping_reads_as_in_the_sample(driver: Driver, data_set_id: str) -> None:
    send(driver, data_set_id, [{"email": "a@b"}])
    driver.ask(AUTO_MAP, dataSetId=data_set_id, type="endpoint", mappingConfiguration=MAPPING)
    annotation = driver.ask(ANNOTATION, id=read(driver, data_set_id)["annotationId"])["preparation"]["annotation"]
    [column] = annotation["annotationProperties"]
    assert annotation["name"] == f"Auto-generated {data_set_id}"
    assert annotation["origin"] == "--data-source-name--"
    assert annotation["vocabulary"] == {"vocabularyName": "Customer", "keyPrefix": "customer"}
    assert annotation["entityTypeConfiguration"]["displayName"] == "Customer"
    assert (column["key"], column["vocabKey"]) == ("customer_email", "customer.email")
    assert (column["displayName"], column["type"], column["vocabularyKey"]["dataType"]) == ("Email", "email", "Email")
    assert column["vocabularyKeyId"] is True


def test_manual_mapping_starts_empty_and_grows_column_by_column(driver: Driver, data_set_id: str) -> None:
    driver.act("/seed", name="estate")
    send(driver, data_set_id, [{"mail": "a@b", "noise": 1}])
    driver.ask(MANUAL_MAP, dataSetId=data_set_id, type="endpoint", mappingConfiguration=MAPPING)
    assert read(driver, data_set_id)["fieldMappings"] == []
    key_id = find_key_id(driver, "user.email")
    column = {
        "originalField": "mail",
        "useAsAlias": False,
        "useAsEntityCode": True,
        "vocabularyKeyConfiguration": {"new": False, "vocabularyKeyId": key_id},
    }
    driver.ask(MAP_COLUMN, dataSetId=data_set_id, propertyMappingConfiguration=column)
    ignored = [{"originalField": "noise", "key": "--ignore--"}]
    driver.ask(MAP_COLUMNS, dataSetId=data_set_id, fieldMappings=ignored)
    data_set = read(driver, data_set_id)
    assert [item["key"] for item in data_set["fieldMappings"]] == ["user.email", "--ignore--"]
    [mapped] = data_set["annotation"]["annotationProperties"]
    assert mapped == {"key": "user_email", "vocabKey": "user.email", "useAsEntityCode": True, "useAsAlias": False}


def find_key_id(driver: Driver, key: str) -> str:
    document = "query v($name: String) { management { vocabularies(searchName: $name) { data { vocabularyId } } } }"
    [vocabulary] = driver.ask(document, name="User")["management"]["vocabularies"]["data"]
    keys = (
        "query k($id: ID!) { management { vocabularyKeysFromVocabularyId(id: $id) { data { vocabularyKeyId key } } } }"
    )
    listed = driver.ask(keys, id=vocabulary["vocabularyId"])["management"]["vocabularyKeysFromVocabularyId"]["data"]
    return next(str(item["vocabularyKeyId"]) for item in listed if item["key"] == key)


def test_a_column_can_be_taken_out_of_the_mapping(driver: Driver, data_set_id: str) -> None:
    send(driver, data_set_id, [{"id": 1, "email": "a@b"}])
    driver.ask(AUTO_MAP, dataSetId=data_set_id, type="endpoint", mappingConfiguration=MAPPING)
    first = read(driver, data_set_id)["fieldMappings"][0]
    driver.ask(UNMAP_COLUMN, dataSetId=data_set_id, propertyId=first["id"])
    data_set = read(driver, data_set_id)
    assert [item["originalField"] for item in data_set["fieldMappings"]] == ["email"]
    assert [item["vocabKey"] for item in data_set["annotation"]["annotationProperties"]] == ["customer.email"]


def test_a_mapping_can_be_modified(driver: Driver, data_set_id: str) -> None:
    driver.ask(AUTO_MAP, dataSetId=data_set_id, type="endpoint", mappingConfiguration=MAPPING)
    annotation_id = read(driver, data_set_id)["annotationId"]
    driver.ask(MODIFY, annotation={"id": annotation_id, "nameKey": "customer.id", "originEntityCodeKey": "customer.id"})
    annotation = driver.ask(ANNOTATION, id=annotation_id)["preparation"]["annotation"]
    assert annotation["nameKey"] == annotation["originEntityCodeKey"] == "customer.id"


def test_processing_needs_a_mapping(driver: Driver, data_set_id: str) -> None:
    with pytest.raises(RefusedError, match="has no mapping"):
        driver.ask(COMMIT, dataSetId=data_set_id)


def test_processing_leaves_a_finished_log_and_statistics(driver: Driver, data_set_id: str) -> None:
    records = [{"id": 1}, {"id": 2}]
    send(driver, data_set_id, records)
    driver.ask(AUTO_MAP, dataSetId=data_set_id, type="endpoint", mappingConfiguration=MAPPING)
    driver.ask(COMMIT, dataSetId=data_set_id)
    size = len(json.dumps(records))
    assert read(driver, data_set_id)["stats"] == {"total": 2, "successful": 2, "failed": 0, "bytes": size}
    listed = driver.ask(SUBMISSIONS, dataSetId=data_set_id.lower())["preparation"]["getAnnotationSubmissions"]
    [submission] = listed["data"]
    assert (listed["total"], submission["status"], submission["success"]) == (1, "Finished", 2)
    assert submission["dataSetId"] == data_set_id


def test_processing_may_take_its_time(cluedin: CluedIn, driver: Driver, data_set_id: str) -> None:
    cluedin.patch_switches({"processing_delay_s": 60})
    driver.ask(AUTO_MAP, dataSetId=data_set_id, type="endpoint", mappingConfiguration=MAPPING)
    driver.ask(COMMIT, dataSetId=data_set_id)
    assert status_of_newest(driver, data_set_id) == "InProgress"
    assert read(driver, data_set_id)["stats"] is None
    cluedin.clock.advance(60)
    assert status_of_newest(driver, data_set_id) == "Finished"


def status_of_newest(driver: Driver, guid: str) -> Any:
    listed = driver.ask(SUBMISSIONS, dataSetId=guid)["preparation"]["getAnnotationSubmissions"]
    return listed["data"][0]["status"]


def test_submissions_are_found_by_mapping_too(driver: Driver, data_set_id: str) -> None:
    driver.ask(AUTO_MAP, dataSetId=data_set_id, type="endpoint", mappingConfiguration=MAPPING)
    driver.ask(COMMIT, dataSetId=data_set_id)
    annotation_id = read(driver, data_set_id)["annotationId"]
    found = driver.ask(SUBMISSIONS, id=annotation_id)["preparation"]["getAnnotationSubmissions"]
    missed = driver.ask(SUBMISSIONS, id="77")["preparation"]["getAnnotationSubmissions"]
    assert (found["total"], missed["total"]) == (1, 0)


def test_with_auto_submit_records_are_processed_as_they_come(driver: Driver, data_set_id: str) -> None:
    driver.ask(AUTO_MAP, dataSetId=data_set_id, type="endpoint", mappingConfiguration=MAPPING)
    driver.ask(AUTO_SUBMIT, dataSetId=data_set_id, autoSubmit=True)
    send(driver, data_set_id, [{"id": 1}])
    assert read(driver, data_set_id)["stats"]["total"] == 1
