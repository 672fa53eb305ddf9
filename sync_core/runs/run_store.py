"""The history of runs, newest first."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from sync_core.errors import StateError
from sync_core.runs.run import RunKind, RunOutcome, RunRecord
from sync_core.storage.rows import Row, from_row, whole_row
from sync_core.storage.table import Table

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
        """Insert a run, or let it say this."""
        self.table.merge(whole_row(record.kind.value, _row_key(record), record))

    def latest(self, kind: RunKind, count: int) -> list[RunRecord]:
        """Return the latest runs of a kind, newest first; one that cannot be read is there with what its key tells."""
        return list(islice(self._newest_first(kind, count), count))

    def forget_before(self, kind: RunKind, moment: datetime, has_time: Callable[[], bool] = lambda: True) -> int:
        """Delete runs that started before a moment, a thousand or as many as there is time for; return how many."""
        first = f"{LAST_MILLISECOND - round(moment.timestamp() * 1000) + 1:014d}"
        query = "PartitionKey eq @partition and RowKey ge @first"
        page = next(self.table.pages(query, {"partition": kind.value, "first": first}))
        return self.table.delete_each(kind.value, [str(row["RowKey"]) for row in page], has_time)

    def _newest_first(self, kind: RunKind, count: int) -> Iterator[RunRecord]:
        for page in self.table.pages("PartitionKey eq @partition", {"partition": kind.value}, size=count):
            for row in page:
                yield _read(kind, row)


def _read(kind: RunKind, row: Row) -> RunRecord:
    try:
        return from_row(RunRecord, row)
    except StateError as error:
        countdown, _, run_id = str(row["RowKey"]).partition("-")
        started_ms = LAST_MILLISECOND - int(countdown) if re.fullmatch("[0-9]{14}", countdown) else 0
        return RunRecord(
            run_id=run_id,
            kind=kind,
            started_at=datetime.fromtimestamp(started_ms / 1000, UTC),
            outcome=RunOutcome.UNREADABLE,
            error=str(error),
            error_class=error.cause_class,
        )
