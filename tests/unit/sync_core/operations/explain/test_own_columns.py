"""Whose a column is, by its qualified name: the forms are those of docs/vendors/purview.md."""

import pytest

from sync_core.operations.explain.look_at_tags import is_own_column
from sync_core.purview.asset import Asset

LAKE = "https://lake.dfs.core.windows.net/raw"
FILE = f"{LAKE}/crm/customers.csv"
SQL = "mssql://server/crm/dbo"
LAKEHOUSE = "https://app.fabric.microsoft.com/groups/1/lakehouses/2"


@pytest.mark.parametrize(
    ("column", "type_name", "owner", "others"),
    [
        (f"{SQL}/Orders#Total", "azure_sql_column", f"{SQL}/Orders", (SQL, "mssql://server", f"{SQL}/Order")),
        (f"{FILE}#__tabular_schema//full_name", "column", FILE, (LAKE, f"{LAKE}/crm")),
        (
            f"{LAKEHOUSE}/tables/dbo%252Fdim/columns/id",
            "fabric_lakehouse_table_column",
            f"{LAKEHOUSE}/tables/dbo%252Fdim",
            (LAKEHOUSE, f"{LAKEHOUSE}/tables"),
        ),
        ("hive://db/table/id", "hive_column", "hive://db/table", ("hive://db",)),
    ],
)
def test_a_column_is_one_of_its_table_or_file_alone(
    column: str, type_name: str, owner: str, others: tuple[str, ...]
) -> None:
    found = Asset("c", type_name, "x", column)
    assert is_own_column(found, Asset("a", "table", "x", owner))
    assert [one for one in others if is_own_column(found, Asset("a", "table", "x", one))] == []


def test_what_lies_below_a_container_is_no_column_of_it() -> None:
    assert not is_own_column(Asset("s", "azure_sql_schema", "dbo", SQL), Asset("d", "azure_sql_db", "crm", SQL[:-4]))
    assert not is_own_column(Asset("s", "column", "x", "y"), Asset("d", "table", "nameless", ""))
