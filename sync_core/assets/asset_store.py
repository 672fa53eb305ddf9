"""The asset records, each beside its job, so that no one has to scan the records for what is outstanding.

All rows share one partition: a record and its job change together in one transaction, or not at all.

    record:{key}   what is known of the asset
    guid:...       the same record by its guid; see `AssetIndex`
    job:{key}      there while its group and source are to be made; see `JobStore`
    news:{key}     there from its end, synced, given up or retired, until that was announced
    sweep          there once a sweep of the whole catalog began: should it be gone, so are the records
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sync_core.assets.asset_index import AssetIndex, indexing
from sync_core.assets.asset_rows import (
    PARTITION,
    News,
    StoredAsset,
    Sweep,
    fitting,
    range_of,
    row_of,
    whole_row_of,
)
from sync_core.assets.change_records import changing
from sync_core.assets.changes import Change, Changing, Others, member_of, new_job, telling
from sync_core.assets.find_records import find_records
from sync_core.assets.query_records import QueryRecords
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.chunks import chunks
from sync_core.errors import ConflictError, StateError
from sync_core.jobs.claims import Claim
from sync_core.jobs.job import Job
from sync_core.jobs.job_store import JobStore
from sync_core.jobs.message import Member
from sync_core.storage.rows import Row, from_row, read_each, readable, whole_row
from sync_core.storage.table import (
    KEYS_BETWEEN,
    OPERATIONS_A_TRANSACTION,
    Operation,
    delete,
    insert,
    merge,
)
from sync_core.storage.tries import TRIES
from sync_core.storage.unreadable import Unreadable

SWEEP = "sweep"
READ_AT_ONCE = 500


@dataclass(frozen=True)
class AssetStore(QueryRecords):
    """Reads and writes asset records; `jobs` are theirs."""

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

        They are read some hundred at a time; `keep_alive` is called before each time.
        """
        found: dict[str, StoredAsset | Unreadable] = {}
        for chunk in chunks(sorted(keys), READ_AT_ONCE):
            keep_alive()
            rows = find_records(self.table, chunk)
            found.update((key, one) for key, row, etag in rows for one in _read(row, etag))
        return found

    def look_up(self, key: str) -> StoredAsset | Unreadable | None:
        """Return a record that is another's concern, or None: one that cannot be read stops nothing but its asset."""
        found = self.table.get(PARTITION, f"record:{key}")
        return next(_read(found.values, found.etag)) if found else None

    def add(self, records: Sequence[AssetRecord], now: datetime) -> list[Member]:
        """Insert new records with their jobs, and return what their messages are to tell.

        Those that exist by now are left as they are.
        """
        added: list[Member] = []
        for chunk, members in self.try_add(records, now):
            added += members
            for record in () if members else chunk:  # another discovery was faster with at least one of them
                with suppress(ConflictError):
                    added += self._insert([record], now)
        return added

    def try_add(
        self, records: Iterable[AssetRecord], now: datetime
    ) -> Iterator[tuple[Sequence[AssetRecord], Sequence[Member]]]:
        """Insert records some at a time; yield these with their jobs, without any where one of them exists by now."""
        for chunk in fitting(records):
            try:
                yield chunk, self._insert(chunk, now)
            except ConflictError:
                yield chunk, ()

    def _insert(self, records: Sequence[AssetRecord], now: datetime) -> list[Member]:
        jobs = [new_job(record.key, record.queued_run_id, now).sent(now) for record in records]
        inserts = [insert(row_of("record", record)) for record in records]
        indexed = [operation for record in records for operation in indexing(None, record)]
        etags = self.table.transact([*inserts, *(self.jobs.inserting(job) for job in jobs), *indexed])
        return [
            member_of(record, job, about_etag, job_etag)
            for record, job, about_etag, job_etag in zip(
                records, jobs, etags[: len(jobs)], etags[len(jobs) : 2 * len(jobs)], strict=True
            )
        ]

    def add_rejected(self, record: AssetRecord) -> None:
        """Record an asset that cannot be synced; nothing is outstanding for it."""
        self.table.transact([merge(whole_row_of("record", record)), *indexing(None, record)])

    def has_sweep(self) -> bool:
        """Whether a sweep of the whole catalog has begun since these records did."""
        return self.table.get(PARTITION, SWEEP) is not None

    def note_sweep(self, now: datetime) -> None:
        """Note that a sweep of the whole catalog begins."""
        self.table.merge(whole_row(PARTITION, SWEEP, Sweep(begun_at=now)))

    def forget(self, key: str) -> None:
        """Drop a record that another one replaces."""
        self.table.delete(PARTITION, f"record:{key}")

    def change(self, key: str, change: Change) -> AssetRecord:
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

    def save(self, stored: StoredAsset, change: Change, claim: Claim, others: Others = tuple) -> StoredAsset:
        """Change the record of a claimed asset and renew the claim, with `others` in the same transaction.

        Raises:
            StateError: there is no such record any more.
            ConflictError: the claim is lost; nothing was changed.
        """
        changing = Changing(self.existing, stored, change)
        etag, *_ = claim.renew(lambda _: [*changing.operations(), *others()])
        return StoredAsset(changing.changed, etag)

    def finish(
        self, stored: StoredAsset, change: Change, claim: Claim, others: Others = tuple, *, announce: bool
    ) -> AssetRecord:
        """Change the record of an asset whose work is done, and end its job, with `others`.

        Raises:
            StateError: there is no such record any more.
            ConflictError: the claim is lost; nothing was changed.
        """
        changing = Changing(self.existing, stored, change)
        claim.done(lambda _: [*changing.operations(), *others(), *(changing.telling() if announce else [])])
        return changing.changed

    def failing(self, key: str, reason: str, *, announce: bool) -> list[Operation]:
        """Return what changes when an asset's work is given up; nothing where its record is gone or unreadable."""
        try:
            failed, changing = self._changed(key, lambda one: one.model_copy(update={"status": AssetStatus.FAILED}))
        except StateError:
            return []
        return [*changing, *(telling(failed, failure=reason) if announce else [])]

    def close(self, key: str, change: Change, *, announce: bool = False) -> AssetRecord:
        """Change the record of an asset of which nothing is outstanding any more, and drop its job if it has one."""
        for _ in self.jobs.tries():
            stored = self.existing(key)
            changed = change(stored.record)
            # What is synced has no job; were there one all the same, its worker would find nothing to do.
            dropping = [] if stored.record.status is AssetStatus.SYNCED else self.jobs.dropping(key)
            with suppress(ConflictError):
                told = telling(changed) if announce else []
                self.table.transact([*changing(stored, changed), *dropping, *told])
                return changed
        raise ConflictError(f"The record of asset {key} changed at each of {TRIES} tries.")

    def ask_again(self, key: str, change: Change, run_id: str, now: datetime) -> Job | None:
        """Change a record and have its group and source made (again); return the job whose message is to be sent."""
        return self.jobs.ask(new_job(key, run_id, now), now, lambda: self._changed(key, change)[1])

    def requeuing(self, key: str) -> list[Operation]:
        """Return what changes when an asset's work is replayed."""
        try:
            return self._changed(key, lambda one: one.model_copy(update={"status": AssetStatus.QUEUED}))[1]
        except StateError:
            return []

    def _changed(self, key: str, change: Change) -> tuple[AssetRecord, list[Operation]]:
        stored = self.existing(key)
        changed = change(stored.record)
        return changed, changing(stored, changed)

    def existing(self, key: str) -> StoredAsset:
        """Return a record.

        Raises:
            StateError: there is none, or it cannot be read.
        """
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


def _read(row: Row, etag: str) -> Iterator[StoredAsset | Unreadable]:
    for record in read_each(AssetRecord, [row]):
        yield record if isinstance(record, Unreadable) else StoredAsset(record, etag)
