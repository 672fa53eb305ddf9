"""The type definitions that our lineage needs in Purview.

All attributes are optional: a definition can then only grow, which is the one change that Purview allows
(docs/vendors/purview.md, section 4). `VERSION` changes with the definitions, so that an upgraded app registers them
anew.
"""

from typing import Any

from sync_core.lineage.graph.names import (
    CLUES,
    COLUMN,
    DATA_SET,
    GOLDEN_RECORDS,
    INGEST_PROCESS,
    MAP_PROCESS,
    PROCESSING_PIPELINE,
)
from sync_core.purview.graph import COLUMN_MAPPING, COLUMN_MAPPING_NOTE

VERSION = "1.0"
SERVICE_TYPE = "CluedIn"
COLUMNS_ATTRIBUTE = "columns"
# By asset type: the relationship to its columns, and the column's reference back.
COLUMN_RELATIONS = {
    DATA_SET: ("cluedin_data_set_columns", "dataSet"),
    CLUES: ("cluedin_clues_columns", "clues"),
    GOLDEN_RECORDS: ("cluedin_golden_records_columns", "goldenRecords"),
}
COUNTS = ("totalRecords", "successfulRecords", "failedRecords")


def entity_types() -> list[dict[str, Any]]:
    """Return the entity definitions, as Purview takes them."""
    return [
        _entity_type(DATA_SET, "DataSet", {**dict.fromkeys(COUNTS, "long"), **_texts("dataSetId", "dataSource")}),
        _entity_type(CLUES, "DataSet", _texts("entityType", "vocabulary")),
        _entity_type(GOLDEN_RECORDS, "DataSet", _texts("entityType")),
        *(
            _entity_type(name, "Process", _texts(COLUMN_MAPPING, COLUMN_MAPPING_NOTE))
            for name in (INGEST_PROCESS, MAP_PROCESS, PROCESSING_PIPELINE)
        ),
        _column_type(),
    ]


def relationship_types() -> list[dict[str, Any]]:
    """Return the relationship definitions; Purview wants the entity definitions first."""
    return [
        {
            "category": "RELATIONSHIP",
            "name": name,
            "typeVersion": VERSION,
            "serviceType": SERVICE_TYPE,
            "relationshipCategory": "COMPOSITION",
            "propagateTags": "NONE",
            "endDef1": {"type": asset, "name": COLUMNS_ATTRIBUTE, "isContainer": True, "cardinality": "SET"},
            "endDef2": {"type": COLUMN, "name": back, "isContainer": False, "cardinality": "SINGLE"},
        }
        for asset, (name, back) in COLUMN_RELATIONS.items()
    ]


def _texts(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "string")


def _entity_type(name: str, super_type: str, attributes: dict[str, str]) -> dict[str, Any]:
    # The option makes Purview show the columns on the asset's Schema tab.
    # Source: docs/vendors/purview.md, section 3, schema columns.
    options = {"schemaElementsAttribute": COLUMNS_ATTRIBUTE} if super_type == "DataSet" else {}
    return {
        "category": "ENTITY",
        "name": name,
        "superTypes": [super_type],
        "typeVersion": VERSION,
        "serviceType": SERVICE_TYPE,
        "options": options,
        "attributeDefs": [_attribute(attribute, type_name) for attribute, type_name in attributes.items()],
    }


def _column_type() -> dict[str, Any]:
    definition = _entity_type(COLUMN, "DataSet", _texts("dataType"))
    # Purview takes the list as a string of JSON; anything else breaks the tab (ADB#239).
    return {**definition, "options": {"schemaAttributes": '["dataType"]'}}


def _attribute(name: str, type_name: str) -> dict[str, Any]:
    return {
        "name": name,
        "typeName": type_name,
        "cardinality": "SINGLE",
        "isOptional": True,
        "isUnique": False,
        "isIndexable": False,
    }
