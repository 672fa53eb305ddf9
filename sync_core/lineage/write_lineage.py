"""Writes one lineage into Purview, checks what stands there afterwards, and takes out what must not."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sync_core.chunks import chunks
from sync_core.errors import ConfigError, RejectedError, TransientError
from sync_core.lineage.existing_lineage import ExistingLineage, find_existing
from sync_core.lineage.graph.column_mapping import sink_columns
from sync_core.lineage.graph.names import CLUES, DATA_SET, GOLDEN_RECORDS, PROCESSING_PIPELINE
from sync_core.lineage.known_guids import Guids, KnownLineage
from sync_core.lineage.look_by_guid import LookByGuid, golden_columns, standing_columns
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


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What leads to golden records, with the columns that it brings; `guid` is empty where it is not remembered."""

    ref: EntityRef
    guid: str
    columns: Collection[str]


Brought = Sequence[Pipeline]


@dataclass(frozen=True, slots=True)
class Written:
    """The lineage as this account takes it, and what stands of it. `guids` are as far as Purview tells them."""

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

    @property
    def look(self) -> LookByGuid:
        """Looks at what has a known guid."""
        return LookByGuid(self.lineage)

    def write(
        self, facts: Lineage, source: StoredEntity, collection: str, known: KnownLineage, hold: Callable[[], None]
    ) -> Written:
        """Bring Purview to this lineage, as far as the account takes it, and return what stands there.

        Raises:
            TransientError: Purview took the write but does not show it, or did not answer.
            RejectedError: Purview refuses an entity; nothing of that call was written.
            ConfigError: the app's identity may not write to the collection.
            ConflictError: `hold` says so.
        """
        written = self._write_and_look(facts, source, collection, known, hold)
        self._correct_collection(written, collection)
        hold()
        self._remove(written, known)
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

    def standing(self, lineage: Lineage, source: StoredEntity, collection: str, known: KnownLineage) -> Written | None:
        """Return what stands, if all that was written before still does, where it should."""
        existing = self.look.standing(lineage, source, known) or find_existing(self.lineage, lineage, source, {})
        is_whole = not existing.missing and not existing.elsewhere(collection)
        return _written(lineage, existing, known.guids) if is_whole else None

    def remove_shared_columns(
        self,
        asset: EntityRef,
        former: Mapping[str, LineageEntity],
        own: Pipeline,
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
        forgotten = self._brought_by_forgotten(found, [own, *brought])
        if forgotten is None:
            logger.warning("A pipeline to %s does not tell its columns; none is taken out", asset.qualified_name)
            return
        gone = former.keys() - _names(brought) - forgotten
        self.lineage.delete([column.guid for column in found.columns if column.display_text in gone])
        back = (former.keys() & _names(others())) - (found.column_names - gone)
        if back:
            self._write([former[name] for name in sorted(back)], collection, lambda: None)

    def _brought_by_forgotten(self, asset: StoredEntity, known: Brought) -> set[str] | None:
        """The columns that pipelines which nobody knows bring; None where one of them does not tell all."""
        names, guids = {one.ref.qualified_name for one in known}, {one.guid for one in known}
        unknown = [guid for guid in asset.fed_by if guid not in guids]
        pipelines = (one for one in self.lineage.find_all(unknown) if one.type_name == PROCESSING_PIPELINE)
        found = [one for one in pipelines if one.qualified_name not in names]
        brought = [None if one.column_mapping_note else sink_columns(one.column_mapping) for one in found]
        return None if None in brought else {name for columns in brought if columns for name in columns}

    def _write_and_look(
        self, facts: Lineage, source: StoredEntity, collection: str, known: KnownLineage, hold: Callable[[], None]
    ) -> Written:
        try:
            written = self._write_once(facts, source, collection, known, hold)
        except RejectedError as error:
            if error.code not in UNKNOWN_TYPE_CODES:
                raise
            written = Written(facts, {}, ExistingLineage({}, ("type definitions",)))
        if written.existing.missing:
            # Where a type or relationship is unknown, Purview refuses the call, or drops what it does not know.
            logger.warning("Purview lacks %s; registering our types again", written.existing.missing[0])
            self.types.register()
            written = self._write_once(facts, source, collection, replace(known, by_guid={}), hold)
        if written.existing.shows_no_columns:
            # The chain stands, and columnMapping tells of the columns: no reason to show nobody the lineage.
            logger.warning("Purview shows no columns of assets; lineage goes on without looking for them")
            self.types.note_unseen_columns()
            return replace(written, lineage=self.fitting(facts))
        if written.existing.missing:
            missing = written.existing.missing[0]
            raise TransientError(f"Purview took {missing} but does not show it.", service="purview")
        return written

    def _write_once(
        self, facts: Lineage, source: StoredEntity, collection: str, known: KnownLineage, hold: Callable[[], None]
    ) -> Written:
        """Write the chain and the columns that do not stand yet, and look at them: by guid, else by name."""
        lineage = self.fitting(facts)
        standing = standing_columns(lineage, known)
        columns = [column for column in lineage.columns if column.ref not in standing]
        told = {**standing, **self._write([*lineage.chain, *columns], collection, hold)}
        existing = self.look.written(lineage, source, known, told, hold)
        return _written(lineage, existing or find_existing(self.lineage, lineage, source, told), told)

    def _write(self, entities: Sequence[LineageEntity], collection: str, hold: Callable[[], None]) -> Guids:
        """In one call where it fits; the chain is in the first, so that columns find their assets."""
        guids: dict[EntityRef, str] = {}
        for chunk in chunks(entities, ENTITIES_A_WRITE):
            hold()
            guids |= self.lineage.write(chunk, collection)
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

    def _remove(self, written: Written, known: KnownLineage) -> None:
        """Remove columns that the data set no longer has, and the part of the chain that it no longer has.

        The golden records' columns belong to several data sets; `remove_shared_columns` takes those out.
        """
        gone = [] if written.lineage.columns_refused else list(_former_columns(written))
        for ref in written.lineage.absent:
            found = known.seen.get(ref)
            if found is None and (ref in known.guids or not known.is_all):
                found = self.lineage.find(ref)
            if found is not None:
                gone += [*(column.guid for column in found.columns), found.guid]
        self.lineage.delete(gone)


def _written(lineage: Lineage, existing: ExistingLineage, told: Guids) -> Written:
    """What was looked at counts for more than the guids that a write was answered with, or that are remembered."""
    guids = {**told, **{ref: found.guid for ref, found in existing.entities.items()}}
    golden = [found for ref, found in existing.entities.items() if ref.type_name == GOLDEN_RECORDS]
    names = {column.guid: column.display_text for found in golden for column in found.columns}
    shown = {name: guid for guid, name in names.items()}
    for column in golden_columns(lineage):
        if column.name in shown and names.get(guids.get(column.ref, "")) != column.name:
            guids[column.ref] = shown[column.name]
    return Written(lineage, guids, existing)


def _names(brought: Brought) -> set[str]:
    return {name for pipeline in brought for name in pipeline.columns}


def _former_columns(written: Written) -> Iterator[str]:
    """The guids of columns that stand and are not the lineage's: by their names, and of one name by their guids.

    That a write did not tell of a column is no reason to take it out; only those without names are known by guid alone.
    """
    columns, guids = written.lineage.columns, set(written.guids.values())
    is_complete = all(column.ref in written.guids for column in columns)
    for ref, found in written.existing.entities.items():
        wanted = {column.name for column in columns if ref in column.relations.values()}
        told = {column.display_text for column in found.columns if column.guid in guids}
        for column in found.columns if ref.type_name in {DATA_SET, CLUES} else ():
            name = column.display_text
            is_former = (name in told or name not in wanted) if name else is_complete
            if is_former and column.guid not in guids:
                yield column.guid
