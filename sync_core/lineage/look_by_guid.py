"""Looks at a lineage in one call by the guids of its parts, and not at what other data sets have there.

Golden records are shared: read as a whole they tell of all their data sets. So it is asked for those of their columns
that are this data set's, each of which tells what it belongs to, and its pipeline tells that they stand.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from sync_core.errors import RejectedError
from sync_core.lineage.existing_lineage import ExistingLineage, judge
from sync_core.lineage.graph.names import GOLDEN_RECORDS, PROCESSING_PIPELINE
from sync_core.lineage.known_guids import Guids, KnownLineage, bearing
from sync_core.purview.graph import EntityRef, Lineage, LineageEntity
from sync_core.purview.lineage_client import PurviewLineageClient
from sync_core.purview.lineage_wire import RelatedEntity, StoredEntity

Found = Mapping[EntityRef, StoredEntity]


@dataclass(frozen=True)
class LookByGuid:
    """Looks. What it does not find whole may stand all the same: then the names decide (`find_existing`)."""

    lineage: PurviewLineageClient

    def read(self, guids: Collection[str], hold: Callable[[], None]) -> dict[str, StoredEntity]:
        """Return what answers to some guids; nothing where Purview refuses the call, e.g. since one of them is gone."""
        try:
            return {found.guid: found for found in self.lineage.find_many(sorted(guids), hold)}
        except RejectedError:
            return {}

    def standing(self, lineage: Lineage, source: StoredEntity, known: KnownLineage) -> ExistingLineage | None:
        """Return what stands of a lineage by what was just read, None where that does not tell all of it."""
        seen, golden = known.seen, golden_of(lineage)
        existing = _judge(lineage, source, seen, known.guids, {})
        if existing.missing or golden is None or golden in seen:
            return None if existing.missing else existing
        found = self.lineage.find_alone(known.guids[golden])
        if found is None or EntityRef(found.type_name, found.qualified_name) != golden:
            return None
        told = replace(existing.entities[golden], collection=found.collection)
        return replace(existing, entities={**existing.entities, golden: told})

    def written(
        self,
        lineage: Lineage,
        source: StoredEntity,
        known: KnownLineage,
        now: Guids,
        hold: Callable[[], None],
    ) -> ExistingLineage | None:
        """Return what stands of a lineage that was just written, None where the guids do not lead to all of it.

        `now` are the guids of what was written, as far as they were told, and of the columns that stood before.
        """
        guids, golden = {**known.guids, **now}, golden_of(lineage)
        own = set() if lineage.columns_unseen else {column.ref for column in golden_columns(lineage)}
        refs = {entity.ref for entity in lineage.chain}
        before: Found = {}
        if golden and golden in known.guids and guids[golden] == known.guids[golden] and now.keys() >= own:
            before = {ref: one for ref, one in known.seen.items() if ref in own and now[ref] == one.guid}
            refs = (refs | own) - {golden} - before.keys()
        if not refs <= guids.keys():
            return None
        asked = {ref: guids[ref] for ref in refs}
        seen = {**bearing(asked, self.read({*asked.values()}, hold)), **before}
        existing = _judge(lineage, source, seen, guids, now)
        return None if existing.missing else existing


def golden_of(lineage: Lineage) -> EntityRef | None:
    """Return the golden records that a lineage leads to, if it does."""
    return next((entity.ref for entity in lineage.chain if entity.ref.type_name == GOLDEN_RECORDS), None)


def standing_columns(lineage: Lineage, known: KnownLineage) -> dict[EntityRef, str]:
    """Return those of a lineage's columns that stand just so, with their guids: they need not be written again.

    A column of the golden records counts only if it is remembered: this data set is recorded to bring it, so that no
    other one takes it out meanwhile.
    """
    seen, golden = known.seen, golden_of(lineage)
    listed = {
        (asset, column.qualified_name, column.display_text): column.guid
        for asset, found in seen.items()
        for column in found.columns
        if asset != golden
    }
    found = {
        column.ref: listed.get((asset, column.ref.qualified_name, column.name), "")
        for column in lineage.columns
        for asset in column.relations.values()
    }
    guid = known.guids.get(golden, "") if golden else ""
    found |= {column.ref: one.guid for column, one in _belonging(lineage, guid, seen)}
    return {ref: guid for ref, guid in found.items() if guid}


def golden_columns(lineage: Lineage) -> Iterator[LineageEntity]:
    """Yield the columns that a lineage brings to its golden records."""
    golden = golden_of(lineage)
    return (column for column in lineage.columns if golden in column.relations.values())


def _judge(lineage: Lineage, source: StoredEntity, seen: Found, guids: Guids, written: Guids) -> ExistingLineage:
    entities = {entity.ref: seen[entity.ref] for entity in lineage.chain if entity.ref in seen}
    golden = golden_of(lineage)
    if golden and golden in guids and golden not in entities:
        entities |= _as_told(lineage, golden, guids[golden], seen)
    return judge(lineage, source, entities, written)


def _as_told(lineage: Lineage, golden: EntityRef, guid: str, seen: Found) -> dict[EntityRef, StoredEntity]:
    """The golden records as the pipeline that leads there, and their columns, tell of them: nothing if it does not."""
    pipeline = next((one for ref, one in seen.items() if ref.type_name == PROCESSING_PIPELINE), None)
    if pipeline is None or not {guid, golden.qualified_name} & (pipeline.ends or frozenset()):
        return {}
    columns = tuple(RelatedEntity(one.guid, one.name) for _, one in _belonging(lineage, guid, seen))
    return {golden: StoredEntity(guid, golden.type_name, golden.qualified_name, columns)}


def _belonging(lineage: Lineage, guid: str, seen: Found) -> Iterator[tuple[LineageEntity, StoredEntity]]:
    """The columns of the golden records of that guid, each as it was seen."""
    for column in golden_columns(lineage):
        one = seen.get(column.ref)
        if one is not None and one.name == column.name and guid in one.parents:
            yield column, one
