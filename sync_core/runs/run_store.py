"""The history of runs, newest first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sync_core.errors import StateError
from sync_core.runs.newest_first import first_key_before, newest_first_key, parse_key
from sync_core.runs.run import RunKind, RunOutcome, RunRecord
from sync_core.storage.rows import Row, from_row, whole_row
from sync_core.storage.table import Table


@dataclass(frozen=True)
class RunStore:
    """Reads and writes run records."""

    table: Table

    def save(self, record: RunRecord) -> None:
        """Insert a run, or let it say this."""
        key = newest_first_key(record.started_at, record.run_id)
        self.table.merge(whole_row(record.kind.value, key, record))

    def latest(self, kind: RunKind, count: int) -> list[RunRecord]:
        """Return the latest runs of a kind, newest first; one that cannot be read is there with what its key tells."""
        return list(islice(self._newest_first(kind, count), count))

    def forget_before(self, kind: RunKind, moment: datetime, has_time: Callable[[], bool] = lambda: True) -> int:
        """Delete runs that started before a moment, a thousand or as many as there is time for; return how many."""
        return forget_before(self.table, kind.value, moment, has_time)

    def _newest_first(self, kind: RunKind, count: int) -> Iterator[RunRecord]:
        for page in self.table.pages("PartitionKey eq @partition", {"partition": kind.value}, size=count):
            for row in page:
                yield _read(kind, row)


def _read(kind: RunKind, row: Row) -> RunRecord:
    try:
        return from_row(RunRecord, row)
    except StateError as error:
        started_at, run_id = parse_key(str(row["RowKey"]))
        return RunRecord(
            run_id=run_id,
            kind=kind,
            started_at=started_at,
            outcome=RunOutcome.UNREADABLE,
            error=str(error),
            error_class=error.cause_class,
        )


def forget_before(table: Table, partition: str, moment: datetime, has_time: Callable[[], bool]) -> int:
    """Delete what happened before a moment, a thousand rows or as many as there is time for; return how many."""
    query = "PartitionKey eq @partition and RowKey ge @first"
    page = next(table.pages(query, {"partition": partition, "first": first_key_before(moment)}))
    return table.delete_each(partition, [str(row["RowKey"]) for row in page], has_time)
