"""The lineage of one data set as a chain of assets and processes: that part of it that stands in Purview."""

from dataclasses import dataclass

from sync_core.assets.listed import ListedAsset
from sync_core.lineage.graph.names import (
    CLUES,
    DATA_SET,
    GOLDEN_RECORDS,
    INGEST_NAME,
    MAP_NAME,
    PIPELINE_NAME,
)
from sync_core.lineage.record import DataSetRecord
from sync_core.operations.dashboard.words import shortened
from sync_core.wording import many

SOURCE = "source asset"


@dataclass(frozen=True, slots=True)
class Node:
    """An asset of the chain: its type, its name, and one more fact."""

    type_name: str
    name: str
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """Assets from the source on, and the name of the process between each two."""

    nodes: tuple[Node, ...]
    processes: tuple[str, ...]

    def __str__(self) -> str:
        return " → ".join(shortened(node.name) for node in self.nodes)


def to_chain(record: DataSetRecord, source: ListedAsset | None) -> Chain | None:
    """Return what stands of a data set's lineage, or None where nothing does or nobody knows.

    `source` is its source asset, if that is recorded.
    """
    if not record.fingerprint:
        return None
    start = (_source(record, source), Node(DATA_SET, record.name or record.data_set_id, "data set"))
    if not record.entity_type:
        return Chain(start, (INGEST_NAME,))
    clues = Node(CLUES, f"{record.name} clues", many(len(record.keys), "vocabulary key"))
    golden = Node(GOLDEN_RECORDS, entity_type_name(record.entity_type), record.entity_type)
    return Chain((*start, clues, golden), (INGEST_NAME, MAP_NAME, PIPELINE_NAME))


def entity_type_name(entity_type: str) -> str:
    """Return what people call an entity type: `User` for `/Infrastructure/User`."""
    return entity_type.rpartition("/")[2] or entity_type


def _source(record: DataSetRecord, source: ListedAsset | None) -> Node:
    if source is None:
        return Node(SOURCE, record.asset_qualified_name)
    return Node(source.type_name, source.name, SOURCE)
