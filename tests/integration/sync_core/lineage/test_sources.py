"""Source assets of every kind: their columns, their odd names, and what happens to them later."""

import json

import pytest

from local.purview.estate.names import AWKWARD_FILES, LAKE, LONG_NAME
from sync_core.lineage.record import DataSetStatus
from tests.kit.lineage_bench import CUSTOMERS, LineageBench
from tests.kit.lineage_graph import ROOT

CRM_FILE = f"{LAKE}/raw/crm/customers.csv"
FABRIC_TABLE = (
    "https://app.fabric.microsoft.com/groups/5f3c2a7e-9d41-4b0f-8a63-2c7b1e90d4aa"
    "/lakehouses/b1de7c55-0f7a-4f0e-9a43-6e1f7d2c8b19/tables/dbo%252Fdim_customer"
)


def ingest(data_set_id: str) -> str:
    return f"{ROOT}/datasets/{data_set_id}/ingest"


@pytest.mark.parametrize(
    ("source", "fields", "expected"),
    [
        (CUSTOMERS, ["customerid", "EMAIL"], [("CustomerId", "customerid"), ("Email", "EMAIL")]),
        (CRM_FILE, ["Customer_ID", "full_name"], [("customer_id", "Customer_ID"), ("full_name", "full_name")]),
        (FABRIC_TABLE, ["Key"], [("Key", "Key")]),
    ],
    ids=["SQL table", "file with a tabular schema", "Fabric table without columns"],
)
def test_the_sources_columns_are_linked_as_purview_spells_them(
    bench: LineageBench, source: str, fields: list[str], expected: list[tuple[str, str]]
) -> None:
    data_set_id = bench.load(bench.sync_asset(source), mapping={field: f"customer.{field}" for field in fields})

    assert bench.push(data_set_id).status is DataSetStatus.PUSHED

    graph = bench.graph(source)
    assert graph.pairs(ingest(data_set_id)) == expected
    assert ("cluedin_golden_records", "Customer") in graph.nodes


@pytest.mark.parametrize(
    ("column", "field"),
    [("Email ", "Email"), ("\ufeffEmail", "email"), ("E\u00a0mail", "E mail"), ("Cafe\u0301", "CAF\u00c9")],
    ids=["blank", "byte order mark", "non-breaking blank", "decomposed"],
)
def test_look_alike_columns_are_linked_as_purview_spells_them_and_others_are_noted(
    bench: LineageBench, column: str, field: str
) -> None:
    (entity,) = bench.purview.catalog.named(f"{CUSTOMERS}#Email")
    bench.purview.catalog.set_attributes(entity, {**entity.attributes, "name": column})
    data_set_id = bench.load(bench.sync_asset(), mapping={field: "customer.email", "Nowhere": "customer.x"})

    record = bench.push(data_set_id)

    assert (column, field) in bench.graph().pairs(ingest(data_set_id))
    assert (record.status, record.notes) == (
        DataSetStatus.PUSHED,
        ["Ingest Data: No column of the source asset is called like 'Nowhere'."],
    )


def test_the_columns_of_a_schema_that_somebody_attached_are_read_too(bench: LineageBench) -> None:
    source = "demo://attached"
    schema = {"typeName": "tabular_schema", "guid": "-2", "attributes": {"qualifiedName": f"{source}#s", "name": "s"}}
    column = {
        "typeName": "column",
        "guid": "-3",
        "attributes": {"qualifiedName": f"{source}#s#Email", "name": "Email", "type": "string"},
        "relationshipAttributes": {"composeSchema": {"guid": "-2"}},
    }
    asset = {
        "typeName": "DataSet",
        "guid": "-1",
        "attributes": {"qualifiedName": source, "name": "attached"},
        "relationshipAttributes": {"attachedSchema": [{"guid": "-2"}]},
    }
    bench.purview.entities.upsert([schema, column, asset], "someone")
    data_set_id = bench.load(bench.sync_asset(source), mapping={"email": "customer.email"})

    bench.push(data_set_id)

    assert bench.graph(source).pairs(ingest(data_set_id)) == [("Email", "email")]


def test_the_source_is_named_as_purview_spells_it_now(bench: LineageBench) -> None:
    source_id = bench.sync_asset()
    (entity,) = bench.purview.catalog.named(CUSTOMERS)
    spelled = CUSTOMERS.lower()
    bench.purview.catalog.set_attributes(entity, {**entity.attributes, "qualifiedName": spelled})
    bench.purview.patch_switches({"unique_attribute_case": "insensitive"})
    data_set_id = bench.load(source_id)

    assert bench.push(data_set_id).status is DataSetStatus.PUSHED

    (mapping,) = json.loads(bench.graph(spelled).own[ingest(data_set_id)].attributes["columnMapping"])
    assert mapping["DatasetMapping"]["Source"] == spelled


def test_assets_with_awkward_names_get_their_lineage(bench: LineageBench) -> None:
    for number, name in enumerate(AWKWARD_FILES, start=1):
        source = f"{LAKE}/raw/inbox/{number:02}/{name}"
        data_set_id = bench.load(bench.sync_asset(source), name=name[:200], mapping={name[:40]: f"x.{number}"})

        assert bench.push(data_set_id).status is DataSetStatus.PUSHED

        assert ("cluedin_data_set", name[:200]) in bench.graph(source).nodes
    assert len(LONG_NAME) > 200
    assert bench.graph().count("cluedin_data_set") == len(AWKWARD_FILES)


def test_a_source_that_was_scanned_anew_is_linked_again(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    before = bench.push(data_set_id)
    bench.act("recreate", asset=CUSTOMERS)
    assert len(bench.graph().nodes) == 1

    after = bench.push(data_set_id)

    assert len(bench.graph().nodes) == 7
    assert after.guid == before.guid
    assert after.asset_guid == bench.purview.catalog.named(CUSTOMERS)[0].guid != before.asset_guid


def test_a_source_that_is_gone_makes_a_dead_letter_that_says_what_to_do(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.deliver(data_set_id)
    bench.delete(CUSTOMERS)

    bench.work()

    (dead_letter,) = bench.dead_letters()
    assert (dead_letter.subject, dead_letter.attempts) == (data_set_id, 1)
    assert CUSTOMERS in dead_letter.cause
    assert "scan it again" in dead_letter.cause
    assert bench.record(data_set_id).status is DataSetStatus.FAILED
    assert not bench.outstanding()
    assert not bench.graph("mssql://contoso-sql.database.windows.net/crm/dbo/Orders").own


def test_once_the_source_is_back_the_next_delivery_heals_all(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.delete(CUSTOMERS)
    bench.push(data_set_id)
    bench.act("add_asset", name="Customers", typeName="azure_sql_table", qualifiedName=CUSTOMERS)

    assert bench.push(data_set_id).status is DataSetStatus.PUSHED

    assert not bench.dead_letters()
    assert len(bench.graph().nodes) == 7
