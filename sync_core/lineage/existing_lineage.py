"""Looks how much of a lineage stands in Purview: each asset, each process with what it says, each edge, each column."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sync_core.json_decoding import decode, decode_or_none
from sync_core.purview.graph import COLUMN_MAPPING, EntityRef, Lineage, LineageEntity
from sync_core.purview.lineage_client import PurviewLineageClient
from sync_core.purview.lineage_wire import StoredEntity

Guids = Mapping[EntityRef, str]


@dataclass(frozen=True, slots=True)
class ExistingLineage:
    """What stands of a chain, and what of the lineage is missing, in words.

    `shows_no_columns`: columns alone are missing, and no asset that lacks one shows any.
    """

    entities: Mapping[EntityRef, StoredEntity]
    missing: tuple[str, ...]
    shows_no_columns: bool = False

    def elsewhere(self, collection: str) -> list[StoredEntity]:
        """What stands outside a collection; what does not tell where it is counts as in place."""
        return [found for found in self.entities.values() if found.collection not in {"", collection}]


def find_existing(
    client: PurviewLineageClient, lineage: Lineage, source: StoredEntity, written: Guids
) -> ExistingLineage:
    """Look up each entity of the chain by its unique attribute, which does not lag as the search does.

    `written` are the guids of what was just written, as far as Purview told them.
    """
    found = {entity.ref: client.find(entity.ref) for entity in lineage.chain}
    return judge(lineage, source, {ref: entity for ref, entity in found.items() if entity is not None}, written)


def judge(
    lineage: Lineage, source: StoredEntity, entities: Mapping[EntityRef, StoredEntity], written: Guids
) -> ExistingLineage:
    """Say what is missing of a lineage where these entities of its chain were found. Pure."""
    missing = tuple(_find_missing(lineage, source, entities))
    lacking = {} if lineage.columns_unseen else _find_lacking_columns(lineage, entities, written)
    columns = tuple(f"column {name} of {asset.qualified_name}" for asset, names in lacking.items() for name in names)
    is_blind = bool(lacking) and not missing and not any(entities[asset].columns for asset in lacking)
    return ExistingLineage(entities, missing + columns, is_blind)


def _find_missing(lineage: Lineage, source: StoredEntity, entities: Mapping[EntityRef, StoredEntity]) -> Iterator[str]:
    for entity in lineage.chain:
        found = entities.get(entity.ref)
        if found is None:
            yield entity.ref.qualified_name
        elif entity.inputs:
            yield from _find_missing_attributes(entity, found)
            yield from _find_missing_edges(entity, source, entities)


def _find_missing_attributes(process: LineageEntity, found: StoredEntity) -> Iterator[str]:
    """Purview draws columns by `columnMapping`, and drops it without a word where the type lost that attribute.

    Source: docs/vendors/purview.md, section 5. Names of assets are not judged: golden records are shared.
    """
    expected = str(process.attributes[COLUMN_MAPPING])
    if found.name != process.name:
        yield f"name of {process.ref.qualified_name}"
    if found.column_mapping != expected and decode_or_none(found.column_mapping) != decode(expected):
        yield f"columnMapping of {process.ref.qualified_name}"


def _find_missing_edges(
    process: LineageEntity, source: StoredEntity, entities: Mapping[EntityRef, StoredEntity]
) -> Iterator[str]:
    """A source that was scanned anew has another guid: the edge to its former self is none."""
    ends = entities[process.ref].ends
    for ref in (*process.inputs, *process.outputs):
        if ends is not None and not {entities.get(ref, source).guid, ref.qualified_name} & ends:
            yield f"edge between {process.ref.qualified_name} and {ref.qualified_name}"


def _find_lacking_columns(
    lineage: Lineage, entities: Mapping[EntityRef, StoredEntity], written: Guids
) -> dict[EntityRef, list[str]]:
    """The names of the columns that each asset lacks."""
    wanted: dict[EntityRef, list[LineageEntity]] = {}
    for column in lineage.columns:
        for asset in column.relations.values():
            wanted.setdefault(asset, []).append(column)
    lacking = {
        asset: _lacking(entities[asset], columns, written) for asset, columns in wanted.items() if asset in entities
    }
    return {asset: names for asset, names in lacking.items() if names}


def _lacking(asset: StoredEntity, wanted: list[LineageEntity], written: Guids) -> list[str]:
    """Columns are known by name or by guid; one of which Purview tells neither may be any of those that are left."""
    names, guids, known = asset.column_names, {column.guid for column in asset.columns}, set(written.values())
    left = [one for one in wanted if one.name not in names and written.get(one.ref) not in guids]
    unknown = sum(not one.display_text and one.guid not in known for one in asset.columns)
    return [column.name for column in left[unknown:]]
