"""The history of runs, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sync_core.domain.run import RunKind, RunRecord
from sync_core.state.table import Table, from_row, to_row

LAST_MILLISECOND = 10**14


def _row_key(record: RunRecord) -> str:
    # Keys sort upwards, so counting down from the far future lists the newest run first.
    started_ms = round(record.started_at.timestamp() * 1000)
    return f"{LAST_MILLISECOND - started_ms:014d}-{record.run_id}"


@dataclass(frozen=True)
class RunStore:
    """Reads and writes run records."""

    table: Table

    def save(self, record: RunRecord) -> None:
        """Insert or replace a run."""
        self.table.put(to_row(record.kind.value, _row_key(record), record))

    def latest(self, kind: RunKind, count: int) -> list[RunRecord]:
        """Return the latest runs of a kind, newest first."""
        return list(islice(self._newest_first(kind, count), count))

    def forget_before(self, kind: RunKind, moment: datetime) -> int:
        """Delete runs that started before a moment, at most a thousand at a time; return how many."""
        first = f"{LAST_MILLISECOND - round(moment.timestamp() * 1000) + 1:014d}"
        query = "PartitionKey eq @kind and RowKey ge @first"
        page = next(self.table.pages(query, {"kind": kind.value, "first": first}))
        for row in page:
            self.table.delete(row["PartitionKey"], row["RowKey"])
        return len(page)

    def _newest_first(self, kind: RunKind, count: int) -> Iterator[RunRecord]:
        for page in self.table.pages("PartitionKey eq @kind", {"kind": kind.value}, size=count):
            for row in page:
                yield from_row(RunRecord, row)
