"""The asset records, and beside them what is outstanding, so that no one has to scan the records for it.

All rows share one partition: a record and its to-do row change together in one transaction, or not at all.

    record:{key}   what is known of the asset
    todo:{key}     there while its group and source are to be made; `due_at` says when its message is sent (again)
    news:{key}     there from its end, synced or given up, until that was announced
    sweep          there once a sweep of the whole catalog began: should it be gone, so are the records
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime

from sync_core.domain.asset import REJECTED_KEY_PREFIX, AssetRecord, AssetStatus
from sync_core.domain.unreadable import Unreadable
from sync_core.errors import ConflictError, StateError
from sync_core.state.asset_rows import (
    PARTITION,
    News,
    StoredAsset,
    StoredTodo,
    Sweep,
    Todo,
    chunks,
    fitting,
    range_of,
    row_of,
    stamp,
    whole_row_of,
)
from sync_core.state.rows import Row, changes, from_row, read_each, readable, whole_row
from sync_core.state.table import (
    KEYS_BETWEEN,
    OPERATIONS_A_TRANSACTION,
    Operation,
    Table,
    delete,
    insert,
    merge,
    update,
)

SWEEP = "sweep"
READERS = 8
LONGEST_REASON = 500
TRIES = 5


@dataclass(frozen=True)
class AssetStore:
    """Reads and writes asset records and their to-do rows."""

    table: Table

    def load(self, key: str) -> StoredAsset | None:
        """Return one record, or None."""
        found = self.table.get(PARTITION, f"record:{key}")
        return StoredAsset(from_row(AssetRecord, found.values), found.etag) if found else None

    def load_many(self, keys: Sequence[str]) -> dict[str, StoredAsset]:
        """Return the records that exist, by key; reads in parallel, memory is bounded by the number of keys."""
        with ThreadPoolExecutor(READERS) as pool:
            jobs = [pool.submit(copy_context().run, self._load_readable, key) for key in keys]
            found = [job.result() for job in jobs]
        return {stored.record.key: stored for stored in found if stored}

    def _load_readable(self, key: str) -> StoredAsset | None:
        found = self.table.get(PARTITION, f"record:{key}")
        record = next(readable(AssetRecord, [found.values]), None) if found else None
        return StoredAsset(record, found.etag) if found and record else None

    def all(self) -> Iterator[AssetRecord]:
        """Yield all records that can be read, a page at a time."""
        return readable(AssetRecord, self.table.rows(KEYS_BETWEEN, range_of("record")))

    def after(self, key: str) -> Iterator[AssetRecord]:
        """Yield the records behind a key that can be read, in the order of keys; an empty one starts from the first."""
        return readable(AssetRecord, self._rows_after(key))

    def each_after(self, key: str) -> Iterator[tuple[str, AssetRecord | Unreadable]]:
        """Yield the records behind a key with their keys, also those that cannot be read."""
        for row in self._rows_after(key):
            for record in read_each(AssetRecord, [row]):
                yield str(row["RowKey"]).partition(":")[2], record

    def _rows_after(self, key: str) -> Iterator[Row]:
        bounds = {"partition": PARTITION, "first": f"record:{key}", "last": "record;"}
        return self.table.rows("PartitionKey eq @partition and RowKey gt @first and RowKey lt @last", bounds)

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
        """Count the records by status; reads one column of each."""
        return Counter(
            str(row.get("status", "unreadable"))
            for row in self.table.rows(KEYS_BETWEEN, range_of("record"), select=["status"])
        )

    def add(self, records: Sequence[AssetRecord], now: datetime) -> list[StoredTodo]:
        """Insert new records with their to-do rows, due at once; those that exist by now are left as they are."""
        added: list[StoredTodo] = []
        for chunk in fitting(records):
            try:
                added += self._insert(chunk, now)
            except ConflictError:  # another discovery was faster with at least one of them
                for record in chunk:
                    with suppress(ConflictError):
                        added += self._insert([record], now)
        return added

    def _insert(self, records: Sequence[AssetRecord], now: datetime) -> list[StoredTodo]:
        todos = [Todo(key=record.key, run_id=record.queued_run_id, due_at=now) for record in records]
        etags = self.table.transact(
            [insert(row_of("record", record)) for record in records] + [insert(row_of("todo", todo)) for todo in todos]
        )
        return [StoredTodo(todo, etag) for todo, etag in zip(todos, etags[len(records) :], strict=True)]

    def add_rejected(self, record: AssetRecord) -> None:
        """Record an asset that cannot be synced; nothing is outstanding for it."""
        self.table.merge(whole_row_of("record", record))

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

    def forget_todo(self, key: str) -> None:
        """Drop a to-do row whose work is done."""
        self.table.delete(PARTITION, f"todo:{key}")

    def change(self, key: str, change: Callable[[AssetRecord], AssetRecord]) -> AssetRecord:
        """Change one record, again on top of what another worker wrote meanwhile.

        Raises:
            StateError: there is no such record.
            ConflictError: others were faster each time.
        """
        return self._change(key, lambda record: (change(record), []))

    def close(self, key: str, change: Callable[[AssetRecord], AssetRecord], *, announce: bool) -> AssetRecord:
        """Change the record of an asset that is synced, or failed for good: nothing is outstanding any more."""

        def finish(record: AssetRecord) -> tuple[AssetRecord, list[Operation]]:
            closed = change(record)
            news = News(
                key=key,
                guid=closed.guid,
                name=closed.name,
                status=closed.status,
                origin=closed.group_origin,
                reason=closed.last_error[:LONGEST_REASON],
            )
            return closed, [merge(whole_row_of("news", news))] if announce else []

        return self._change(key, finish, forget_todo=True)

    def ask_again(self, key: str, change: Callable[[AssetRecord], AssetRecord], todo: Todo) -> AssetRecord:
        """Change a record and make its group and source outstanding (again)."""
        return self._change(key, lambda record: (change(record), [merge(whole_row_of("todo", todo))]))

    def _change(
        self,
        key: str,
        change: Callable[[AssetRecord], tuple[AssetRecord, list[Operation]]],
        *,
        forget_todo: bool = False,
    ) -> AssetRecord:
        for attempt in range(TRIES):
            stored = self.load(key)
            if stored is None:
                raise StateError(f"There is no record of asset {key}: the next discovery will make one.")
            changed, others = change(stored.record)
            change_only = changes(row_of("record", stored.record), row_of("record", changed))
            operations = [update(change_only, stored.etag), *others]
            # Deleting a to-do row that is gone already would fail the transaction: after a conflict, look first.
            if forget_todo and (attempt == 0 or self.table.get(PARTITION, f"todo:{key}")):
                operations.append(delete(PARTITION, f"todo:{key}"))
            with suppress(ConflictError):
                self.table.transact(operations)
                return changed
        raise ConflictError(f"The record of asset {key} changed at each of {TRIES} tries.")

    def due(self, now: datetime) -> Iterator[StoredTodo]:
        """Yield the to-do rows whose message is to be sent now."""
        query = f"{KEYS_BETWEEN} and due_at le @now"
        for row in self.table.rows(query, {**range_of("todo"), "now": stamp(now)}):
            for todo in readable(Todo, [row]):
                yield StoredTodo(todo, str(row.metadata["etag"]))

    def due_between(self, first: str, last: str) -> dict[str, datetime]:
        """Return when the messages of outstanding assets count as lost, by key, from one key to another."""
        bounds = {"partition": PARTITION, "first": f"todo:{first}", "last": f"todo:{last}"}
        query = "PartitionKey eq @partition and RowKey ge @first and RowKey le @last"
        return {todo.key: todo.due_at for todo in readable(Todo, self.table.rows(query, bounds))}

    def is_outstanding(self, key: str) -> bool:
        """Whether an asset has its to-do row."""
        return self.table.get(PARTITION, f"todo:{key}") is not None

    def has_todo(self) -> bool:
        """Whether anything is outstanding."""
        return any(page for page in self.table.pages(KEYS_BETWEEN, range_of("todo"), size=1))

    def mark_sent(self, todos: Iterable[StoredTodo], due_at: Callable[[Todo], datetime]) -> None:
        """Note that the messages of these to-do rows were sent; rows that are done by now stay gone.

        `due_at` says when the message of a row, as it was before, counts as lost.
        """
        for chunk in chunks(list(todos), OPERATIONS_A_TRANSACTION):
            sent = [update(_sent(stored.todo, due_at(stored.todo)), stored.etag) for stored in chunk]
            try:
                self.table.transact(sent)
            except ConflictError:
                for one in sent:
                    with suppress(ConflictError):
                        self.table.transact([one])

    def times_put_back(self, key: str) -> int:
        """Return how often the asset's message was put back; 0 where nothing is outstanding."""
        found = self.table.get(PARTITION, f"todo:{key}")
        return from_row(Todo, found.values).times_put_back if found else 0

    def postpone(self, key: str, due_at: datetime) -> int:
        """Note that the asset's message is put back: discovery sends no other one before `due_at`.

        Returns how often it was put back by now, 0 where nothing is outstanding.
        """
        found = self.table.get(PARTITION, f"todo:{key}")
        if found is None:
            return 0
        before = from_row(Todo, found.values)
        todo = before.model_copy(update={"due_at": due_at, "times_put_back": before.times_put_back + 1})
        with suppress(ConflictError):  # it was done meanwhile, or put back by another worker
            self.table.update(changes(row_of("todo", before), row_of("todo", todo)), found.etag)
        return todo.times_put_back

    def news(self) -> list[News]:
        """Return what ended and was not announced yet."""
        return list(readable(News, self.table.rows(KEYS_BETWEEN, range_of("news"))))

    def forget_news(self, news: Sequence[News]) -> None:
        """Drop news, before they are announced: each is announced at most once."""
        for chunk in chunks(news, OPERATIONS_A_TRANSACTION):
            self.table.transact([delete(PARTITION, f"news:{item.key}") for item in chunk])


def _sent(todo: Todo, due_at: datetime) -> Row:
    sent = todo.model_copy(update={"due_at": due_at, "sends": todo.sends + 1})
    return changes(row_of("todo", todo), row_of("todo", sent))
