"""Azure Data Lake Storage Gen2, and the tabular schema that files have. Source: docs/vendors/purview.md, section 3."""

from local.purview.builtin.building import end, entity_def, parts, relationship_def

SERVICE = "Azure Data Lake Storage Gen2"

DEFINITIONS = (
    entity_def("azure_storage_account", "Asset", "createTime:date", "modifiedTime:date", "publicAccessLevel"),
    entity_def("azure_datalake_gen2_service", "Asset", service=SERVICE),
    entity_def("azure_datalake_gen2_filesystem", "DataSet", "createTime:date", "modifiedTime:date", service=SERVICE),
    entity_def(
        "azure_datalake_gen2_path",
        "DataSet",
        "path",
        "isFile:boolean",
        "size:long",
        "createTime:date",
        "modifiedTime:date",
        service=SERVICE,
    ),
    entity_def(
        "azure_datalake_gen2_resource_set",
        "DataSet",
        "partitionCount:long",
        "schemaCount:long",
        "totalSizeBytes:long",
        service=SERVICE,
    ),
    entity_def("tabular_schema", "DataSet", schema="columns"),
    entity_def("column", "DataSet", "type:string!"),
    parts("tabular_schema_columns", "tabular_schema", "columns", "column", "composeSchema"),
    relationship_def(
        "tabular_schema_datasets",
        "ASSOCIATION",
        end("DataSet", "tabular_schema", many=False),
        end("tabular_schema", "dataSets"),
    ),
    relationship_def(
        "dataset_attached_schemas",
        "ASSOCIATION",
        end("DataSet", "attachedSchema"),
        end("tabular_schema", "attachedDataSets"),
    ),
    parts(
        "azure_datalake_gen2_service_filesystems",
        "azure_datalake_gen2_service",
        "filesystems",
        "azure_datalake_gen2_filesystem",
        "service",
    ),
)
