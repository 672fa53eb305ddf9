"""The lineage of a data set as Microsoft's SDK reads it back from the source asset, six levels deep."""

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from azure.purview.datamap import DataMapClient

from tests.kit.lineage_bench import CUSTOMERS, MAPPING, ORDERS, LineageBench

CHAIN = [
    ("azure_sql_table", "Customers"),
    ("cluedin_ingest_process", "Ingest Data"),
    ("cluedin_data_set", "Account.csv"),
    ("cluedin_map_process", "Map to Entity"),
    ("cluedin_clues", "Account.csv clues"),
    ("cluedin_processing_pipeline", "Processing Pipeline"),
    ("cluedin_golden_records", "Account"),
]
KEPT = [(field, key) for field, key in MAPPING.items() if key != "--ignore--"]


@dataclass(frozen=True)
class Node:
    """An entity of the lineage, as the SDK tells it."""

    guid: str
    type_name: str
    name: str


def read_chain(sdk: DataMapClient, source: str) -> list[Node]:
    """The entities downstream of a source in their order, after a look that they are one chain."""
    lineage = sdk.lineage.get_by_unique_attribute("azure_sql_table", direction="OUTPUT", depth=6, attribute=source)
    following = {relation.from_entity_id: relation.to_entity_id for relation in lineage.relations}
    assert len(following) == len(lineage.relations) == len(lineage.guid_entity_map) - 1
    guids = [str(lineage.base_entity_guid)]
    while guids[-1] in following:
        guids.append(following[guids[-1]])
    found = [lineage.guid_entity_map[guid] for guid in guids]
    assert all(each.status == "ACTIVE" for each in found)
    return [Node(str(each.guid), str(each.type_name), str(each.display_text)) for each in found]


def columns(entity: Any) -> list[str]:
    """The names of an asset's columns."""
    return sorted(each["displayText"] for each in entity.relationship_attributes["columns"])


@pytest.fixture
def chain(bench: LineageBench, sdk: DataMapClient) -> list[Node]:
    """The lineage of a data set that was loaded into Customers, mapped to accounts and processed."""
    data_set_id = bench.load(bench.sync_asset(), "Account.csv", entity_type="/Account", failed=10)
    bench.deliver(data_set_id)
    assert bench.work() == 1
    return read_chain(sdk, CUSTOMERS)


def test_it_is_exactly_the_chain_with_its_names_and_types(chain: list[Node]) -> None:
    assert [(node.type_name, node.name) for node in chain] == CHAIN


def test_the_columns_run_one_to_one_as_cluedins_field_mappings_say(sdk: DataMapClient, chain: list[Node]) -> None:
    entities = [sdk.entity.get(node.guid).entity for node in chain]
    names = [str(entity.attributes["qualifiedName"]) for entity in entities]
    mappings = [json.loads(entity.attributes["columnMapping"]) for entity in entities[1::2]]

    ends = [(each["DatasetMapping"]["Source"], each["DatasetMapping"]["Sink"]) for (each,) in mappings]
    assert ends == list(pairwise(names[::2]))
    pairs = [[(pair["Source"], pair["Sink"]) for pair in each["ColumnMapping"]] for (each,) in mappings]
    assert pairs == [[(field, field) for field in MAPPING], KEPT, [(key, key) for _, key in KEPT]]
    keys = sorted(key for _, key in KEPT)
    assert [columns(entity) for entity in entities[2::2]] == [sorted(MAPPING), keys, keys]


def test_each_edge_joins_the_real_entities(sdk: DataMapClient, chain: list[Node]) -> None:
    for before, process, after in zip(chain[::2], chain[1::2], chain[2::2], strict=False):
        attributes = sdk.entity.get(process.guid).entity.attributes
        assert [each["guid"] for each in attributes["inputs"]] == [before.guid]
        assert [each["guid"] for each in attributes["outputs"]] == [after.guid]


def test_the_data_sets_asset_is_in_the_collection_and_tells_its_counts(sdk: DataMapClient, chain: list[Node]) -> None:
    data_set = sdk.entity.get(chain[2].guid).entity

    assert (data_set["collectionId"], data_set.attributes["name"]) == ("clu3dn", "Account.csv")
    counts = ("totalRecords", "successfulRecords", "failedRecords")
    assert [data_set.attributes[name] for name in counts] == [1000, 990, 10]


def test_the_columns_show_on_the_assets_schema_tab(sdk: DataMapClient, chain: list[Node]) -> None:
    for node in chain[2::2]:
        definition = sdk.type_definition.get_entity_by_name(node.type_name)
        assert definition.options["schemaElementsAttribute"] == "columns"
    column = sdk.type_definition.get_entity_by_name("cluedin_column")
    assert json.loads(column.options["schemaAttributes"]) == ["dataType"]


def test_three_data_sets_of_two_assets_end_in_one_golden_records_asset(bench: LineageBench, sdk: DataMapClient) -> None:
    customers, orders = bench.sync_asset(CUSTOMERS), bench.sync_asset(ORDERS)
    for source, name in ((customers, "January.csv"), (customers, "February.csv"), (orders, "Orders.csv")):
        bench.push(bench.load(source, name))

    lineage = sdk.lineage.get_by_unique_attribute("azure_sql_table", direction="OUTPUT", depth=6, attribute=CUSTOMERS)
    golden = [each for each in lineage.guid_entity_map.values() if each.type_name == "cluedin_golden_records"]
    assert [each.display_text for each in golden] == ["Customer"]
    assert read_chain(sdk, ORDERS)[-1].guid == golden[0].guid
    upstream = sdk.lineage.get(str(golden[0].guid), direction="INPUT", depth=6)
    assert {each.display_text for each in upstream.guid_entity_map.values() if each.type_name.startswith("azure")} == {
        "Customers",
        "Orders",
    }
