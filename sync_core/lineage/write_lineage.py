"""Writes one lineage into Purview, checks what stands there afterwards, and takes out what must not."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sync_core.errors import ConfigError, RejectedError, TransientError
from sync_core.lineage.existing_lineage import ExistingLineage, Guids, find_existing
from sync_core.lineage.graph.column_mapping import sink_columns
from sync_core.lineage.graph.names import CLUES, DATA_SET, PROCESSING_PIPELINE
from sync_core.lineage.register_types import RegisterTypes
from sync_core.logs import get_logger
from sync_core.purview.graph import EntityRef, Lineage, LineageEntity
from sync_core.purview.lineage_client import PurviewLineageClient
from sync_core.purview.lineage_wire import StoredEntity

logger = get_logger(__name__)

ENTITIES_A_WRITE = 200  # some 4 s; more failed (docs/vendors/purview.md, section 3, batch size)
UNKNOWN_TYPE_CODES = frozenset({"ATLAS-400-00-014", "ATLAS-404-00-001"})
REFUSED = "Assets have no columns of their own, Purview refuses their relationships: "
UNSEEN = "Purview takes the columns of assets but does not show them; they were written and not looked for."


Brought = Mapping[EntityRef, Collection[str]]  # by pipeline, the columns that it brings to the golden records


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the lineage as this account takes it, and what stands of it."""

    lineage: Lineage
    guids: Guids
    existing: ExistingLineage

    @property
    def data_set(self) -> StoredEntity:
        """The data set's asset."""
        return self.existing.entities[self.lineage.chain[0].ref]


@dataclass(frozen=True)
class WriteLineage:
    """Writes lineages. Idempotent: names are deterministic, so the same lineage again updates and adds nothing.

    `hold` is called before each step and raises when another worker has taken the work over.
    """

    lineage: PurviewLineageClient
    types: RegisterTypes

    def write(self, facts: Lineage, source: StoredEntity, collection: str, hold: Callable[[], None]) -> Written:
        """Bring Purview to this lineage, as far as the account takes it, and return what stands there.

        Raises:
            TransientError: Purview took the write but does not show it, or did not answer.
            RejectedError: Purview refuses an entity; nothing of that call was written.
            ConfigError: the app's identity may not write to the collection.
            ConflictError: `hold` says so.
        """
        written = self._write_and_look(facts, source, collection, hold)
        self._correct_collection(written, collection)
        hold()
        self._remove(written)
        return written

    def fitting(self, facts: Lineage) -> Lineage:
        """Return the part of a lineage that this account takes: all of it, or the chain without columns of its own."""
        types = self.types.ensure()
        if types.columns_refused:
            notes = (*facts.notes, REFUSED + types.columns_refused)
            return replace(facts, columns=(), notes=notes, columns_refused=True)
        if types.columns_unseen and facts.columns:
            return replace(facts, notes=(*facts.notes, UNSEEN), columns_unseen=True)
        return facts

    def is_complete(self, lineage: Lineage, source: StoredEntity, collection: str) -> bool:
        """Whether all that was written before still stands where it should."""
        existing = find_existing(self.lineage, lineage, source, {})
        return not existing.missing and not existing.elsewhere(collection)

    def remove_shared_columns(
        self,
        asset: EntityRef,
        former: Mapping[str, LineageEntity],
        own: EntityRef,
        others: Callable[[], Brought],
        collection: str,
    ) -> None:
        """Take those columns out of an asset that no data set brings any more.

        `own` is the pipeline of the data set that lost them. `others` tells what other data sets bring now. It is asked
        again afterwards: what another one began to bring meanwhile, or what a crash left out, is put back. A pipeline
        that it does not know, since the state was lost, is asked itself.
        """
        found = self.lineage.find(asset)
        if found is None:
            return
        brought = others()
        forgotten = self._brought_by_forgotten(found, {own, *brought})
        if forgotten is None:
            logger.warning("A pipeline to %s does not tell its columns; none is taken out", asset.qualified_name)
            return
        gone = former.keys() - _names(brought) - forgotten
        self.lineage.delete([column.guid for column in found.columns if column.display_text in gone])
        back = (former.keys() & _names(others())) - (found.column_names - gone)
        if back:
            self._write([former[name] for name in sorted(back)], collection, lambda: None)

    def _brought_by_forgotten(self, asset: StoredEntity, known: set[EntityRef]) -> set[str] | None:
        """The columns that pipelines which nobody knows bring; None where one of them does not tell all."""
        names = {ref.qualified_name for ref in known}
        pipelines = (one for one in self.lineage.find_all(asset.fed_by) if one.type_name == PROCESSING_PIPELINE)
        found = [one for one in pipelines if one.qualified_name not in names]
        brought = [None if one.column_mapping_note else sink_columns(one.column_mapping) for one in found]
        return None if None in brought else {name for columns in brought if columns for name in columns}

    def _write_and_look(
        self, facts: Lineage, source: StoredEntity, collection: str, hold: Callable[[], None]
    ) -> Written:
        try:
            written = self._write_once(facts, source, collection, hold)
        except RejectedError as error:
            if error.code not in UNKNOWN_TYPE_CODES:
                raise
            written = Written(facts, {}, ExistingLineage({}, ("type definitions",)))
        if written.existing.missing:
            # Where a type or relationship is unknown, Purview refuses the call, or drops what it does not know.
            logger.warning("Purview lacks %s; registering our types again", written.existing.missing[0])
            self.types.register()
            written = self._write_once(facts, source, collection, hold)
        if written.existing.shows_no_columns:
            # The chain stands, and columnMapping tells of the columns: no reason to show nobody the lineage.
            logger.warning("Purview shows no columns of assets; lineage goes on without looking for them")
            self.types.note_unseen_columns()
            return replace(written, lineage=self.fitting(facts))
        if written.existing.missing:
            missing = written.existing.missing[0]
            raise TransientError(f"Purview took {missing} but does not show it.", service="purview")
        return written

    def _write_once(self, facts: Lineage, source: StoredEntity, collection: str, hold: Callable[[], None]) -> Written:
        lineage = self.fitting(facts)
        guids = self._write([*lineage.chain, *lineage.columns], collection, hold)
        return Written(lineage, guids, find_existing(self.lineage, lineage, source, guids))

    def _write(self, entities: Sequence[LineageEntity], collection: str, hold: Callable[[], None]) -> Guids:
        """In one call where it fits; the chain is in the first, so that columns find their assets."""
        guids: dict[EntityRef, str] = {}
        for start in range(0, len(entities), ENTITIES_A_WRITE):
            hold()
            guids |= self.lineage.write(entities[start : start + ENTITIES_A_WRITE], collection)
        return guids

    def _correct_collection(self, written: Written, collection: str) -> None:
        elsewhere = written.existing.elsewhere(collection)
        if elsewhere:
            logger.info("Purview left %s entities outside the collection; moving all of them", len(elsewhere))
            found = [one.guid for one in elsewhere]
            columns = [column.guid for one in elsewhere for column in one.columns]
            self.lineage.move(sorted({*found, *columns, *written.guids.values()}), collection)
            self._check_collection(found, collection)

    def _check_collection(self, guids: Iterable[str], collection: str) -> None:
        for guid in guids:
            found = self.lineage.find_by_guid(guid)
            if found is not None and found.collection not in {"", collection}:
                raise ConfigError(
                    f"Purview keeps {found.qualified_name} in collection {found.collection}, expected {collection}: "
                    "give the app's identity the role Data Curator on both."
                )

    def _remove(self, written: Written) -> None:
        """Remove columns that the data set no longer has, and the part of the chain that it no longer has.

        The golden records' columns belong to several data sets; `remove_shared_columns` takes those out.
        """
        gone = [] if written.lineage.columns_refused else list(_former_columns(written))
        for ref in written.lineage.absent:
            found = self.lineage.find(ref)
            if found is not None:
                gone += [*(column.guid for column in found.columns), found.guid]
        self.lineage.delete(gone)


def _names(brought: Brought) -> set[str]:
    return {name for columns in brought.values() for name in columns}


def _former_columns(written: Written) -> Iterator[str]:
    """The guids of columns that stand and were not written; where not all guids are told, their names decide."""
    columns, guids = written.lineage.columns, set(written.guids.values())
    named = {(asset, column.name) for column in columns for asset in column.relations.values()}
    is_complete = all(column.ref in written.guids for column in columns)
    for ref, found in written.existing.entities.items():
        for column in found.columns if ref.type_name in {DATA_SET, CLUES} else ():
            is_named = not column.display_text or (ref, column.display_text) in named
            if column.guid not in guids and (is_complete or not is_named):
                yield column.guid
