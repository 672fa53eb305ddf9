"""Microsoft Fabric.

Source: docs/vendors/purview.md, section 3: column types are in `dataType`; relationship names are guesses.
"""

from local.purview.builtin.building import entity_def, parts

SERVICE = "Fabric"

DEFINITIONS = (
    entity_def("fabric_workspace", "Asset", service=SERVICE),
    entity_def("fabric_lakehouse", "DataSet", service=SERVICE),
    entity_def("fabric_lake_warehouse", "DataSet", service=SERVICE),
    entity_def("fabric_lakehouse_table", "DataSet", "tableType", service=SERVICE, schema="columns"),
    entity_def("fabric_lakehouse_table_column", "DataSet", "dataType", service=SERVICE),
    parts("fabric_workspace_lakehouses", "fabric_workspace", "lakehouses", "fabric_lakehouse", "workspace"),
    parts("fabric_lakehouse_tables", "fabric_lakehouse", "tables", "fabric_lakehouse_table", "lakehouse"),
    parts(
        "fabric_lakehouse_table_columns",
        "fabric_lakehouse_table",
        "columns",
        "fabric_lakehouse_table_column",
        "table",
    ),
)
