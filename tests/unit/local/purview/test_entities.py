import json
from typing import Any

import pytest

from local.purview import Purview
from tests.unit.local.purview.api import LAKE, SQL, Api, entity, error_code, reference


def refused(api: Api, *entities: dict[str, Any]) -> tuple[int, str]:
    return error_code(api.post("/entity/bulk", {"entities": list(entities)}))


def read(api: Api, guid: str) -> Any:
    return api.get(f"/entity/guid/{guid}").json()["entity"]


def test_a_missing_mandatory_attribute_is_answered_404_with_a_code_of_its_own(api: Api) -> None:
    body = entity("azure_sql_column", "c")
    answer = api.post("/entity", {"entity": body})
    assert error_code(answer) == (404, "404-00-007")
    expected = "azure_sql_column.data_type: mandatory attribute value missing in type azure_sql_column"
    assert expected in answer.json()["errorMessage"]


def test_an_unknown_type_is_a_bad_request(api: Api) -> None:
    assert refused(api, entity("nothing", "x")) == (400, "400-00-014")


@pytest.mark.parametrize("bad", [{"guid": "-9"}, {"guid": "nobody"}, reference("DataSet", "demo://nobody")], ids=str)
def test_a_reference_to_nothing_is_answered_404(api: Api, bad: dict[str, Any]) -> None:
    assert refused(api, entity("Process", "p", inputs=[bad])) == (404, "404-00-00A")


def test_a_reference_to_nothing_names_what_it_looked_for(api: Api) -> None:
    answer = api.post("/entity", {"entity": entity("Process", "p", inputs=[reference("DataSet", "demo://nobody")])})
    expected = "AtlasObjectId{guid='null', typeName='DataSet', uniqueAttributes={qualifiedName:demo://nobody}}"
    assert expected in answer.json()["errorMessage"]


def test_a_reference_of_an_unknown_type_is_a_bad_request(api: Api) -> None:
    body = entity("Process", "p", inputs=[reference("nothing", "demo://x")])
    assert refused(api, body) == (400, "400-00-014")


def test_what_is_no_reference_is_refused(api: Api) -> None:
    assert refused(api, entity("Process", "p", inputs=["demo://x"])) == (400, "400-00-021")


def test_a_batch_is_written_as_a_whole_or_not_at_all(api: Api, purview: Purview) -> None:
    before = len(purview.catalog.entities)
    assert refused(api, entity("DataSet", "good"), entity("nothing", "bad")) == (400, "400-00-014")
    assert len(purview.catalog.entities) == before


def test_a_batch_may_not_refer_to_its_own_new_entities_by_name_unless_switched_on(api: Api, purview: Purview) -> None:
    batch = entity("DataSet", "new"), entity("Process", "p", inputs=[reference("DataSet", "demo://new")])
    assert refused(api, *batch) == (404, "404-00-00A")
    purview.patch_switches({"same_batch_references_by_name": True})
    assert len(api.write(*batch)["mutatedEntities"]["CREATE"]) == 2


def test_unknown_attributes_are_dropped_without_a_word(api: Api) -> None:
    api.write(entity("Process", "p", columnMapping="[]"))
    assert "columnMapping" not in api.named("Process", "demo://p")["attributes"]


def test_a_string_attribute_mangles_json_that_was_not_encoded(api: Api) -> None:
    api.write(entity("adf_copy_activity", "p", columnMapping=[{"Source": "a", "Sink": True}]))
    assert api.named("Process", "demo://p")["attributes"]["columnMapping"] == "[{Source=a, Sink=true}]"


def test_a_number_that_is_none_is_refused(api: Api) -> None:
    body = entity("azure_datalake_gen2_path", "f", size="big")
    assert refused(api, body) == (404, "404-00-007")


@pytest.mark.parametrize(("attribute", "size"), [("name", 4 * 1024), ("description", 32 * 1024)])
def test_sizes_are_limited(api: Api, attribute: str, size: int) -> None:
    fits = entity("DataSet", "big") | {"attributes": {"qualifiedName": "demo://big", "name": "big"}}
    fits["attributes"][attribute] = "x" * size
    api.write(fits)
    fits["attributes"][attribute] = "x" * (size + 1)
    assert refused(api, fits)[0] == 400


def test_an_instance_of_a_subtype_is_found_by_the_supertype(api: Api) -> None:
    assert api.named("DataSet", f"{SQL}/Customers")["typeName"] == "azure_sql_table"
    answer = api.get("/entity/uniqueAttribute/type/Process", **{"attr:qualifiedName": f"{SQL}/Customers"})
    assert error_code(answer) == (404, "404-00-009")


def test_a_name_of_an_unknown_type_is_not_found_with_another_code(api: Api) -> None:
    answer = api.get("/entity/uniqueAttribute/type/nothing", **{"attr:qualifiedName": "demo://x"})
    assert error_code(answer) == (404, "404-00-001")


def test_processes_cannot_feed_processes(api: Api) -> None:
    answer = api.post(
        "/entity/bulk",
        {"entities": [entity("Process", "a", "-1"), entity("Process", "b", "-2", outputs=[{"guid": "-1"}])]},
    )
    assert error_code(answer) == (400, "400-00-036")
    assert "process_dataset_outputs: end type 1: Process, end type 2: Process" in answer.json()["errorMessage"]


def test_posting_a_shorter_list_drops_edges_and_leaving_it_out_keeps_them(api: Api) -> None:
    batch = [entity("DataSet", name, guid) for name, guid in (("a", "-1"), ("b", "-2"))]
    api.write(*batch, entity("Process", "p", "-3", inputs=[{"guid": "-1"}, {"guid": "-2"}]))
    api.write(entity("Process", "p"))
    api.write(entity("Process", "p", inputs=None))
    assert len(api.named("Process", "demo://p")["attributes"]["inputs"]) == 2
    api.write(entity("Process", "p", inputs=[reference("DataSet", "demo://b")]))
    process, a = api.named("Process", "demo://p"), api.named("DataSet", "demo://a")
    assert [each["displayText"] for each in process["relationshipAttributes"]["inputs"]] == ["b"]
    assert a["relationshipAttributes"]["inputToProcesses"] == []


def test_an_edge_counts_as_update_of_both_ends_unless_switched_off(api: Api, purview: Purview) -> None:
    def update_entries(process: str) -> list[str]:
        written = api.write(entity("Process", process, inputs=[reference("azure_sql_table", f"{SQL}/Orders")]))
        return [each["typeName"] for each in written["mutatedEntities"].get("UPDATE", [])]

    before = api.named("azure_sql_table", f"{SQL}/Orders")
    assert update_entries("p") == ["azure_sql_table"]
    after = api.named("azure_sql_table", f"{SQL}/Orders")
    assert after["updateTime"] > before["updateTime"]
    assert int(after["lastModifiedTS"]) == int(before["lastModifiedTS"]) + 1
    purview.patch_switches({"links_touch_both_ends": False})
    assert update_entries("q") == []


def test_a_write_without_a_difference_has_no_update_entry(api: Api) -> None:
    api.write(entity("DataSet", "same", description="x"))
    again = api.write(entity("DataSet", "same", "-7", description="x"))
    assert again["mutatedEntities"] == {}
    assert again["guidAssignments"].keys() == {"-7"}
    changed = api.write(entity("DataSet", "same", description="y"))
    assert [each["lastModifiedTS"] for each in changed["mutatedEntities"]["UPDATE"]] == ["2"]


def test_the_server_invents_negative_guids(api: Api) -> None:
    (assigned,) = api.write(entity("DataSet", "x"))["guidAssignments"].items()
    assert assigned[0].startswith("-")
    assert read(api, assigned[1])["attributes"]["name"] == "x"


def test_two_bodies_of_one_entity_make_one_entity(api: Api) -> None:
    written = api.write(entity("DataSet", "twin", "-1"), entity("DataSet", "twin", "-2", description="second"))
    assert len(set(written["guidAssignments"].values())) == 1
    assert api.named("DataSet", "demo://twin")["attributes"]["description"] == "second"


def test_a_new_entity_lands_in_the_collection_or_in_the_root_as_switched(api: Api, purview: Purview) -> None:
    api.write(entity("DataSet", "one"), collectionId="clu3dn")
    assert api.named("DataSet", "demo://one")["collectionId"] == "clu3dn"
    purview.patch_switches({"collection_on_create": "ignored"})
    api.write(entity("DataSet", "two"), collectionId="clu3dn")
    assert api.named("DataSet", "demo://two")["collectionId"] == "contoso"
    api.write(entity("DataSet", "two"), collectionId="clu3dn")
    assert api.named("DataSet", "demo://two")["collectionId"] == "clu3dn"


def test_an_unknown_collection_is_refused_before_anything_is_written(api: Api) -> None:
    answer = api.post("/entity/bulk", {"entities": [entity("DataSet", "x")]}, collectionId="nowhere")
    assert answer.status_code == 404
    assert "errorCode" not in answer.json()


def test_a_table_is_deleted_with_its_columns(api: Api) -> None:
    table = api.named("azure_sql_table", f"{SQL}/Customers")
    deleted = api.delete(f"/entity/guid/{table['guid']}").json()["mutatedEntities"]["DELETE"]
    assert sorted(each["typeName"] for each in deleted) == ["azure_sql_column"] * 4 + ["azure_sql_table"]


def test_a_deleted_entity_is_marked_or_gone_as_switched(api: Api, purview: Purview) -> None:
    first, second = (api.named("azure_sql_table", f"{SQL}/{name}")["guid"] for name in ("Customers", "Orders"))
    api.delete("/entity/bulk", guid=first)
    assert read(api, first)["status"] == "DELETED"
    purview.patch_switches({"deletion": "hard"})
    api.delete("/entity/bulk", guid=second)
    assert error_code(api.get(f"/entity/guid/{second}")) == (404, "404-00-005")


def test_a_deleted_entity_cannot_be_written_by_guid_but_its_name_is_free(api: Api) -> None:
    first = api.write(entity("DataSet", "x", "-1"))["guidAssignments"]["-1"]
    api.delete(f"/entity/guid/{first}")
    assert refused(api, entity("DataSet", "x", first)) == (404, "404-00-012")
    assert api.write(entity("DataSet", "x", "-1"))["guidAssignments"]["-1"] != first


def test_deleting_what_does_not_exist_is_no_error_unless_switched(api: Api, purview: Purview) -> None:
    assert api.delete("/entity/guid/nobody").json() == {"mutatedEntities": {}}
    purview.patch_switches({"delete_unknown_guid": "not_found"})
    assert error_code(api.delete("/entity/guid/nobody")) == (404, "404-00-005")


def test_a_partial_update_takes_no_null_and_no_array(api: Api) -> None:
    guid = api.named("azure_sql_table", f"{SQL}/Customers")["guid"]
    assert api.put(f"/entity/guid/{guid}", "text", name="description").status_code == 200
    for value in (None, ["a"]):
        answer = api.request("PUT", f"/entity/guid/{guid}", data=json.dumps(value), params={"name": "owner"})
        assert error_code(answer) == (400, "400-00-01A")


def test_a_large_batch_fails_where_it_is_switched_on(api: Api, purview: Purview) -> None:
    purview.patch_switches({"bulk_entity_limit": 200})
    batch = [entity("DataSet", f"d{number}") for number in range(201)]
    assert refused(api, *batch)[0] == 400
    assert len(api.write(*batch[:200])["mutatedEntities"]["CREATE"]) == 200


def test_too_many_guids_are_answered_by_the_web_server_not_by_atlas(api: Api, purview: Purview) -> None:
    purview.patch_switches({"bulk_guid_limit": 10})
    guids = list(purview.catalog.entities)[:11]
    answer = api.get("/entity/bulk", guid=guids)
    assert answer.status_code == 414
    assert answer.headers["content-type"].startswith("text/html")
    assert len(api.get("/entity/bulk", guid=guids[:10]).json()["entities"]) == 10


def test_one_unknown_guid_fails_a_bulk_read(api: Api, purview: Purview) -> None:
    guid = next(iter(purview.catalog.entities))
    assert error_code(api.get("/entity/bulk", guid=[guid, "nobody"])) == (404, "404-00-005")


def test_columns_come_along_with_a_table_but_not_with_a_file(api: Api, purview: Purview) -> None:
    def referred(type_name: str, name: str, **params: Any) -> dict[str, Any]:
        path = f"/entity/uniqueAttribute/type/{type_name}"
        found: dict[str, Any] = api.get(path, **{"attr:qualifiedName": name}, **params).json()["referredEntities"]
        return found

    columns = referred("azure_sql_table", f"{SQL}/Customers")
    assert {each["attributes"]["data_type"] for each in columns.values()} == {"int", "nvarchar"}
    minimal = referred("azure_sql_table", f"{SQL}/Customers", minExtInfo="true")
    assert all("data_type" not in each["attributes"] for each in minimal.values())
    assert referred("azure_datalake_gen2_path", f"{LAKE}/raw/crm/customers.csv") == {}
    purview.patch_switches({"referred_entities": "none"})
    assert referred("azure_sql_table", f"{SQL}/Customers") == {}


def test_the_columns_of_a_file_are_one_more_read_away(api: Api) -> None:
    file = api.named("azure_datalake_gen2_path", f"{LAKE}/raw/crm/customers.csv")
    schema = read(api, file["relationshipAttributes"]["tabular_schema"]["guid"])
    names = [each["displayText"] for each in schema["relationshipAttributes"]["columns"]]
    assert names == ["customer_id", "full_name", "e-mail"]


def test_moving_needs_a_collection_that_exists(api: Api) -> None:
    guid = api.named("azure_sql_table", f"{SQL}/Customers")["guid"]
    body = {"entityGuids": [guid]}
    assert api.post("!/datamap/api/entity/moveTo", body, collectionId="nowhere").status_code == 404
    assert api.post("!/datamap/api/entity/moveTo", body).status_code == 400
    moved = api.post("!/datamap/api/entity/moveTo", body, collectionId="clu3dn").json()
    assert [each["guid"] for each in moved["mutatedEntities"]["UPDATE"]] == [guid]
    again = api.post("!/datamap/api/entity/moveTo", body, collectionId="clu3dn").json()
    assert again["mutatedEntities"] == {}


def test_parts_links_and_collection_may_be_told_with_less(api: Api, purview: Purview) -> None:
    api.write(entity("Process", "p", inputs=[reference("DataSet", f"{SQL}/Orders")]))
    purview.patch_switches({"owned_parts": "unnamed", "links": "by_name", "collection_in_entity": False})
    table, process = api.named("azure_sql_table", f"{SQL}/Orders"), api.named("Process", "demo://p")
    assert not any("displayText" in column for column in table["relationshipAttributes"]["columns"])
    assert process["attributes"]["inputs"] == [reference("azure_sql_table", f"{SQL}/Orders")]
    assert "collectionId" not in table
    purview.patch_switches({"owned_parts": "absent", "links": "absent"})
    table, process = api.named("azure_sql_table", f"{SQL}/Orders"), api.named("Process", "demo://p")
    assert "columns" not in table["relationshipAttributes"]
    assert "inputs" not in process["attributes"].keys() | process["relationshipAttributes"].keys()


def test_a_write_may_answer_less_and_drop_attributes(api: Api, purview: Purview) -> None:
    purview.patch_switches({"write_answer": "no_assignments", "dropped_attributes": ["description"]})
    body = entity("DataSet", "new", description="lost")
    assert api.write(body).keys() == {"mutatedEntities"}
    purview.patch_switches({"write_answer": "empty"})
    assert api.write(body) == {}
    assert api.named("DataSet", "demo://new")["attributes"]["description"] is None
