"""Writes one lineage into Purview, checks what stands there afterwards, and takes out what must not."""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sync_core.clients.purview_lineage import PurviewLineageClient
from sync_core.clients.purview_lineage_wire import StoredEntity
from sync_core.domain.lineage import EntityRef, Lineage, LineageEntity
from sync_core.errors import ConfigError, RejectedError, TransientError
from sync_core.flows.register_types import RegisterTypes
from sync_core.mapping.lineage_names import CLUES, DATA_SET

logger = logging.getLogger(__name__)

ENTITIES_A_WRITE = 50  # safe; 200 is the ceiling (facts on the Purview API, section 3, batch size)
UNKNOWN_TYPE_CODES = frozenset({"ATLAS-400-00-014", "ATLAS-404-00-001"})


@dataclass(frozen=True)
class WriteLineage:
    """Writes lineages. Idempotent: names are deterministic, so the same lineage again updates and adds nothing."""

    lineage: PurviewLineageClient
    types: RegisterTypes

    def write(self, lineage: Lineage, collection: str) -> StoredEntity:
        """Bring Purview to this lineage and return the data set's asset as it stands there.

        Raises:
            TransientError: Purview took the write but does not show it, or did not answer.
            RejectedError: Purview refuses an entity; nothing of that call was written.
            ConfigError: the app's identity may not write to the collection.
        """
        self.types.ensure()
        guids = self._write_all(lineage, collection)
        standing = self._verify(lineage.chain, guids.values(), collection)
        self._remove(lineage, standing, set(guids.values()))
        return standing[lineage.chain[0].ref]

    def is_standing(self, ref: EntityRef, guid: str, collection: str) -> bool:
        """Whether what was written before still stands where it should."""
        found = self.lineage.find(ref)
        return found is not None and found.guid == guid and found.collection in {"", collection}

    def remove_columns(self, asset: EntityRef, names: Collection[str]) -> None:
        """Take columns out of an asset."""
        found = self.lineage.find(asset)
        gone = [column.guid for column in found.columns if column.display_text in names] if found else []
        if gone:
            self.lineage.delete(gone)

    def _write_all(self, lineage: Lineage, collection: str) -> dict[EntityRef, str]:
        entities = [*lineage.chain, *lineage.columns]
        try:
            return self._write(entities, collection)
        except RejectedError as error:
            if error.code not in UNKNOWN_TYPE_CODES:
                raise
            logger.warning("Purview lost our type definitions; registering them again")
            self.types.register()
            return self._write(entities, collection)

    def _write(self, entities: Sequence[LineageEntity], collection: str) -> dict[EntityRef, str]:
        """In one call where it fits; the chain is in the first, so that columns find their assets."""
        guids: dict[EntityRef, str] = {}
        for start in range(0, len(entities), ENTITIES_A_WRITE):
            guids |= self.lineage.write(entities[start : start + ENTITIES_A_WRITE], collection)
        return guids

    def _verify(
        self, chain: Iterable[LineageEntity], written: Collection[str], collection: str
    ) -> dict[EntityRef, StoredEntity]:
        standing: dict[EntityRef, StoredEntity] = {}
        for entity in chain:
            found = self.lineage.find(entity.ref)
            if found is None:
                raise TransientError(
                    f"Purview took {entity.ref.qualified_name} but does not show it.", service="purview"
                )
            standing[entity.ref] = found
        elsewhere = [found.guid for found in standing.values() if found.collection not in {"", collection}]
        if elsewhere:
            logger.info("Purview left %s entities outside the collection; moving all of them", len(elsewhere))
            self.lineage.move(sorted({*elsewhere, *written}), collection)
            self._check_collection(elsewhere, collection)
        return standing

    def _check_collection(self, guids: Iterable[str], collection: str) -> None:
        for guid in guids:
            found = self.lineage.find_by_guid(guid)
            if found is not None and found.collection not in {"", collection}:
                raise ConfigError(
                    f"Purview keeps {found.qualified_name} in collection {found.collection}, expected {collection}: "
                    "give the app's identity the role Data Curator on both."
                )

    def _remove(self, lineage: Lineage, standing: dict[EntityRef, StoredEntity], written: Collection[str]) -> None:
        """Remove columns that the data set no longer has, and the part of the chain that it no longer has.

        The golden records' columns belong to several data sets; `remove_columns` takes those out.
        """
        wanted = {(asset, column.name) for column in lineage.columns for asset in column.relations.values()}
        gone = [
            column.guid
            for ref, found in standing.items()
            if ref.type_name in {DATA_SET, CLUES}
            for column in found.columns
            if column.guid not in written and (ref, column.display_text) not in wanted
        ]
        for ref in lineage.absent:
            found = self.lineage.find(ref)
            if found is not None:
                gone += [*(column.guid for column in found.columns), found.guid]
        if gone:
            self.lineage.delete(gone)
