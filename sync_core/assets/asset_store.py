"""The asset records, each beside its job, so that no one has to scan the records for what is outstanding.

All rows share one partition: a record and its job change together in one transaction, or not at all.

    record:{key}   what is known of the asset
    guid:...       the same record by its guid; see `AssetIndex`
    job:{key}      there while its group and source are to be made; see `JobStore`
    news:{key}     there from its end, synced, given up or retired, until that was announced
    sweep          there once a sweep of the whole catalog began: should it be gone, so are the records
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sync_core.assets.asset_index import AssetIndex, indexing
from sync_core.assets.asset_rows import (
    PARTITION,
    News,
    StoredAsset,
    Sweep,
    chunks,
    fitting,
    in_parallel,
    range_of,
    row_of,
    whole_row_of,
)
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.errors import ConflictError, StateError
from sync_core.jobs.claims import Claim
from sync_core.jobs.job import Job, JobKind
from sync_core.jobs.job_store import JobStore
from sync_core.purview.asset import REJECTED_KEY_PREFIX
from sync_core.storage.rows import Row, changes, from_row, read_each, readable, whole_row
from sync_core.storage.table import (
    KEYS_BEHIND,
    KEYS_BETWEEN,
    OPERATIONS_A_TRANSACTION,
    ROWS_A_PAGE,
    Operation,
    Table,
    delete,
    insert,
    merge,
    update,
)
from sync_core.storage.tries import TRIES
from sync_core.storage.unreadable import Unreadable

SWEEP = "sweep"
READ_AT_ONCE = 500
LONGEST_REASON = 500
APPROVED = "Approved by "  # in the reason of a retirement that a person has approved


@dataclass(frozen=True)
class AssetStore:
    """Reads and writes asset records; `jobs` are theirs."""

    table: Table
    jobs: JobStore

    @property
    def index(self) -> AssetIndex:
        """The records by guid."""
        return AssetIndex(self.table)

    def load(self, key: str) -> StoredAsset | None:
        """Return one record, or None."""
        found = self.table.get(PARTITION, f"record:{key}")
        return StoredAsset(from_row(AssetRecord, found.values), found.etag) if found else None

    def load_many(self, keys: Sequence[str]) -> dict[str, StoredAsset]:
        """Return the records that exist and can be read, by key; memory is bounded by the number of keys."""
        return {key: one for key, one in self.load_each(keys).items() if isinstance(one, StoredAsset)}

    def load_each(
        self, keys: Sequence[str], keep_alive: Callable[[], None] = lambda: None
    ) -> dict[str, StoredAsset | Unreadable]:
        """Return the records that exist, by key, also those that cannot be read.

        They are read in parallel, some hundred at a time; `keep_alive` is called before each time.
        """
        found: dict[str, StoredAsset | Unreadable] = {}
        for chunk in chunks(keys, READ_AT_ONCE):
            keep_alive()
            found.update((key, one) for key, one in in_parallel(self.look_up, chunk) if one)
        return found

    def look_up(self, key: str) -> StoredAsset | Unreadable | None:
        """Return a record that is another's concern, or None: one that cannot be read stops nothing but its asset."""
        found = self.table.get(PARTITION, f"record:{key}")
        for record in read_each(AssetRecord, [found.values] if found else []):
            return record if isinstance(record, Unreadable) else StoredAsset(record, found.etag if found else "")
        return None

    def all(self) -> Iterator[AssetRecord]:
        """Yield all records that can be read, a page at a time."""
        return readable(AssetRecord, self.table.rows(KEYS_BETWEEN, range_of("record")))

    def after(self, key: str) -> Iterator[AssetRecord]:
        """Yield the records behind a key that can be read, in the order of keys; an empty one starts from the first."""
        return readable(AssetRecord, self._rows_after(key))

    def each_after(self, key: str, page_size: int = ROWS_A_PAGE) -> Iterator[tuple[str, AssetRecord | Unreadable]]:
        """Yield the records behind a key with their keys, also those that cannot be read."""
        for row in self._rows_after(key, page_size):
            for record in read_each(AssetRecord, [row]):
                yield str(row["RowKey"]).partition(":")[2], record

    def _rows_after(self, key: str, page_size: int = ROWS_A_PAGE) -> Iterator[Row]:
        bounds = {"partition": PARTITION, "first": f"record:{key}", "last": "record;"}
        return self.table.rows(KEYS_BEHIND, bounds, size=page_size)

    def absent(self) -> Iterator[AssetRecord]:
        """Yield the records that were missing from the latest snapshot and are not retired for it."""
        query = f"{KEYS_BETWEEN} and absent gt 0 and status ne @retired"
        rows = self.table.rows(query, {**range_of("record"), "retired": AssetStatus.RETIRED.value})
        return readable(AssetRecord, rows)

    def source_names(self) -> Iterator[str]:
        """Yield the qualified names of the assets that have, or may have, a source; reads two columns of each."""
        for row in self.table.rows(KEYS_BETWEEN, range_of("record"), select=["qualified_name", "group_id"]):
            if row.get("group_id"):
                yield str(row.get("qualified_name", ""))

    def counts(self) -> Counter[str]:
        """Count the records by status; reads two columns of each."""
        return sum((counts for _, counts in self.count_each()), Counter[str]())

    def count_each(self, after: str = "") -> Iterator[tuple[str, Counter[str]]]:
        """Count the records behind a key by status; yield page by page with the last key of each."""
        bounds = {"partition": PARTITION, "first": f"record:{after}", "last": "record;"}
        for page in filter(None, self.table.pages(KEYS_BEHIND, bounds, select=["RowKey", "status"])):
            last = str(page[-1]["RowKey"]).partition(":")[2]
            yield last, Counter(str(row.get("status", "unreadable")) for row in page)

    def add(self, records: Sequence[AssetRecord], now: datetime) -> list[Job]:
        """Insert new records with their jobs, and return the jobs whose messages are to be sent.

        Those that exist by now are left as they are.
        """
        added: list[Job] = []
        for chunk in fitting(records):
            try:
                added += self._insert(chunk, now)
            except ConflictError:  # another discovery was faster with at least one of them
                for record in chunk:
                    with suppress(ConflictError):
                        added += self._insert([record], now)
        return added

    def _insert(self, records: Sequence[AssetRecord], now: datetime) -> list[Job]:
        jobs = [new_job(record.key, record.queued_run_id, now).sent(now) for record in records]
        inserts = [insert(row_of("record", record)) for record in records]
        indexed = [operation for record in records for operation in indexing(None, record)]
        self.table.transact([*inserts, *indexed, *(self.jobs.inserting(job) for job in jobs)])
        return jobs

    def add_rejected(self, record: AssetRecord) -> None:
        """Record an asset that cannot be synced; nothing is outstanding for it."""
        self.table.transact([merge(whole_row_of("record", record)), *indexing(None, record)])

    def has_sweep(self) -> bool:
        """Whether a sweep of the whole catalog has begun since these records did."""
        return self.table.get(PARTITION, SWEEP) is not None

    def note_sweep(self, now: datetime) -> None:
        """Note that a sweep of the whole catalog begins."""
        self.table.merge(whole_row(PARTITION, SWEEP, Sweep(begun_at=now)))

    def rejected_keys(self) -> set[str]:
        """Return the keys of the assets that are recorded by their guid, because they have no qualified name."""
        bounds = {"partition": PARTITION, "first": f"record:{REJECTED_KEY_PREFIX}", "last": "record;"}
        return {row["RowKey"].partition(":")[2] for row in self.table.rows(KEYS_BETWEEN, bounds)}

    def forget(self, key: str) -> None:
        """Drop a record that another one replaces."""
        self.table.delete(PARTITION, f"record:{key}")

    def change(self, key: str, change: Callable[[AssetRecord], AssetRecord]) -> AssetRecord:
        """Change one record, again on top of what another worker wrote meanwhile.

        Raises:
            StateError: there is no such record.
            ConflictError: others were faster each time.
        """
        for _ in self.jobs.tries():
            changed, operations = self._changed(key, change)
            with suppress(ConflictError):
                self.table.transact(operations)
                return changed
        raise ConflictError(f"The record of asset {key} changed at each of {TRIES} tries.")

    def finish(
        self, key: str, change: Callable[[AssetRecord], AssetRecord], claim: Claim, *, announce: bool
    ) -> AssetRecord:
        """Change the record of an asset whose work is done, and end its job.

        Raises:
            ConflictError: the claim is lost; nothing was changed.
        """
        finished: list[AssetRecord] = []

        def operations(_: Job | None) -> list[Operation]:
            record, changing = self._changed(key, change)
            finished.append(record)
            return [*changing, *(_telling(record, "") if announce else [])]

        claim.done(operations)
        return finished[-1]

    def failing(self, key: str, reason: str, *, announce: bool) -> list[Operation]:
        """Return what changes when an asset's work is given up; nothing where its record is gone or unreadable."""
        try:
            failed, changing = self._changed(key, lambda one: one.model_copy(update={"status": AssetStatus.FAILED}))
        except StateError:
            return []
        return [*changing, *(_telling(failed, reason) if announce else [])]

    def close(self, key: str, change: Callable[[AssetRecord], AssetRecord], *, announce: bool = False) -> AssetRecord:
        """Change the record of an asset of which nothing is outstanding any more, and drop its job if it has one."""
        for _ in self.jobs.tries():
            stored = self._existing(key)
            changed = change(stored.record)
            # What is synced has no job; were there one all the same, its worker would find nothing to do.
            dropping = [] if stored.record.status is AssetStatus.SYNCED else self.jobs.dropping(key)
            with suppress(ConflictError):
                telling = _telling(changed, "") if announce else []
                self.table.transact([*_changing(stored, changed), *dropping, *telling])
                return changed
        raise ConflictError(f"The record of asset {key} changed at each of {TRIES} tries.")

    def ask_again(
        self, key: str, change: Callable[[AssetRecord], AssetRecord], run_id: str, now: datetime
    ) -> Job | None:
        """Change a record and have its group and source made (again); return the job whose message is to be sent."""
        return self.jobs.ask(new_job(key, run_id, now), now, lambda: self._changed(key, change)[1])

    def requeuing(self, key: str) -> list[Operation]:
        """Return what changes when an asset's work is replayed."""
        try:
            return self._changed(key, lambda one: one.model_copy(update={"status": AssetStatus.QUEUED}))[1]
        except StateError:
            return []

    def _changed(self, key: str, change: Callable[[AssetRecord], AssetRecord]) -> tuple[AssetRecord, list[Operation]]:
        stored = self._existing(key)
        changed = change(stored.record)
        return changed, _changing(stored, changed)

    def _existing(self, key: str) -> StoredAsset:
        stored = self.load(key)
        if stored is None:
            raise StateError(f"There is no record of asset {key}: the next discovery will make one.")
        return stored

    def news(self) -> list[News]:
        """Return what ended and was not announced yet."""
        return list(readable(News, self.table.rows(KEYS_BETWEEN, range_of("news"))))

    def forget_news(self, news: Sequence[News]) -> None:
        """Drop news, before they are announced: each is announced at most once."""
        for chunk in chunks(news, OPERATIONS_A_TRANSACTION):
            self.table.transact([delete(PARTITION, f"news:{item.key}") for item in chunk])

    def take_news(self, news: Sequence[News]) -> bool:
        """Drop news; return whether they are ours to announce: of two who do so at once, one may."""
        try:
            self.forget_news(news)
        except ConflictError:
            return False
        return True

    def retired_since(self, moment: datetime) -> list[datetime]:
        """Return when assets were retired since a moment without a person's approval, the earliest first."""
        query = f"{KEYS_BETWEEN} and status eq @retired and retired_at gt @moment"
        bounds = {**range_of("record"), "retired": AssetStatus.RETIRED.value, "moment": moment.isoformat()}
        found = readable(AssetRecord, self.table.rows(query, bounds))
        return sorted(one.retired_at for one in found if one.retired_at and APPROVED not in one.reason)


def new_job(key: str, run_id: str, now: datetime) -> Job:
    """Return the job that asks for an asset's group and source."""
    return Job(kind=JobKind.ASSET, key=key, run_id=run_id, asked_at=now, due_at=now)


def _changing(stored: StoredAsset, changed: AssetRecord) -> list[Operation]:
    row = changes(row_of("record", stored.record), row_of("record", changed))
    return [update(row, stored.etag), *indexing(stored.record, changed)]


def _telling(record: AssetRecord, failure: str) -> list[Operation]:
    news = News(
        key=record.key,
        guid=record.guid,
        name=record.name,
        status=record.status,
        origin=record.group_origin,
        reason=failure[:LONGEST_REASON],
    )
    return [merge(whole_row_of("news", news))]
