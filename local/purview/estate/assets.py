"""The assets of the estate, as bodies of a bulk write. Qualified names are built as the scans of each source do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local.purview.estate.names import AWKWARD_FILES, FABRIC, LAKE, LAKEHOUSE, POWER_BI, SQL
from local.purview.model import Json


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset: where it lives and whether the steward wants it in CluedIn."""

    type_name: str
    name: str
    qualified_name: str
    collection: str
    synced: bool = False
    attributes: Json | None = None
    links: Json | None = None

    def body(self) -> Json:
        """As the API takes it."""
        attributes = {"qualifiedName": self.qualified_name, "name": self.name, **(self.attributes or {})}
        return {"typeName": self.type_name, "attributes": attributes, "relationshipAttributes": self.links or {}}


def reference(type_name: str, qualified_name: str) -> Json:
    """An object id by unique attribute."""
    return {"typeName": type_name, "uniqueAttributes": {"qualifiedName": qualified_name}}


def _file(name: str, path: str, collection: str, *, synced: bool = False) -> Asset:
    attributes = {"path": f"/{path}", "isFile": True, "size": 1024 * len(path)}
    return Asset("azure_datalake_gen2_path", name, f"{LAKE}/{path}", collection, synced=synced, attributes=attributes)


def lake() -> Iterator[Asset]:
    """Files, a folder and a resource set; two files are both called customers.csv."""
    yield Asset("azure_datalake_gen2_service", "contosolake", LAKE, "slsq1x")
    service = {"service": reference("azure_datalake_gen2_service", LAKE)}
    yield Asset("azure_datalake_gen2_filesystem", "raw", f"{LAKE}/raw", "slraw7", links=service)
    yield _file("customers.csv", "raw/crm/customers.csv", "slraw7", synced=True)
    yield _file("customers.csv", "raw/erp/customers.csv", "firaw2", synced=True)
    yield _file("suppliers.csv", "raw/erp/suppliers.csv", "firaw2")
    yield _file("readme.txt", "raw/readme.txt", "slraw7")
    folder = {"path": "/raw/erp/invoices", "isFile": False}
    yield Asset(
        "azure_datalake_gen2_path", "invoices", f"{LAKE}/raw/erp/invoices/", "firaw2", synced=True, attributes=folder
    )
    pattern = f"{LAKE}/raw/sales/{{Year}}/{{Month}}/sales_{{N}}.parquet"
    counts = {"partitionCount": 48, "schemaCount": 1, "totalSizeBytes": 734003200}
    yield Asset(
        "azure_datalake_gen2_resource_set", "sales_{N}.parquet", pattern, "slraw7", synced=True, attributes=counts
    )
    for number, name in enumerate(AWKWARD_FILES, start=1):
        yield _file(name, f"raw/inbox/{number:02}/{name}", "mktzz7", synced=True)


def lake_schema() -> Iterator[Asset]:
    """The tabular schema of crm/customers.csv: the file points at it, it owns the columns."""
    file = f"{LAKE}/raw/crm/customers.csv"
    schema = f"{file}#__tabular_schema"
    datasets = {"dataSets": [reference("azure_datalake_gen2_path", file)]}
    yield Asset("tabular_schema", "tabular_schema", schema, "slraw7", links=datasets)
    for name, data_type in (("customer_id", "int64"), ("full_name", "string"), ("e-mail", "string")):
        links = {"composeSchema": reference("tabular_schema", schema)}
        yield Asset("column", name, f"{schema}//{name}", "slraw7", attributes={"type": data_type}, links=links)


def sql_database() -> Iterator[Asset]:
    """Server, database and schema."""
    yield Asset("azure_sql_server", "contoso-sql.database.windows.net", SQL, "slsq1x")
    server = {"server": reference("azure_sql_server", SQL)}
    yield Asset("azure_sql_db", "crm", f"{SQL}/crm", "slsq1x", links=server)
    database = {"db": reference("azure_sql_db", f"{SQL}/crm")}
    yield Asset("azure_sql_schema", "dbo", f"{SQL}/crm/dbo", "slsq1x", links=database)


def sql_tables() -> Iterator[Asset]:
    """Three tables and a view."""
    schema = {"dbSchema": reference("azure_sql_schema", f"{SQL}/crm/dbo")}
    for type_name, name, synced in (
        ("azure_sql_table", "Customers", True),
        ("azure_sql_table", "Orders", True),
        ("azure_sql_table", "Products", False),
        ("azure_sql_view", "ActiveCustomers", True),
    ):
        yield Asset(type_name, name, f"{SQL}/crm/dbo/{name}", "slsq1x", synced=synced, links=schema)


_SQL_COLUMNS = {
    "Customers": {"CustomerId": "int", "FullName": "nvarchar", "Email": "nvarchar", "City": "nvarchar"},
    "Orders": {"OrderId": "int", "CustomerId": "int", "Total": "decimal"},
    "Products": {"Sku": "nvarchar", "Title": "nvarchar"},
}


def sql_columns() -> Iterator[Asset]:
    """The columns of the tables: each names its table."""
    for table, columns in _SQL_COLUMNS.items():
        qualified_name = f"{SQL}/crm/dbo/{table}"
        links = {"table": reference("azure_sql_table", qualified_name)}
        for name, data_type in columns.items():
            attributes: dict[str, Any] = {"data_type": data_type}
            yield Asset(
                "azure_sql_column", name, f"{qualified_name}#{name}", "slsq1x", attributes=attributes, links=links
            )


def fabric() -> Iterator[Asset]:
    """A workspace and a lakehouse."""
    yield Asset("fabric_workspace", "Contoso Analytics", FABRIC, "fingr4")
    workspace = {"workspace": reference("fabric_workspace", FABRIC)}
    yield Asset("fabric_lakehouse", "gold", f"{FABRIC}/lakehouses/{LAKEHOUSE}", "fingr4", links=workspace)


def fabric_tables() -> Iterator[Asset]:
    """Lakehouse tables; their qualified names are double-encoded."""
    lakehouse = f"{FABRIC}/lakehouses/{LAKEHOUSE}"
    links = {"lakehouse": reference("fabric_lakehouse", lakehouse)}
    for name, synced in (("dim_customer", True), ("fact_orders", True), ("dim_date", False)):
        qualified_name = f"{lakehouse}/tables/dbo%252F{name}"
        yield Asset("fabric_lakehouse_table", name, qualified_name, "fingr4", synced=synced, links=links)


def power_bi() -> Iterator[Asset]:
    """A semantic model, a report and a dashboard."""
    yield Asset("powerbi_workspace", "Contoso Analytics", POWER_BI, "fingr4")
    yield Asset("powerbi_dataset", "Sales Model", f"{POWER_BI}/datasets/9a1f", "fingr4", synced=True)
    yield Asset("powerbi_report", "Revenue", f"{POWER_BI}/reports/77c0", "fingr4", synced=True)
    yield Asset("powerbi_dashboard", "Board pack", f"{POWER_BI}/dashboards/41be", "fingr4")


def processes() -> Iterator[Asset]:
    """How data flows already: a copy activity and the refresh of a report."""
    copy = {
        "inputs": [reference("azure_datalake_gen2_path", f"{LAKE}/raw/crm/customers.csv")],
        "outputs": [reference("azure_sql_table", f"{SQL}/crm/dbo/Customers")],
    }
    yield Asset(
        "adf_copy_activity", "Copy CRM customers", "/factories/contoso-adf/pipelines/crm/copy", "slsq1x", links=copy
    )
    refresh = {
        "inputs": [reference("powerbi_dataset", f"{POWER_BI}/datasets/9a1f")],
        "outputs": [reference("powerbi_report", f"{POWER_BI}/reports/77c0")],
    }
    yield Asset("powerbi_report_process", "Revenue", f"{POWER_BI}/reports/77c0/process", "fingr4", links=refresh)


BATCHES = (lake, lake_schema, sql_database, sql_tables, sql_columns, fabric, fabric_tables, power_bi, processes)
"""In this order, so that references by name find what an earlier batch made."""
