"""Brings one data set's lineage into Purview: read it from CluedIn, match its asset, map, write, verify, record."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sync_core.cluedin.data_set import DataSet, entity_type_path
from sync_core.cluedin.data_sets import CluedInDataSets
from sync_core.errors import NotFoundError, UnseenError
from sync_core.jobs.claims import Claim
from sync_core.ledger import request_ledger
from sync_core.lineage.data_set_store import DataSetStore, new_record
from sync_core.lineage.graph.build import to_columns, to_lineage, vocabulary_keys
from sync_core.lineage.graph.column_mapping import columns_by_sink
from sync_core.lineage.graph.names import LineageRefs
from sync_core.lineage.match_asset import MatchAsset, MatchedAsset
from sync_core.lineage.record import DataSetRecord, DataSetStatus
from sync_core.lineage.strangers import NOT_ASKED, Strangers
from sync_core.lineage.write_lineage import WriteLineage, Written
from sync_core.logs import get_logger
from sync_core.purview.graph import EntityRef, Lineage
from sync_core.purview.lineage_client import PurviewLineageClient
from sync_core.purview.lineage_wire import StoredEntity

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
            data_set = self.data_sets.fetch(data_set_id)
            if data_set is None:
                if claim.job.unseen_since is None:
                    self.strangers.note_unknown()
                self._must_be_over(claim)
                self._leave(record, DataSetStatus.UNKNOWN, "CluedIn knows no data set of this id.", claim)
                return
            if not (data_set.source_id and data_set.source_name):
                self._must_be_over(claim)
            if not data_set.source_name:
                self._leave(record, DataSetStatus.UNKNOWN, "CluedIn does not tell which data source it is of.", claim)
                return
            record = record.model_copy(update={"name": data_set.name, "source_id": data_set.source_id})
            asset = self.match.match(data_set)
            if asset is None:
                why = f"Its data source '{data_set.source_name}' was not made for an asset of Purview."
                self._leave(record, DataSetStatus.NOT_FROM_PURVIEW, why, claim)
                return
            done = self._bring(data_set, asset, record, claim)
            if done.pushed_at != record.pushed_at:
                done = done.model_copy(update={"pushed_run_id": claim.run_id, "pushed_requests": dict(requests)})
            is_news = done.fingerprint != record.fingerprint
            self.store.finish(done, before, claim, announce=self.announce and is_news)

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
        source = self._find_source(asset)
        collection = self.collection()
        # As Purview spells it now: it draws columns only between names that are equal, case included.
        ref = EntityRef(source.type_name or asset.ref.type_name, source.qualified_name or asset.ref.qualified_name)
        facts = to_lineage(data_set, ref, self._columns(source), self.organization())
        lineage = self.write.fitting(facts)
        is_same = self._is_same(record, lineage, collection) and record.asset_guid == source.guid
        if is_same and self.write.is_complete(lineage, source, collection):
            return _settled(record, data_set, lineage)
        if not record.asset_key:  # nothing was ever pushed, or its record was lost
            record = self._recall(record)
        claim.renew()
        record = self._save_intent(record, data_set, asset, source)
        written = self.write.write(facts, source, collection, lambda: claim.renew_if_older_than(HOLD_S))
        claim.renew()
        if not written.lineage.columns_refused:
            self._remove_former_keys(record, collection)
            record = record.model_copy(update={"former_keys": []})
        return self._pushed(record, data_set, written, collection)

    def _is_same(self, record: DataSetRecord, lineage: Lineage, collection: str) -> bool:
        is_left = bool(record.former_keys) and not lineage.columns_refused
        return record.fingerprint == _fingerprint(lineage, collection) and not is_left

    def _find_source(self, asset: MatchedAsset) -> StoredEntity:
        source = self.purview.find(asset.ref)
        if source is None:
            raise NotFoundError(
                f"The source asset {asset.ref.qualified_name} ({asset.ref.type_name}) is gone from Purview: scan it "
                "again, then replay this data set.",
                code="source_asset_gone",
            )
        return source

    def _columns(self, source: StoredEntity) -> list[str]:
        """The source's columns: its own, or those of a schema beside it, which takes a second look."""
        schema = self.purview.find_by_guid(source.schema_guid) if source.schema_guid and not source.columns else None
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
        self, record: DataSetRecord, data_set: DataSet, asset: MatchedAsset, source: StoredEntity
    ) -> DataSetRecord:
        """Say what will stand in Purview before it does: a crash in between must not hide what is to be taken out."""
        keys = vocabulary_keys(data_set) if data_set.is_mapped else []
        before = {*record.former_keys, *_shared(record.entity_type, record.keys)}
        intent = record.model_copy(
            update={
                "status": DataSetStatus.QUEUED,
                "asset_key": asset.key,
                "asset_guid": source.guid,
                "asset_qualified_name": source.qualified_name,
                "entity_type": data_set.entity_type,
                "keys": keys,
                "former_keys": sorted(before - _shared(data_set.entity_type, keys)),
                "fingerprint": "",  # from now on nobody knows what stands
            }
        )
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
            own = LineageRefs(self.organization(), record.data_set_id).pipeline
            self.write.remove_shared_columns(golden, columns, own, used, collection)
            if entity_type != entity_type_path(record.entity_type):
                self.store.leave_type(entity_type, record.data_set_id)

    def _pipelines_of_others(self, record: DataSetRecord, entity_type: str) -> dict[EntityRef, list[str]]:
        others = (member for member in self.store.members(entity_type) if member.data_set_id != record.data_set_id)
        return {LineageRefs(self.organization(), member.data_set_id).pipeline: member.keys for member in others}

    def _pushed(self, record: DataSetRecord, data_set: DataSet, written: Written, collection: str) -> DataSetRecord:
        guid = written.data_set.guid
        logger.info("Data set %s: its lineage stands in Purview as %s", record.data_set_id, guid)
        fingerprint = _fingerprint(written.lineage, collection)
        update = {"guid": guid, "fingerprint": fingerprint, "pushed_at": self.clock()}
        return _settled(record, data_set, written.lineage).model_copy(update=update)

    def _leave(self, record: DataSetRecord, status: DataSetStatus, why: str, claim: Claim) -> None:
        logger.info("Data set %s is left alone, %s: %s", record.data_set_id, status.value, why)
        left = record.model_copy(update={"status": status, "reason": why, "left_at": self.clock()})
        self.store.finish(left, record, claim)


def _fingerprint(lineage: Lineage, collection: str) -> str:
    return f"{lineage.fingerprint} {collection}"


def _settled(record: DataSetRecord, data_set: DataSet, lineage: Lineage) -> DataSetRecord:
    status = DataSetStatus.PUSHED if data_set.is_mapped else DataSetStatus.NOT_MAPPED
    why = "" if data_set.is_mapped else "It has no mapping; the rest of its lineage follows once it has."
    return record.model_copy(update={"status": status, "reason": why, "notes": list(lineage.notes)})


def _shared(entity_type: str, keys: Collection[str]) -> set[str]:
    return {f"{entity_type_path(entity_type)}\t{key}" for key in keys} if entity_type else set()
