"""How built-in types are called in search results.

Source: docs/vendors/purview.md, section 1, rows objectType and assetType.
"""

from local.purview.model import Json

OBJECT_TYPES = {
    "azure_datalake_gen2_filesystem": "Folders",
    "azure_datalake_gen2_resource_set": "Files",
    "azure_sql_table": "Tables",
    "azure_sql_view": "Tables",
    "fabric_lakehouse_table": "Tables",
    "powerbi_table": "Tables",
    "powerbi_report": "Reports",
    "powerbi_dashboard": "Dashboards",
    "adf_copy_activity": "Data pipelines",
    "AtlasGlossaryTerm": "Glossary terms",
}
ASSET_TYPES = {
    "azure_storage_account": ("Azure Storage Account",),
    "azure_sql_server": ("Azure SQL Server",),
}


def file_object_type(attributes: Json) -> str:
    """A path is a file or a folder."""
    return "Folders" if attributes.get("isFile") is False else "Files"
