"""The data set records, and which entity types they share.

dataset:{id}                     what is known of the data set
type:{hash of entity type}:{id}  there while the data set is mapped to that entity type; holds its vocabulary keys
golden:{hash of entity type}     the guid of the golden records, once they were seen under it
since-nothing                    nothing of ours stood in Purview when this table began: what stands has a record
news:{id}                        there from its push until that was announced
job:{id}                         there while its lineage is to be written; see `JobStore`
receipt:{key}                    a delivery that asked for that; see `ReceiptStore`
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from pydantic import BaseModel, Field

from sync_core.chunks import chunks
from sync_core.cluedin.data_set import entity_type_path
from sync_core.errors import StateError
from sync_core.jobs.claims import Claim
from sync_core.jobs.job_store import JobStore
from sync_core.lineage.data_set_jobs import PARTITION
from sync_core.lineage.graph.names import PROCESSING_PIPELINE
from sync_core.lineage.record import DataSetRecord, DataSetStatus
from sync_core.storage.rows import Row, from_row, read_each, readable, whole_row
from sync_core.storage.table import (
    KEYS_BEHIND,
    KEYS_BETWEEN,
    OPERATIONS_A_TRANSACTION,
    ROWS_A_PAGE,
    Operation,
    Table,
    delete,
    merge,
)
from sync_core.storage.unreadable import Unreadable

SINCE_NOTHING = "since-nothing"
LONGEST_REASON = 500
MAX_DROPS_PER_CALL = 1000


class TypeMember(BaseModel):
    """A data set that is mapped to an entity type, with the vocabulary keys that it brings, and its pipeline's guid."""

    data_set_id: str
    entity_type: str
    keys: list[str] = Field(default_factory=list)
    pipeline_guid: str = ""


class GoldenRecords(BaseModel):
    """What all data sets of an entity type share in Purview."""

    entity_type: str
    guid: str


class SinceNothing(BaseModel):
    """When nothing of ours stood in Purview: whatever does now was written by the keeper of this table."""

    at: datetime


class DataSetNews(BaseModel):
    """A data set that was pushed or given up, and not announced yet; `failure` says why it was given up.

    `asset_key` is empty where its source asset is not known.
    """

    data_set_id: str
    name: str
    failure: str = ""
    asset_key: str = ""


def _type_prefix(entity_type: str) -> str:
    return f"type:{_hash(entity_type)}:"


def _golden_key(entity_type: str) -> str:
    return f"golden:{_hash(entity_type)}"


def _hash(entity_type: str) -> str:
    return hashlib.sha256(entity_type_path(entity_type).encode()).hexdigest()[:24]


def _between(prefix: str) -> dict[str, str]:
    return {"partition": PARTITION, "first": prefix, "last": prefix[:-1] + chr(ord(prefix[-1]) + 1)}


@dataclass(frozen=True)
class DataSetStore:
    """Reads and writes data set records; `jobs` are theirs."""

    table: Table
    jobs: JobStore

    def load(self, data_set_id: str) -> DataSetRecord | None:
        """Return one record, or None."""
        found = self.table.get(PARTITION, f"dataset:{data_set_id}")
        return from_row(DataSetRecord, found.values) if found else None

    def save(self, record: DataSetRecord, before: DataSetRecord | None = None) -> None:
        """Insert a record, or let it say this, and keep its entity type's membership in step.

        `before` is the former record. The caller holds the data set's claim, so no two writers meet.
        """
        self.table.transact(self._saving(record))
        self._leave_former(record, before)

    def finish(
        self, record: DataSetRecord, before: DataSetRecord | None, claim: Claim, *, announce: bool = False
    ) -> None:
        """Save the record of a data set whose work is done, and end its job; `before` is the former record.

        Raises:
            ConflictError: the claim is lost; nothing was saved.
        """
        claim.done(lambda _: [*self._saving(record), *(_telling(record, "") if announce else [])])
        self._leave_former(record, before)

    def failing(self, data_set_id: str, reason: str, now: datetime, *, announce: bool) -> list[Operation]:
        """Return what changes when a data set's work is given up; nothing where its record cannot be read."""
        record = self._record_of(data_set_id, now)
        if record is None:
            return []
        failed = record.model_copy(update={"status": DataSetStatus.FAILED})
        return [_saving_alone(failed), *(_telling(failed, reason) if announce else [])]

    def queuing(self, data_set_id: str, now: datetime) -> list[Operation]:
        """Return what changes when a data set waits for a further try: it is recorded, and given up no longer."""
        record = self._record_of(data_set_id, now)
        if record is None or record.status not in {DataSetStatus.QUEUED, DataSetStatus.FAILED}:
            return []
        return [_saving_alone(record.model_copy(update={"status": DataSetStatus.QUEUED}))]

    def _record_of(self, data_set_id: str, now: datetime) -> DataSetRecord | None:
        """Return the record, a first one where there is none, or None for one that cannot be read."""
        try:
            return self.load(data_set_id) or new_record(data_set_id, now)
        except StateError:
            return None

    def _saving(self, record: DataSetRecord) -> list[Operation]:
        return [_saving_alone(record), *self._membership(record)]

    def _leave_former(self, record: DataSetRecord, before: DataSetRecord | None) -> None:
        former = before.entity_type if before else ""
        if former and _type_prefix(former) != _type_prefix(record.entity_type):
            self.leave_type(former, record.data_set_id)

    def leave_type(self, entity_type: str, data_set_id: str) -> None:
        """Forget that a data set is mapped to an entity type."""
        self.table.delete(PARTITION, _type_prefix(entity_type) + data_set_id)

    def members(self, entity_type: str) -> list[TypeMember]:
        """Return the data sets that are mapped to an entity type, those whose rows can be read.

        Of one that is left out, the pipeline in Purview tells what it brings.
        """
        rows = self.table.rows(KEYS_BETWEEN, _between(_type_prefix(entity_type)))
        return list(readable(TypeMember, rows))

    def golden_guid(self, entity_type: str) -> str:
        """Return under which guid the golden records of an entity type were seen; empty where they never were."""
        found = self.table.get(PARTITION, _golden_key(entity_type))
        return next((one.guid for one in readable(GoldenRecords, [found.values])), "") if found else ""

    def note_golden_guid(self, entity_type: str, guid: str) -> None:
        """Remember under which guid the golden records of an entity type were seen."""
        note = GoldenRecords(entity_type=entity_type_path(entity_type), guid=guid)
        self.table.merge(whole_row(PARTITION, _golden_key(entity_type), note))

    def note_nothing_stands(self, now: datetime) -> None:
        """Remember that nothing of ours stands in Purview now."""
        self.table.merge(whole_row(PARTITION, SINCE_NOTHING, SinceNothing(at=now)))

    def knows_all(self) -> bool:
        """Whether all that stands in Purview has a record here, since nothing did when this table began."""
        return self.table.get(PARTITION, SINCE_NOTHING) is not None

    def ids_but_left_before(self, moment: datetime) -> frozenset[str]:
        """Return the ids of all records but of what was left alone before a moment; reads little else of them."""
        rows = self.table.rows(KEYS_BETWEEN, _between("dataset:"), select=["RowKey", "status", "left_at"])
        return frozenset(str(row["RowKey"]).partition(":")[2] for row in rows if not _is_left_before(row, moment))

    def after(self, data_set_id: str) -> Iterator[DataSetRecord]:
        """Yield the records behind an id that can be read, in the order of ids; an empty one starts from the first."""
        return (record for _, record in self.each_after(data_set_id) if isinstance(record, DataSetRecord))

    def each_after(
        self, data_set_id: str, page_size: int = ROWS_A_PAGE
    ) -> Iterator[tuple[str, DataSetRecord | Unreadable]]:
        """Yield the records behind an id with their ids, also those that cannot be read."""
        bounds = {"partition": PARTITION, "first": f"dataset:{data_set_id}", "last": "dataset;"}
        for row in self.table.rows(KEYS_BEHIND, bounds, size=page_size):
            for record in read_each(DataSetRecord, [row]):
                yield str(row["RowKey"]).partition(":")[2], record

    def forget_left_before(self, moment: datetime, has_time: Callable[[], bool] = lambda: True) -> int:
        """Drop records of data sets that were left alone before a moment and of which nothing ever stood in Purview.

        While there is time; return how many.
        """
        bounds = {"partition": PARTITION, "first": "dataset:", "last": "dataset;", "moment": moment.isoformat()}
        # The SDK knows a parameter by the blank behind it.
        statuses = "( status eq @unknown or status eq @foreign )"
        query = f"{KEYS_BETWEEN} and left_at lt @moment and guid eq @none and {statuses}"
        left = {"none": "", "unknown": DataSetStatus.UNKNOWN.value, "foreign": DataSetStatus.NOT_FROM_PURVIEW.value}
        rows = self.table.rows(query, {**bounds, **left}, select=["RowKey"])
        keys = [str(row["RowKey"]) for row in islice(rows, MAX_DROPS_PER_CALL)]
        return self.table.delete_each(PARTITION, keys, has_time)

    def news(self) -> list[DataSetNews]:
        """Return what was pushed or given up, and not announced yet."""
        return list(readable(DataSetNews, self.table.rows(KEYS_BETWEEN, _between("news:"))))

    def forget_news(self, news: Sequence[DataSetNews]) -> None:
        """Drop news, before they are announced: each is announced at most once.

        Raises:
            ConflictError: another worker announces them.
        """
        for chunk in chunks(news, OPERATIONS_A_TRANSACTION):
            self.table.transact([delete(PARTITION, f"news:{item.data_set_id}") for item in chunk])

    def _membership(self, record: DataSetRecord) -> list[Operation]:
        if not record.entity_type:
            return []
        member = TypeMember(
            data_set_id=record.data_set_id,
            entity_type=record.entity_type,
            keys=record.keys,
            pipeline_guid=record.guids.get(PROCESSING_PIPELINE, ""),
        )
        return [merge(whole_row(PARTITION, _type_prefix(record.entity_type) + record.data_set_id, member))]


def new_record(data_set_id: str, now: datetime) -> DataSetRecord:
    """Return the first record of a data set."""
    return DataSetRecord(data_set_id=data_set_id, status=DataSetStatus.QUEUED, first_seen_at=now)


def _is_left_before(row: Row, moment: datetime) -> bool:
    left = {DataSetStatus.UNKNOWN.value, DataSetStatus.NOT_FROM_PURVIEW.value}
    return row.get("status") in left and str(row.get("left_at", "")) < moment.isoformat()


def _saving_alone(record: DataSetRecord) -> Operation:
    return merge(whole_row(PARTITION, f"dataset:{record.data_set_id}", record))


def _telling(record: DataSetRecord, failure: str) -> list[Operation]:
    name = record.name or record.data_set_id
    about = {"data_set_id": record.data_set_id, "name": name, "asset_key": record.asset_key}
    news = DataSetNews(**about, failure=failure[:LONGEST_REASON])
    return [merge(whole_row(PARTITION, f"news:{record.data_set_id}", news))]
