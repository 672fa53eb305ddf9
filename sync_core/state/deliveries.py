"""Deliveries of the webhook, and which of them are open.

All rows share one partition: a delivery and its mark change together.

    delivery:{key}   what came, when, and what became of it
    open:{key}       there until the delivery's work is recorded
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sync_core.domain.delivery import Delivery, DeliveryStatus
from sync_core.errors import ConflictError
from sync_core.state.table import OPERATIONS_A_TRANSACTION, Table, delete, from_row, insert, put, readable, to_row

PARTITION = "deliveries"
BETWEEN = "PartitionKey eq @partition and RowKey ge @first and RowKey lt @last"
OPEN = {"partition": PARTITION, "first": "open:", "last": "open;"}
DROPS_A_CALL = 1000


@dataclass(frozen=True)
class DeliveryStore:
    """Reads and writes deliveries."""

    table: Table

    def add(self, delivery: Delivery) -> bool:
        """Keep a new delivery as open, in one operation; return False for one that is known."""
        try:
            self.table.transact(
                [
                    insert(to_row(PARTITION, f"delivery:{delivery.key}", delivery)),
                    insert(to_row(PARTITION, f"open:{delivery.key}", delivery)),
                ]
            )
        except ConflictError:
            return False
        return True

    def load(self, key: str) -> Delivery | None:
        """Return a delivery, or None."""
        found = self.table.get(PARTITION, f"delivery:{key}")
        return from_row(Delivery, found.values) if found else None

    def close(self, delivery: Delivery, result: str, now: datetime) -> None:
        """Note what became of a delivery. Idempotent."""
        done = delivery.model_copy(update={"status": DeliveryStatus.DONE, "done_at": now, "result": result})
        row = put(to_row(PARTITION, f"delivery:{delivery.key}", done))
        try:
            self.table.transact([row, delete(PARTITION, f"open:{delivery.key}")])
        except ConflictError:  # its mark is gone already
            self.table.transact([row])

    def postpone(self, key: str, due_at: datetime) -> None:
        """Note that an open delivery's message is on the queue again and counts as lost at `due_at` only."""
        found = self.table.get(PARTITION, f"open:{key}")
        if found is None:
            return
        later = from_row(Delivery, found.values).model_copy(update={"due_at": due_at})
        with suppress(ConflictError):  # it was closed meanwhile
            self.table.replace(to_row(PARTITION, f"open:{key}", later), found.etag)

    def open(self) -> Iterator[Delivery]:
        """Yield the deliveries whose work is not recorded yet and that can be read, in no particular order."""
        return readable(Delivery, self.table.rows(BETWEEN, OPEN))

    def forget_done_before(self, moment: datetime) -> int:
        """Drop deliveries that were done before a moment; return how many."""
        bounds = {"partition": PARTITION, "first": "delivery:", "last": "delivery;", "moment": moment.isoformat()}
        query = f"{BETWEEN} and done_at lt @moment"
        keys = [str(row["RowKey"]) for row in islice(self.table.rows(query, bounds, select=["RowKey"]), DROPS_A_CALL)]
        for start in range(0, len(keys), OPERATIONS_A_TRANSACTION):
            chunk = keys[start : start + OPERATIONS_A_TRANSACTION]
            self.table.transact([delete(PARTITION, key) for key in chunk])
        return len(keys)

    def has_open(self) -> bool:
        """Whether any delivery is open; reads one row, however many are."""
        return any(page for page in self.table.pages(BETWEEN, OPEN, size=1, select=["RowKey"]))
