"""Azure SQL Database.

Source: docs/vendors/purview.md, section 3: columns hang on the table, `data_type` is mandatory.
"""

from local.purview.builtin.building import entity_def, parts

SERVICE = "Azure SQL Database"
_COLUMN = ("data_type:string!", "length:int", "precision:int", "scale:int")

DEFINITIONS = (
    entity_def("azure_sql_server", "Asset", service="Azure SQL Server"),
    entity_def("azure_sql_db", "Asset", "createTime:date", service=SERVICE),
    entity_def("azure_sql_schema", "Asset", service=SERVICE),
    entity_def("azure_sql_table", "DataSet", "createTime:date", "modifiedTime:date", service=SERVICE, schema="columns"),
    entity_def("azure_sql_view", "DataSet", "createTime:date", "modifiedTime:date", service=SERVICE, schema="columns"),
    entity_def("azure_sql_column", "DataSet", *_COLUMN, service=SERVICE),
    entity_def("azure_sql_view_column", "DataSet", *_COLUMN, service=SERVICE),
    parts("azure_sql_server_databases", "azure_sql_server", "databases", "azure_sql_db", "server"),
    parts("azure_sql_db_schemas", "azure_sql_db", "schemas", "azure_sql_schema", "db"),
    parts("azure_sql_schema_tables", "azure_sql_schema", "tables", "azure_sql_table", "dbSchema"),
    parts("azure_sql_schema_views", "azure_sql_schema", "views", "azure_sql_view", "dbSchema"),
    parts("azure_sql_table_columns", "azure_sql_table", "columns", "azure_sql_column", "table"),
    parts("azure_sql_view_columns", "azure_sql_view", "columns", "azure_sql_view_column", "view"),
)
