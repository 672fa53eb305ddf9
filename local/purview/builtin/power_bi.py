"""Power BI and Azure Data Factory. Source: type names as in Purview's catalog; attributes and relationships guessed."""

from local.purview.builtin.building import entity_def, parts

SERVICE = "Power BI"

DEFINITIONS = (
    entity_def("powerbi_workspace", "Asset", service=SERVICE),
    entity_def("powerbi_dataset", "DataSet", "lastModifiedTime:date", service=SERVICE),
    entity_def("powerbi_table", "DataSet", service=SERVICE, schema="columns"),
    entity_def("powerbi_column", "DataSet", "dataType", service=SERVICE),
    entity_def("powerbi_report", "DataSet", "lastModifiedTime:date", service=SERVICE),
    entity_def("powerbi_dashboard", "DataSet", service=SERVICE),
    entity_def("powerbi_report_process", "Process", service=SERVICE),
    entity_def("adf_copy_activity", "Process", "columnMapping", service="Azure Data Factory"),
    parts("powerbi_dataset_tables", "powerbi_dataset", "tables", "powerbi_table", "dataset"),
    parts("powerbi_table_columns", "powerbi_table", "columns", "powerbi_column", "table"),
)
