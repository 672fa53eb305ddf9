import io
import json
import re
from xml.etree import ElementTree as ET

from rich.console import Console

from local.demo.drawing import draw_lineage, name_chain, show_columns
from local.demo.lineage import Lineage, Node, to_node, trace_columns
from local.demo.picture import draw_picture
from local.demo.report import Report


def make_node(guid: str, type_name: str, *columns: str, **facts: object) -> Node:
    return Node(guid, type_name, f"the {guid}", f"qn://{guid}", "clu3dn", columns, facts)


def make_process(guid: str, *pairs: tuple[str, str]) -> Node:
    mapping = {
        "DatasetMapping": {"Source": "qn://a", "Sink": "qn://b"},
        "ColumnMapping": [{"Source": source, "Sink": sink} for source, sink in pairs],
    }
    return make_node(guid, "cluedin_map_process", columnMapping=json.dumps([mapping]))


def make_lineage(*more: tuple[str, str]) -> Lineage:
    """Table a, with three columns of which one is left out, becomes b and then c; `more` are further edges."""
    nodes = [
        make_node("a", "azure_sql_table", "Id", "Name", "City"),
        make_process("p", ("Id", "Id"), ("Name", "Name"), ("City", "City")),
        make_node("b", "cluedin_data_set", "Id", "Name", "City", totalRecords=1250, failedRecords=3),
        make_process("q", ("Id", "customer.id"), ("Name", "customer.name")),
        make_node("c", "cluedin_clues", "customer.id", "customer.name", entityType="/Customer <b>"),
    ]
    edges = frozenset({("a", "p"), ("p", "b"), ("b", "q"), ("q", "c"), *more})
    return Lineage("a", {node.guid: node for node in nodes}, edges)


def test_a_chain_runs_from_the_asset_downstream() -> None:
    lineage = make_lineage()
    assert [node.guid for node in lineage.chain] == ["a", "p", "b", "q", "c"]
    assert [node.guid for node in lineage.assets] == ["a", "b", "c"]
    assert [node.guid for node in lineage.processes] == ["p", "q"]
    assert lineage.is_one_chain


def test_a_branch_is_no_chain() -> None:
    assert not make_lineage(("a", "q")).is_one_chain


def test_a_loop_is_no_chain_and_ends() -> None:
    assert not make_lineage(("c", "p")).is_one_chain


def test_columns_are_followed_through_all_processes() -> None:
    assert trace_columns(make_lineage()) == [
        ["Id", "Id", "customer.id"],
        ["Name", "Name", "customer.name"],
        ["City", "City"],
    ]


def test_an_asset_without_lineage_has_columns_that_lead_nowhere() -> None:
    alone = Lineage("a", {"a": make_node("a", "azure_sql_table", "Id")}, frozenset())
    assert alone.is_one_chain
    assert trace_columns(alone) == [["Id"]]


def test_an_entity_is_read_as_purview_tells_it() -> None:
    node = to_node(
        {
            "guid": "g",
            "typeName": "cluedin_data_set",
            "collectionId": "clu3dn",
            "attributes": {"name": "n", "qualifiedName": "q", "totalRecords": 3, "owner": None, "inputs": []},
            "relationshipAttributes": {"columns": [{"displayText": "Id"}], "meanings": []},
        }
    )
    assert node == Node(
        "g", "cluedin_data_set", "n", "q", "clu3dn", ("Id",), {"name": "n", "qualifiedName": "q", "totalRecords": 3}
    )
    assert node.column_pairs == []


def test_the_drawing_names_everything_in_order() -> None:
    output = io.StringIO()
    report = Report(Console(file=output, width=100))
    report.show(draw_lineage(make_lineage()))
    show_columns(report, make_lineage(), "--ignore--")
    drawn = output.getvalue()
    assert re.findall(r"the [apbqc]\b", drawn)[:5] == ["the a", "the p", "the b", "the q", "the c"]
    assert "1,250 records, 3 failed" in drawn
    assert re.search(r"City +│ City +│ left out \(--ignore--\)", drawn)
    assert name_chain(make_lineage()) == "the a → the p → the b → the q → the c"


def test_the_picture_has_a_line_for_each_column_and_escapes_names() -> None:
    svg = ET.fromstring(draw_picture(make_lineage()))  # noqa: S314 - our own text
    texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    columns = [path for path in svg.iter("{http://www.w3.org/2000/svg}path") if path.get("class") == "column"]
    assert len(columns) == 5
    assert "entity type /Customer <b>" in texts
    assert texts.count("left out") == 1
