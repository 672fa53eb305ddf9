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
from sync_core.errors import ConflictError, SlowAnswerError
from sync_core.state.rows import Row, changes, from_row, readable, to_row
from sync_core.state.table import KEYS_BETWEEN, OPERATIONS_A_TRANSACTION, Table, delete, insert, merge, update

PARTITION = "deliveries"
OPEN = {"partition": PARTITION, "first": "open:", "last": "open;"}
DROPS_A_CALL = 1000
PUT_BACK = frozenset({"due_at", "times_put_back"})


@dataclass(frozen=True)
class DeliveryStore:
    """Reads and writes deliveries."""

    table: Table

    def add(self, delivery: Delivery) -> bool:
        """Keep a new delivery as open, in one operation; return False for one that is known.

        Once more where storage does not answer: the SDK repeats no insertion, as it may have been carried out.
        """
        try:
            return self._insert(delivery)
        except SlowAnswerError:
            return self._insert(delivery) or self._was_inserted(delivery)

    def _insert(self, delivery: Delivery) -> bool:
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

    def _was_inserted(self, delivery: Delivery) -> bool:
        found = self.load(delivery.key)
        return found is not None and found.received_at == delivery.received_at

    def load(self, key: str) -> Delivery | None:
        """Return a delivery, or None."""
        found = self.table.get(PARTITION, f"delivery:{key}")
        return from_row(Delivery, found.values) if found else None

    def close(self, delivery: Delivery, result: str, now: datetime) -> None:
        """Note what became of a delivery. Idempotent.

        How often it was put back stays as it is: that may be more often by now than when `delivery` was read, and
        without it, copies of its messages would count as new.
        """
        done = delivery.model_copy(update={"status": DeliveryStatus.DONE, "done_at": now, "result": result})
        row = to_row(PARTITION, f"delivery:{delivery.key}", done)
        result_only = merge({name: value for name, value in row.items() if name not in PUT_BACK})
        try:
            self.table.transact([result_only, delete(PARTITION, f"open:{delivery.key}")])
        except ConflictError:  # its mark is gone already
            self.table.transact([result_only])

    def postpone(self, key: str, due_at: datetime) -> int:
        """Note that a delivery's message is put back, and that it counts as lost at `due_at` only.

        Returns how often it was put back by now, also where the delivery is closed, e.g. as failed, and tried again;
        0 for an unknown one.
        """
        rows = [row for kind in ("delivery", "open") if (row := self.table.get(PARTITION, f"{kind}:{key}"))]
        if not rows:
            return 0
        times = max(from_row(Delivery, row.values).times_put_back for row in rows) + 1
        with suppress(ConflictError):  # it was closed meanwhile, or put back by another worker
            self.table.transact([update(_put_back(row.values, due_at, times), row.etag) for row in rows])
        return times

    def open(self) -> Iterator[Delivery]:
        """Yield the deliveries whose work is not recorded yet and that can be read, in no particular order."""
        return readable(Delivery, self.table.rows(KEYS_BETWEEN, OPEN))

    def forget_open(self, key: str) -> None:
        """Drop the mark of a delivery that cannot be worked off; the delivery itself stays as it is."""
        self.table.delete(PARTITION, f"open:{key}")

    def forget_done_before(self, moment: datetime) -> int:
        """Drop deliveries that were done before a moment; return how many."""
        bounds = {"partition": PARTITION, "first": "delivery:", "last": "delivery;", "moment": moment.isoformat()}
        query = f"{KEYS_BETWEEN} and done_at lt @moment"
        keys = [str(row["RowKey"]) for row in islice(self.table.rows(query, bounds, select=["RowKey"]), DROPS_A_CALL)]
        for start in range(0, len(keys), OPERATIONS_A_TRANSACTION):
            chunk = keys[start : start + OPERATIONS_A_TRANSACTION]
            self.table.transact([delete(PARTITION, key) for key in chunk])
        return len(keys)

    def has_open(self) -> bool:
        """Whether any delivery is open; reads one row, however many are."""
        return any(page for page in self.table.pages(KEYS_BETWEEN, OPEN, size=1, select=["RowKey"]))


def _put_back(row: Row, due_at: datetime, times: int) -> Row:
    before = from_row(Delivery, row)
    later = before.model_copy(update={"due_at": due_at, "times_put_back": times})
    key = str(row["RowKey"])
    return changes(to_row(PARTITION, key, before), to_row(PARTITION, key, later))
