"""Brings one data set's lineage into Purview: read it from CluedIn, match its asset, map, write, verify, record."""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sync_core.cluedin.data_set import DataSet, entity_type_path
from sync_core.cluedin.data_sets import CluedInDataSets
from sync_core.errors import NotFoundError, UnseenError
from sync_core.jobs.claims import Claim
from sync_core.ledger import request_ledger
from sync_core.lineage.data_set_store import DataSetStore, new_record
from sync_core.lineage.graph.build import fields_by_key, to_columns, to_lineage
from sync_core.lineage.graph.column_mapping import columns_by_sink
from sync_core.lineage.graph.names import GOLDEN_RECORDS, LineageRefs
from sync_core.lineage.known_guids import KnownLineage, known_guids, remembering
from sync_core.lineage.match_asset import MatchAsset, MatchedAsset
from sync_core.lineage.processed import with_counts
from sync_core.lineage.record import DataSetRecord, DataSetStatus
from sync_core.lineage.strangers import NOT_ASKED, Strangers
from sync_core.lineage.write_lineage import Pipeline, WriteLineage, Written
from sync_core.logs import get_logger
from sync_core.purview.graph import EntityRef, Lineage
from sync_core.purview.lineage_client import PurviewLineageClient
from sync_core.purview.lineage_wire import StoredEntity
from sync_core.telemetry.metrics import Metric, measure
from sync_core.telemetry.spans import Attribute, current_span

logger = get_logger(__name__)

UNSEEN_GRACE = timedelta(minutes=1)
HOLD_S = 15  # a claim is renewed before a step once it is that old


@dataclass(frozen=True)
class PushDataSet:
    """Pushes one claimed data set. `organization` gives its guid, `collection` the name of ours."""

    data_sets: CluedInDataSets
    match: MatchAsset
    purview: PurviewLineageClient
    write: WriteLineage
    store: DataSetStore
    strangers: Strangers
    collection: Callable[[], str]
    organization: Callable[[], str]
    clock: Callable[[], datetime]
    announce: bool

    def push(self, claim: Claim) -> None:
        """Push the lineage as CluedIn tells it now, and end the job. The same facts again write nothing.

        Raises:
            TransientError, ConfigError, RejectedError: as the services answered; the record is left for the next try.
            ConflictError: another worker took the claim.
        """
        with request_ledger() as requests:
            data_set_id = claim.job.key
            before = self.store.load(data_set_id)
            record = before or new_record(data_set_id, self.clock())
            if claim.job.is_hint and self._is_strange(before, record, claim):
                return
            data_set = self._fetch(record, claim)
            if data_set is None:
                return
            record = record.model_copy(update={"name": data_set.name, "source_id": data_set.source_id})
            asset = self.match.match(data_set)
            if asset is None:
                why = f"Its data source '{data_set.source_name}' was not made for an asset of Purview."
                self._leave(record, DataSetStatus.NOT_FROM_PURVIEW, why, claim)
                return
            _tell_asset(asset)
            done = self._bring(data_set, asset, record, claim)
            if done.pushed_at != record.pushed_at:
                done = done.model_copy(update={"pushed_run_id": claim.run_id, "pushed_requests": dict(requests)})
            processed = with_counts(record.processed, data_set.counts, self.clock())
            done = done.model_copy(update={"processed": processed})
            is_news = done.fingerprint != record.fingerprint
            self.store.finish(done, before, claim, announce=self.announce and is_news)
            _tell_status(done.status)

    def _fetch(self, record: DataSetRecord, claim: Claim) -> DataSet | None:
        """Return what CluedIn tells of a data set; what it does not know, or not whose it is, is left as unknown."""
        data_set = self.data_sets.fetch(record.data_set_id)
        if data_set is None and claim.job.unseen_since is None:
            self.strangers.note_unknown()
        if data_set is None or not (data_set.source_id and data_set.source_name):
            self._must_be_over(claim)
        if data_set is not None and data_set.source_name:
            return data_set
        why = "knows no data set of this id" if data_set is None else "does not tell which data source it is of"
        self._leave(record, DataSetStatus.UNKNOWN, f"CluedIn {why}.", claim)
        return None

    def _is_strange(self, before: DataSetRecord | None, record: DataSetRecord, claim: Claim) -> bool:
        """Whether a hint is not worth a call of CluedIn; then it is seen to."""
        if self.strangers.is_foreign_still(before):
            claim.done()
            return True
        if claim.job.unseen_since is None and self.strangers.is_in_flood(before):
            self._leave(record, DataSetStatus.UNKNOWN, NOT_ASKED, claim)
            return True
        return False

    def _must_be_over(self, claim: Claim) -> None:
        """One empty answer is a look, not a proof: look again within the grace before it is believed."""
        since = claim.job.unseen_since
        if since is None or self.clock() - since < UNSEEN_GRACE:
            raise UnseenError(f"CluedIn does not show data set {claim.job.key} or its source; it is looked for again.")

    def _bring(self, data_set: DataSet, asset: MatchedAsset, record: DataSetRecord, claim: Claim) -> DataSetRecord:
        hold = partial(claim.renew_if_older_than, HOLD_S)
        known = self._look(record, hold)
        source = self._find_source(asset, record, known)
        collection = self.collection()
        # As Purview spells it now: it draws columns only between names that are equal, case included.
        ref = EntityRef(source.type_name or asset.ref.type_name, source.qualified_name or asset.ref.qualified_name)
        facts = to_lineage(data_set, ref, self._columns(source, known), self.organization())
        lineage = self.write.fitting(facts)
        is_same = self._is_same(record, lineage, collection) and record.asset_guid == source.guid
        if is_same and (standing := self.write.standing(lineage, source, collection, known)):
            return self._settled(record, data_set, source, standing)
        if not record.asset_key and not known.is_all:  # nothing was ever pushed, or its record was lost
            record = self._recall(record)
        known = self._with_golden(known, data_set)
        claim.renew()
        record = self._save_intent(record, data_set, asset, source, known)
        written = self.write.write(facts, source, collection, known, hold)
        claim.renew()
        if not written.lineage.columns_refused:
            self._remove_former_keys(record, collection)
            record = record.model_copy(update={"former_keys": []})
        return self._pushed(record, data_set, source, written, collection)

    def _look(self, record: DataSetRecord, hold: Callable[[], None]) -> KnownLineage:
        """Read in one call what is remembered: the source, its schema, the chain, and the columns brought by it.

        The golden records, which tell of all their data sets, are read only where not all of these columns are known.
        """
        guids = known_guids(record, self.organization())
        if not (record.asset_guid and guids):
            return KnownLineage(is_all=not record.asset_key and self.store.knows_all())
        is_shared = len(record.key_guids) == len(record.keys) and all(record.key_guids)
        asked = {guid for ref, guid in guids.items() if not (is_shared and ref.type_name == GOLDEN_RECORDS)}
        by_guid = self.write.look.read({record.asset_guid, record.schema_guid, *asked} - {""}, hold)
        return KnownLineage(guids, by_guid, is_all=bool(record.fingerprint))

    def _with_golden(self, known: KnownLineage, data_set: DataSet) -> KnownLineage:
        """Add the golden records of another data set's push, if this one does not know them yet."""
        golden = LineageRefs(self.organization(), data_set.data_set_id).golden_records(data_set.entity_type)
        if not data_set.is_mapped or golden in known.guids:
            return known
        guid = self.store.golden_guid(data_set.entity_type)
        return replace(known, guids={**known.guids, golden: guid}) if guid else known

    def _is_same(self, record: DataSetRecord, lineage: Lineage, collection: str) -> bool:
        is_left = bool(record.former_keys) and not lineage.columns_refused
        return record.fingerprint == _fingerprint(lineage, collection) and not is_left

    def _find_source(self, asset: MatchedAsset, record: DataSetRecord, known: KnownLineage) -> StoredEntity:
        """The guid counts with the asset's name, or with the one that Purview gave it when it was found by that."""
        names = {asset.ref.qualified_name, record.asset_qualified_name if record.asset_key == asset.key else ""}
        source = known.by_guid.get(record.asset_guid)
        if source is None or source.type_name != asset.ref.type_name or source.qualified_name not in names:
            source = self.purview.find(asset.ref)
        if source is None:
            raise NotFoundError(
                f"The source asset {asset.ref.qualified_name} ({asset.ref.type_name}) is gone from Purview: scan it "
                "again, then replay this data set.",
                code="source_asset_gone",
            )
        return source

    def _columns(self, source: StoredEntity, known: KnownLineage) -> list[str]:
        """The source's columns: its own, or those of a schema beside it, which takes a second look for once."""
        guid = _schema_of(source)
        schema = (known.by_guid.get(guid) or self.purview.find_by_guid(guid)) if guid else None
        return [column.display_text for column in (schema or source).columns]

    def _recall(self, record: DataSetRecord) -> DataSetRecord:
        """Note what the data set brought to golden records as far as its own pipeline in Purview tells."""
        refs = LineageRefs(self.organization(), record.data_set_id)
        pipeline = self.purview.find(refs.pipeline)
        brought = columns_by_sink(pipeline.column_mapping) if pipeline else None
        keys = {
            pair for sink, columns in (brought or {}).items() for pair in _shared(refs.entity_type_of(sink), columns)
        }
        return record.model_copy(update={"former_keys": sorted({*record.former_keys, *keys})})

    def _save_intent(
        self,
        record: DataSetRecord,
        data_set: DataSet,
        asset: MatchedAsset,
        source: StoredEntity,
        known: KnownLineage,
    ) -> DataSetRecord:
        """Say what will stand in Purview before it does: a crash in between must not hide what is to be taken out."""
        fields = fields_by_key(data_set) if data_set.is_mapped else {}
        before = {*record.former_keys, *_shared(record.entity_type, record.keys)}
        intent = record.model_copy(
            update={
                "status": DataSetStatus.QUEUED,
                "asset_key": asset.key,
                "asset_guid": source.guid,
                "asset_qualified_name": source.qualified_name,
                "entity_type": data_set.entity_type,
                "keys": list(fields),
                "fields": list(fields.values()),
                "former_keys": sorted(before - _shared(data_set.entity_type, fields)),
                "fingerprint": "",  # from now on nobody knows what stands
            }
        )
        intent = intent.model_copy(update=remembering(intent, self.organization(), known.guids))
        self.store.save(intent, record)
        return intent

    def _remove_former_keys(self, record: DataSetRecord, collection: str) -> None:
        """Take out of the golden records the columns that neither this nor another data set brings any more."""
        by_type: dict[str, set[str]] = {}
        for pair in record.former_keys:
            entity_type, _, key = pair.partition("\t")
            by_type.setdefault(entity_type, set()).add(key)
        for entity_type, keys in by_type.items():
            golden = LineageRefs(self.organization(), record.data_set_id).golden_records(entity_type)
            columns = {column.name: column for column in to_columns(golden, sorted(keys))}
            used = partial(self._pipelines_of_others, record, entity_type)
            ref = LineageRefs(self.organization(), record.data_set_id).pipeline
            own = Pipeline(ref, record.guids.get(ref.type_name, ""), ())
            self.write.remove_shared_columns(golden, columns, own, used, collection)
            if entity_type != entity_type_path(record.entity_type):
                self.store.leave_type(entity_type, record.data_set_id)

    def _pipelines_of_others(self, record: DataSetRecord, entity_type: str) -> list[Pipeline]:
        others = (member for member in self.store.members(entity_type) if member.data_set_id != record.data_set_id)
        root = self.organization()
        return [Pipeline(LineageRefs(root, one.data_set_id).pipeline, one.pipeline_guid, one.keys) for one in others]

    def _pushed(
        self, record: DataSetRecord, data_set: DataSet, source: StoredEntity, written: Written, collection: str
    ) -> DataSetRecord:
        guid = written.data_set.guid
        logger.info("Data set %s: its lineage stands in Purview as %s", record.data_set_id, guid)
        fingerprint = _fingerprint(written.lineage, collection)
        update = {"guid": guid, "fingerprint": fingerprint, "pushed_at": self.clock()}
        return self._settled(record, data_set, source, written).model_copy(update=update)

    def _settled(
        self, record: DataSetRecord, data_set: DataSet, source: StoredEntity, standing: Written
    ) -> DataSetRecord:
        """The record of a data set whose lineage stands, with the guids under which it does."""
        status = DataSetStatus.PUSHED if data_set.is_mapped else DataSetStatus.NOT_MAPPED
        why = "" if data_set.is_mapped else "It has no mapping; the rest of its lineage follows once it has."
        counts = {name: count for name, count in asdict(data_set.counts).items() if count is not None}
        told = {"status": status, "reason": why, "notes": list(standing.lineage.notes), "record_counts": counts}
        guids = {**remembering(record, self.organization(), standing.guids), "schema_guid": _schema_of(source)}
        settled = record.model_copy(update={**told, **guids})
        golden = settled.guids.get(GOLDEN_RECORDS, "")
        if golden and golden != record.guids.get(GOLDEN_RECORDS):  # it was seen under this guid just now
            self.store.note_golden_guid(settled.entity_type, golden)
        return settled

    def _leave(self, record: DataSetRecord, status: DataSetStatus, why: str, claim: Claim) -> None:
        logger.info("Data set %s is left alone, %s: %s", record.data_set_id, status.value, why)
        left = record.model_copy(update={"status": status, "reason": why, "left_at": self.clock()})
        self.store.finish(left, record, claim)
        _tell_status(status)


def _tell_asset(asset: MatchedAsset) -> None:
    """Days may lie between an asset's sync and its lineage: two traces, of which the later one names the earlier."""
    told = current_span()
    told.tell({Attribute.ASSET: asset.key})
    told.link(asset.traceparent)


def _tell_status(status: DataSetStatus) -> None:
    current_span().tell({Attribute.DATA_SET_STATUS: status.value})
    measure(Metric.LINEAGE, 1, {"status": status.value})


def _fingerprint(lineage: Lineage, collection: str) -> str:
    return f"{lineage.fingerprint} {collection}"


def _schema_of(source: StoredEntity) -> str:
    """The guid of the schema that tells the source's columns; empty where it tells them itself."""
    return "" if source.columns else source.schema_guid


def _shared(entity_type: str, keys: Collection[str]) -> set[str]:
    return {f"{entity_type_path(entity_type)}\t{key}" for key in keys} if entity_type else set()
