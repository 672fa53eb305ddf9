"""Looks how much of a lineage stands in Purview: each asset, each edge, each column."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sync_core.clients.purview_lineage import PurviewLineageClient
from sync_core.clients.purview_lineage_wire import StoredEntity
from sync_core.domain.lineage import EntityRef, Lineage, LineageEntity


@dataclass(frozen=True, slots=True)
class StandingLineage:
    """What stands of a chain, and what of it is missing, in words."""

    entities: Mapping[EntityRef, StoredEntity]
    missing: tuple[str, ...]

    def elsewhere(self, collection: str) -> list[str]:
        """The guids of what stands outside a collection."""
        return [found.guid for found in self.entities.values() if found.collection not in {"", collection}]


def find_standing(client: PurviewLineageClient, lineage: Lineage, source: StoredEntity) -> StandingLineage:
    """Look up each entity of the chain by its unique attribute, which does not lag as the search does."""
    found = {entity.ref: client.find(entity.ref) for entity in lineage.chain}
    entities = {ref: entity for ref, entity in found.items() if entity is not None}
    return StandingLineage(entities, tuple(_find_missing(lineage, source, entities)))


def _find_missing(lineage: Lineage, source: StoredEntity, entities: Mapping[EntityRef, StoredEntity]) -> Iterator[str]:
    for entity in lineage.chain:
        if entity.ref not in entities:
            yield entity.ref.qualified_name
        elif entities[entity.ref].ends is not None:
            yield from _find_missing_edges(entity, source, entities)
    for column in lineage.columns:
        for asset in column.relations.values():
            if asset in entities and column.name not in entities[asset].column_names:
                yield f"column {column.name} of {asset.qualified_name}"


def _find_missing_edges(
    process: LineageEntity, source: StoredEntity, entities: Mapping[EntityRef, StoredEntity]
) -> Iterator[str]:
    """A source that was scanned anew has another guid: the edge to its former self is none."""
    ends = entities[process.ref].ends or frozenset()
    for ref in (*process.inputs, *process.outputs):
        end = entities.get(ref, source)
        if end.guid not in ends:
            yield f"edge between {process.ref.qualified_name} and {ref.qualified_name}"
