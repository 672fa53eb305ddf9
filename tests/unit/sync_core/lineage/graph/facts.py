"""CluedIn's facts on a data set with defaults, and a reader of what the mapping makes of them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sync_core.cluedin.data_set import DataSet, FieldMapping, RecordCounts
from sync_core.lineage.graph.build import to_lineage
from sync_core.purview.graph import EntityRef, Lineage, LineageEntity

HOST = "acme.cluedin.example"
DATA_SET_ID = "925268ec-8908-44e2-8d0c-d83fe50937d0"
ROOT = f"cluedin://{HOST}/datasets/{DATA_SET_ID}"
SOURCE = EntityRef("azure_sql_table", "mssql://sql.example/crm/dbo/Customers")
GOLDEN = f"cluedin://{HOST}/golden-records/Customer"
MAPPING = {"Id": "customer.id", "Name": "customer.name", "Noise": "--ignore--"}


def make_data_set(mapping: Mapping[str, str] | Sequence[tuple[str, str]] = MAPPING, **fields: Any) -> DataSet:
    """A data set of three columns, two of which are mapped to customers."""
    pairs = list(mapping.items()) if isinstance(mapping, Mapping) else mapping
    described = {
        "data_set_id": DATA_SET_ID,
        "name": "Customers.csv",
        "source_id": "1",
        "source_name": SOURCE.qualified_name,
        "source_type": "endpoint",
        "group_id": "3",
        "group_name": "Customers",
        "original_fields": ("Id", "Name", "Noise"),
        "annotation_id": "1",
        "entity_type": "/Customer",
        "entity_type_name": "Customer",
        "vocabulary": "Customer",
        "field_mappings": tuple(FieldMapping(field, key) for field, key in pairs),
        "counts": RecordCounts(1000, 990, 10),
    }
    return DataSet(**{**described, **fields})


def make_unmapped_data_set(**fields: Any) -> DataSet:
    """A data set that was only uploaded."""
    unmapped = {"annotation_id": "", "entity_type": "", "entity_type_name": "", "vocabulary": "", "field_mappings": ()}
    return make_data_set(**{**unmapped, **fields})


def lineage_of(data_set: DataSet, source_columns: Sequence[str] = ()) -> Lineage:
    """Its lineage, from the source asset."""
    return to_lineage(data_set, SOURCE, source_columns, HOST)


def by_type(lineage: Lineage) -> dict[str, LineageEntity]:
    """The chain's entities by type, of which each comes once."""
    assert len({entity.ref.type_name for entity in lineage.chain}) == len(lineage.chain)
    return {entity.ref.type_name: entity for entity in lineage.chain}


def column_pairs(process: LineageEntity) -> list[tuple[str, str]]:
    """The columns that a process connects, after a look at the format: one data set mapping, between its ends."""
    (mapping,) = json.loads(str(process.attributes["columnMapping"]))
    assert list(mapping) == ["DatasetMapping", "ColumnMapping"]
    (source,), (sink,) = process.inputs, process.outputs
    assert mapping["DatasetMapping"] == {"Source": source.qualified_name, "Sink": sink.qualified_name}
    assert all(list(pair) == ["Source", "Sink"] for pair in mapping["ColumnMapping"])
    return [(pair["Source"], pair["Sink"]) for pair in mapping["ColumnMapping"]]


def columns_of(lineage: Lineage, type_name: str) -> list[str]:
    """The names of the columns of the chain's asset of that type."""
    asset = by_type(lineage)[type_name].ref
    return [column.name for column in lineage.columns if asset in column.relations.values()]
