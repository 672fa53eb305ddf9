from typing import Any

import pytest

from tests.unit.local.purview.api import SQL, Api, entity, error_code, reference


@pytest.fixture
def fan(api: Api) -> dict[str, str]:
    """One source, three processes, three targets; the guid of each by name."""
    entities = [entity("DataSet", "source", "-1")]
    for number in range(3):
        entities += [
            entity("DataSet", f"target{number}", f"-{number + 10}"),
            entity(
                "Process",
                f"p{number}",
                f"-{number + 20}",
                inputs=[{"guid": "-1"}],
                outputs=[{"guid": f"-{number + 10}"}],
            ),
        ]
    api.write(*entities)
    names = ("source", "target0", "p0", "p1")
    return {name: str(api.named("Asset", f"demo://{name}")["guid"]) for name in names}


def lineage(api: Api, guid: str, **params: Any) -> Any:
    return api.get(f"/lineage/{guid}", **params).json()


def names(graph: Any) -> list[str]:
    return [each["displayText"] for each in graph["guidEntityMap"].values()]


def test_one_hop_to_the_next_data_set_is_depth_two(api: Api, fan: dict[str, str]) -> None:
    assert names(lineage(api, fan["source"], depth=1)) == ["source", "p0", "p1", "p2"]
    assert names(lineage(api, fan["source"], depth=2))[4:] == ["target0", "target1", "target2"]


def test_width_limits_neighbours_and_their_number_is_told(api: Api, fan: dict[str, str]) -> None:
    graph = lineage(api, fan["source"], direction="OUTPUT", width=2)
    assert names(graph) == ["source", "p0", "p1", "target0", "target1"]
    assert graph["widthCounts"]["OUTPUT"][fan["source"]] == 3


def test_relations_run_with_the_data_in_either_direction(api: Api, fan: dict[str, str]) -> None:
    for graph in (
        lineage(api, fan["source"], direction="OUTPUT", width=1),
        lineage(api, fan["target0"], direction="INPUT"),
    ):
        pairs = [(each["fromEntityId"], each["toEntityId"]) for each in graph["relations"]]
        assert sorted(pairs) == sorted([(fan["source"], fan["p0"]), (fan["p0"], fan["target0"])])


def test_an_edge_is_removed_by_the_relationship_that_lineage_names(api: Api, fan: dict[str, str]) -> None:
    (edge,) = lineage(api, fan["target0"], direction="INPUT", depth=1)["relations"]
    assert api.delete(f"/relationship/guid/{edge['relationshipId']}").status_code == 204
    assert lineage(api, fan["target0"], direction="INPUT")["relations"] == []


def test_a_deleted_process_is_gone_from_lineage(api: Api, fan: dict[str, str]) -> None:
    api.delete(f"/entity/guid/{fan['p0']}")
    assert names(lineage(api, fan["target0"])) == ["target0"]


def test_what_is_neither_data_set_nor_process_has_no_lineage(api: Api) -> None:
    assert error_code(api.get(f"/lineage/{api.sync_term()}")) == (404, "404-00-011")
    assert error_code(api.get("/lineage/nobody")) == (404, "404-00-005")


@pytest.mark.parametrize("params", [{"depth": 0}, {"depth": 32}, {"direction": "UP"}])
def test_depth_and_direction_have_limits(api: Api, fan: dict[str, str], params: dict[str, Any]) -> None:
    assert error_code(api.get(f"/lineage/{fan['source']}", **params)) == (400, "400-00-026")


def test_the_next_level_is_paged_and_not_for_processes(api: Api, fan: dict[str, str]) -> None:
    def following(name: str, **params: Any) -> Any:
        return api.get(f"!/datamap/api/lineage/{fan[name]}/next", **params)

    page = following("source", direction="OUTPUT", offset=1, limit=1).json()
    assert names(page) == ["source", "p1", "target1"]
    assert page["widthCounts"] == {"OUTPUT": None}
    assert error_code(following("p0", direction="OUTPUT")) == (400, "400-00-029")
    assert error_code(following("source", direction="BOTH")) == (400, "400-00-029")


def test_a_column_names_its_table_when_parents_are_asked_for(api: Api) -> None:
    column = api.named("azure_sql_column", f"{SQL}/Customers#Email")["guid"]
    assert lineage(api, column)["parentRelations"] == []
    (parent,) = lineage(api, column, includeParent="true")["parentRelations"]
    assert parent["parentEntityId"] == api.named("azure_sql_table", f"{SQL}/Customers")["guid"]


@pytest.mark.parametrize("turned", [False, True])
def test_a_relationship_takes_its_ends_in_either_order(api: Api, turned: bool) -> None:  # noqa: FBT001
    api.write(entity("Process", "p"))
    ends = [reference("Process", "demo://p"), reference("DataSet", f"{SQL}/Orders")]
    first, second = ends[::-1] if turned else ends
    created = api.post("/relationship", {"typeName": "dataset_process_inputs", "end1": first, "end2": second}).json()
    assert [created[end]["typeName"] for end in ("end1", "end2")] == ["Process", "azure_sql_table"]
    assert len(api.named("Process", "demo://p")["attributes"]["inputs"]) == 1


def test_a_relationship_without_an_end_or_with_a_wrong_one_is_refused(api: Api) -> None:
    end = reference("DataSet", f"{SQL}/Orders")
    body = {"typeName": "dataset_process_inputs", "end1": end}
    assert error_code(api.post("/relationship", body)) == (400, "400-00-07D")
    assert error_code(api.post("/relationship", body | {"end2": end})) == (400, "400-00-036")


def test_a_relationship_is_updated_and_read_back(api: Api) -> None:
    ends = {f"end{number}": reference("DataSet", f"{SQL}/{name}") for number, name in ((1, "Orders"), (2, "Products"))}
    guid = api.post("/relationship", {"typeName": "direct_lineage_dataset_dataset", **ends}).json()["guid"]
    api.put("/relationship", {"guid": guid, "attributes": {"columnMapping": "[]"}})
    read = api.get(f"/relationship/guid/{guid}", extendedInfo="true").json()
    assert read["relationship"]["attributes"] == {"columnMapping": "[]"}
    assert len(read["referredEntities"]) == 2
    orders = api.named("DataSet", f"{SQL}/Orders")["guid"]
    assert "Products" in names(lineage(api, orders, direction="OUTPUT", depth=1))
