"""Writes one lineage into Purview, checks what stands there afterwards, and takes out what must not."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sync_core.clients.purview_lineage import PurviewLineageClient
from sync_core.clients.purview_lineage_wire import StoredEntity
from sync_core.domain.lineage import EntityRef, Lineage, LineageEntity
from sync_core.errors import ConfigError, RejectedError, TransientError
from sync_core.flows.register_types import RegisterTypes
from sync_core.flows.standing_lineage import StandingLineage, find_standing
from sync_core.mapping.lineage_names import CLUES, DATA_SET

logger = logging.getLogger(__name__)

ENTITIES_A_WRITE = 50  # safe; 200 is the ceiling (docs/vendors/purview.md, section 3, batch size)
UNKNOWN_TYPE_CODES = frozenset({"ATLAS-400-00-014", "ATLAS-404-00-001"})
Guids = Mapping[EntityRef, str]


@dataclass(frozen=True)
class WriteLineage:
    """Writes lineages. Idempotent: names are deterministic, so the same lineage again updates and adds nothing.

    `hold` is called before each step and raises when another worker has taken the work over.
    """

    lineage: PurviewLineageClient
    types: RegisterTypes

    def write(self, lineage: Lineage, source: StoredEntity, collection: str, hold: Callable[[], None]) -> StoredEntity:
        """Bring Purview to this lineage and return the data set's asset as it stands there.

        Raises:
            TransientError: Purview took the write but does not show it, or did not answer.
            RejectedError: Purview refuses an entity; nothing of that call was written.
            ConfigError: the app's identity may not write to the collection.
            ConflictError: `hold` says so.
        """
        guids, standing = self._write_and_look(lineage, source, collection, hold)
        self._correct_collection(standing, guids, collection)
        hold()
        self._remove(lineage, standing, guids)
        return standing.entities[lineage.chain[0].ref]

    def fitting(self, lineage: Lineage) -> Lineage:
        """Return the part of a lineage that this account takes: all of it, or the chain without columns of its own."""
        refused = self.types.ensure().columns_refused
        if not refused:
            return lineage
        note = f"Assets have no columns of their own, Purview refuses their relationships: {refused}"
        return replace(lineage, columns=(), notes=(*lineage.notes, note))

    def is_standing(self, lineage: Lineage, source: StoredEntity, collection: str) -> bool:
        """Whether all that was written before still stands where it should."""
        standing = find_standing(self.lineage, lineage, source)
        return not standing.missing and not standing.elsewhere(collection)

    def remove_shared_columns(
        self, asset: EntityRef, former: Mapping[str, LineageEntity], used: Callable[[], set[str]], collection: str
    ) -> None:
        """Take those columns out of an asset that no data set brings any more.

        `used` tells the names that data sets bring now. It is asked again afterwards: what another data set began to
        bring meanwhile, or what a crash left out, is put back.
        """
        found = self.lineage.find(asset)
        if found is None:
            return
        gone = former.keys() - used()
        self.lineage.delete([column.guid for column in found.columns if column.display_text in gone])
        back = (former.keys() & used()) - (found.column_names - gone)
        if back:
            self.lineage.write([former[name] for name in sorted(back)], collection)

    def _write_and_look(
        self, lineage: Lineage, source: StoredEntity, collection: str, hold: Callable[[], None]
    ) -> tuple[Guids, StandingLineage]:
        entities = [*lineage.chain, *lineage.columns]
        try:
            guids = self._write(entities, collection, hold)
            standing = find_standing(self.lineage, lineage, source)
        except RejectedError as error:
            if error.code not in UNKNOWN_TYPE_CODES:
                raise
            guids, standing = {}, StandingLineage({}, ("type definitions",))
        if standing.missing:
            # Where a type or relationship is unknown, Purview refuses the call, or drops what it does not know.
            logger.warning("Purview lacks %s; registering our types again", standing.missing[0])
            self.types.register()
            guids = self._write(entities, collection, hold)
            standing = find_standing(self.lineage, lineage, source)
        if standing.missing:
            raise TransientError(f"Purview took {standing.missing[0]} but does not show it.", service="purview")
        return guids, standing

    def _write(self, entities: Sequence[LineageEntity], collection: str, hold: Callable[[], None]) -> Guids:
        """In one call where it fits; the chain is in the first, so that columns find their assets."""
        guids: dict[EntityRef, str] = {}
        for start in range(0, len(entities), ENTITIES_A_WRITE):
            hold()
            guids |= self.lineage.write(entities[start : start + ENTITIES_A_WRITE], collection)
        return guids

    def _correct_collection(self, standing: StandingLineage, guids: Guids, collection: str) -> None:
        elsewhere = standing.elsewhere(collection)
        if elsewhere:
            logger.info("Purview left %s entities outside the collection; moving all of them", len(elsewhere))
            self.lineage.move(sorted({*elsewhere, *guids.values()}), collection)
            self._check_collection(elsewhere, collection)

    def _check_collection(self, guids: Iterable[str], collection: str) -> None:
        for guid in guids:
            found = self.lineage.find_by_guid(guid)
            if found is not None and found.collection not in {"", collection}:
                raise ConfigError(
                    f"Purview keeps {found.qualified_name} in collection {found.collection}, expected {collection}: "
                    "give the app's identity the role Data Curator on both."
                )

    def _remove(self, lineage: Lineage, standing: StandingLineage, guids: Guids) -> None:
        """Remove columns that the data set no longer has, and the part of the chain that it no longer has.

        The golden records' columns belong to several data sets; `remove_shared_columns` takes those out.
        """
        written = set(guids.values())
        named = {(asset, column.name) for column in lineage.columns for asset in column.relations.values()}
        is_complete = all(column.ref in guids for column in lineage.columns)
        gone = [
            column.guid
            for ref, found in standing.entities.items()
            if ref.type_name in {DATA_SET, CLUES}
            for column in found.columns
            if column.guid not in written and (is_complete or (ref, column.display_text) not in named)
        ]
        for ref in lineage.absent:
            found = self.lineage.find(ref)
            if found is not None:
                gone += [*(column.guid for column in found.columns), found.guid]
        self.lineage.delete(gone)
