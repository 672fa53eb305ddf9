"""Rows as JSON, so that they can be put into tables elsewhere just as they are."""

from datetime import datetime
from typing import Any

from azure.data.tables import EntityProperty

from sync_core.storage.rows import Row

KEYS = ("PartitionKey", "RowKey")


def exported(row: Row) -> dict[str, Any]:
    """Return a row as JSON: its two keys, and its `columns`, of which those of no type of JSON are `{type, value}`.

    Packed columns are left out: nobody can see what is in them.
    """
    columns = {name: _exported(value) for name, value in row.items() if name not in KEYS}
    return {
        "partition": str(row["PartitionKey"]),
        "key": str(row["RowKey"]),
        "columns": {name: value for name, value in columns.items() if value is not None},
    }


def _exported(value: Any) -> Any:
    match value:
        case EntityProperty():
            return {"type": str(getattr(value.edm_type, "value", value.edm_type)), "value": str(value.value)}
        case datetime():
            return {"type": "Edm.DateTime", "value": value.isoformat()}
        case str() | bool() | int() | float():
            return value
        case _:
            return None
