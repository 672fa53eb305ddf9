"""Which entities of Purview are data assets; a doubtful one counts, since nothing may be lost."""

import pytest

from sync_core.purview.asset_types import telling, why_no_data_asset

DATA_SET = ("DataSet", "Asset", "Referenceable")


@pytest.mark.parametrize(
    "type_name",
    [
        "azure_sql_table",
        "azure_datalake_gen2_path",
        "azure_datalake_gen2_resource_set",
        "fabric_lakehouse_table",
        "powerbi_report",
        "columnar_store",
        "field_report",
        "schema_registry_topic",
        "process_mining_log",
        "DataSet",
    ],
)
def test_a_data_set_by_its_type_definition_counts(type_name: str) -> None:
    assert why_no_data_asset(type_name, DATA_SET, is_complete=True) == ""


@pytest.mark.parametrize("type_name", ["custom thing", "Column store", "anything"])
def test_a_type_that_purview_does_not_tell_counts(type_name: str) -> None:
    assert why_no_data_asset(type_name, (), is_complete=False) == ""


@pytest.mark.parametrize(
    ("type_name", "ancestors", "why"),
    [
        ("azure_sql_column", DATA_SET, "a column"),
        ("column", DATA_SET, "a column"),
        ("fabric_lakehouse_table_column", None, "a column"),
        ("my_special", ("azure_sql_column", *DATA_SET), "a column"),
        ("json_field", DATA_SET, "a field"),
        ("tabular_schema", DATA_SET, "a schema"),
        ("azure_sql_schema", DATA_SET, "a schema"),
        ("Process", ("Asset",), "a process"),
        ("adf_copy_activity", ("Process", "Asset"), "a process"),
        ("databricks_process", None, "a process"),
        ("AtlasGlossaryTerm", ("AtlasGlossaryHeader",), "a glossary object"),
        ("AtlasGlossaryCategory", None, "a glossary object"),
        ("azure_sql_server", ("Infrastructure", "Asset"), "not a DataSet by its type definition"),
        ("no_ancestors", (), "not a DataSet by its type definition"),
        ("cluedin_data_set", DATA_SET, "made by this sync"),
        ("cluedin_ingest_process", ("Process",), "made by this sync"),
    ],
)
def test_what_is_no_data_asset_is_left_out_with_the_reason(
    type_name: str, ancestors: tuple[str, ...] | None, why: str
) -> None:
    assert why_no_data_asset(type_name, ancestors or (), is_complete=ancestors is not None) == why


def test_what_is_remembered_of_super_types_decides_as_all_of_them_and_has_a_bound() -> None:
    ancestors = [f"some_{number}_column" for number in range(500)] + [f"thing {number}" for number in range(500)]

    kept = telling([*ancestors, *DATA_SET])

    assert len(kept) <= 10
    assert why_no_data_asset("wide", kept, is_complete=True) == "a column"
    assert telling(["thing", *DATA_SET]) == ["DataSet"]
