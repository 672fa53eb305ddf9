from typing import Any

import pytest

from local.purview import Purview
from tests.unit.local.purview.api import Api, entity, error_code


def data_set(name: str, *attributes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"name": name, "superTypes": ["DataSet"], "attributeDefs": list(attributes), **fields}


def attribute(name: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "typeName": "string", "isOptional": True, **fields}


def relationship(category: str = "COMPOSITION", **ends: Any) -> dict[str, Any]:
    end1 = {"type": "DataSet", "name": "parts", "isContainer": True, "cardinality": "SET"} | ends.get("end1", {})
    end2 = {"type": "DataSet", "name": "whole", "isContainer": False, "cardinality": "SINGLE"} | ends.get("end2", {})
    return {"name": "whole_parts", "relationshipCategory": category, "endDef1": end1, "endDef2": end2}


def create(api: Api, *definitions: dict[str, Any], section: str = "entityDefs") -> Any:
    return api.post("/types/typedefs", {section: list(definitions)})


def test_one_type_that_exists_refuses_the_whole_call(api: Api) -> None:
    assert create(api, data_set("first")).status_code == 200
    answer = create(api, data_set("second"), data_set("first"))
    assert error_code(answer) == (409, "409-00-001")
    assert answer.json()["errorMessage"] == "Given type first already exists in ENTITY category."
    assert api.get("/types/entitydef/name/second").status_code == 404


def test_a_created_type_comes_back_filled_in_and_inherits(api: Api) -> None:
    (created,) = create(api, data_set("mine", attribute("a"))).json()["entityDefs"]
    assert (created["category"], created["version"], created["typeVersion"]) == ("ENTITY", 1, "1.0")
    assert created["attributeDefs"][0]["valuesMaxCount"] == 1
    assert "inputToProcesses" in [each["name"] for each in created["relationshipAttributeDefs"]]
    assert "mine" in api.get("/types/entitydef/name/DataSet").json()["subTypes"]


def test_attributes_may_be_added_but_only_optional_ones_and_never_removed(api: Api) -> None:
    create(api, data_set("mine", attribute("a")))

    def update(*attributes: dict[str, Any], **fields: Any) -> Any:
        return api.put("/types/typedefs", {"entityDefs": [data_set("mine", *attributes, **fields)]})

    assert error_code(update(attribute("a"), attribute("b", isOptional=False))) == (400, "400-00-00C")
    assert error_code(update()) == (400, "400-00-00D")
    assert error_code(update(attribute("a"), superTypes=["Asset"])) == (400, "400-00-00E")
    assert update(attribute("a"), attribute("b")).json()["entityDefs"][0]["version"] == 2


def test_an_unknown_type_cannot_be_updated(api: Api) -> None:
    assert error_code(api.put("/types/typedefs", {"entityDefs": [data_set("mine")]})) == (404, "404-00-001")


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        (data_set("1mine"), "400-00-019"),
        (data_set("mine", superTypes=["nothing"]), "400-00-014"),
        (data_set("mine", attribute("a", typeName="nothing")), "400-00-00A"),
        (data_set("mine", attribute("a", typeName="array<nothing>")), "400-00-00A"),
        (data_set("mine", options={"schemaAttributes": "data_type"}), "400-00-01A"),
    ],
)
def test_a_malformed_type_is_refused(api: Api, definition: dict[str, Any], code: str) -> None:
    assert error_code(create(api, definition)) == (400, code)


def test_schema_attributes_are_a_list_encoded_as_a_string(api: Api) -> None:
    assert create(api, data_set("mine", options={"schemaAttributes": '["data_type"]'})).status_code == 200


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        (relationship() | {"endDef2": None}, "400-00-02C"),
        (relationship(end2={"isContainer": True}), "400-00-02D"),
        (relationship("ASSOCIATION"), "400-00-030"),
        (relationship(end1={"isContainer": False}), "400-00-031"),
        (relationship("AGGREGATION", end1={"isContainer": False}), "400-00-032"),
        (relationship(end2={"cardinality": "SET"}), "400-00-033"),
        (relationship(end1={"cardinality": "LIST"}), "400-00-034"),
        (relationship(end1={"type": "nothing"}), "400-00-014"),
    ],
)
def test_a_malformed_relationship_is_refused(api: Api, definition: dict[str, Any], code: str) -> None:
    assert error_code(create(api, definition, section="relationshipDefs")) == (400, code)


def test_ends_may_have_to_be_registered_by_an_earlier_call(api: Api, purview: Purview) -> None:
    purview.patch_switches({"relationship_ends_registered_before": True})
    ends = relationship(end1={"type": "mine"})
    together = {"entityDefs": [data_set("mine")], "relationshipDefs": [ends]}
    assert error_code(api.post("/types/typedefs", together)) == (400, "400-00-014")
    assert create(api, data_set("mine")).status_code == 200
    assert create(api, ends, section="relationshipDefs").status_code == 200


def test_types_of_one_call_may_build_on_each_other_in_any_order(api: Api) -> None:
    assert create(api, data_set("child", superTypes=["parent"]), data_set("parent")).status_code == 200
    circle = data_set("x", superTypes=["y"]), data_set("y", superTypes=["x"])
    assert error_code(create(api, *circle)) == (400, "400-00-01A")


def test_a_type_in_use_cannot_be_deleted(api: Api) -> None:
    create(api, data_set("mine"), data_set("child", superTypes=["mine"]))
    assert error_code(api.delete("/types/typedef/name/mine")) == (409, "409-00-002")
    api.write(entity("child", "x"))
    assert error_code(api.delete("/types/typedef/name/child")) == (409, "409-00-002")
    create(api, data_set("unused"))
    assert api.delete("/types/typedef/name/unused").status_code == 204
    assert api.get("/types/typedef/name/unused").status_code == 404


def test_types_are_found_by_name_by_guid_and_by_category(api: Api) -> None:
    definition = api.get("/types/typedef/name/azure_sql_table_columns").json()
    assert definition["category"] == "RELATIONSHIP"
    assert api.get(f"/types/relationshipdef/guid/{definition['guid']}").json()["name"] == "azure_sql_table_columns"
    assert error_code(api.get("/types/entitydef/name/azure_sql_table_columns")) == (404, "404-00-001")
    only = api.get("/types/typedefs", type="relationship").json()
    assert only["entityDefs"] == []
    assert "dataset_process_inputs" in [each["name"] for each in only["relationshipDefs"]]


def test_columns_are_data_sets_by_their_type_so_a_client_must_tell_them_apart(purview: Purview) -> None:
    assert purview.types.is_a("azure_sql_column", "DataSet")
    assert purview.types.is_a("column", "DataSet")
    assert {"azure_sql_column", "column", "tabular_schema"} <= purview.types.schema_element_types
