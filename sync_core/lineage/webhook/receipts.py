"""Receipts of deliveries: what came is known when it comes again. What it asks for is the data set's job.

receipt:{key}   what came, and when; in the partition of the data sets, so that it is kept with the job or not at all
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from typing import TYPE_CHECKING

from sync_core.errors import ConflictError, RejectedError, SlowAnswerError, StateError
from sync_core.jobs.job import Job, JobState
from sync_core.jobs.job_store import JobStore
from sync_core.lineage.data_set_jobs import look_job, new_job
from sync_core.lineage.webhook.delivery import Delivery
from sync_core.storage.rows import Row, from_row, to_row
from sync_core.storage.table import KEYS_BETWEEN, Operation, insert

if TYPE_CHECKING:
    from sync_core.lineage.record import DataSetRecord

MAX_DROPS_PER_CALL = 1000
MAX_LOOKED_AT = 5000


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery: whether it is new, and the job whose message is to be sent, if any."""

    is_new: bool
    job: Job | None = None


@dataclass(frozen=True)
class ReceiptStore:
    """Keeps receipts beside the jobs of data sets; `load_record` gives what is known of one by its id."""

    jobs: JobStore
    load_record: Callable[[str], "DataSetRecord | None"]

    def receive(self, delivery: Delivery) -> Receipt:
        """Keep a delivery and what it asks for, in one operation where both are new.

        The same named delivery again asks for nothing, but for one that led to nothing; one without a name may be a new
        event that looks the same.
        """
        try:
            return self._receive(delivery)
        except SlowAnswerError:  # once more: the SDK repeats no insertion, as it may have been carried out
            return self._receive(delivery)

    def load(self, key: str) -> Delivery | None:
        """Return a delivery, or None."""
        found = self.jobs.table.get(self.jobs.partition, f"receipt:{key}")
        return from_row(Delivery, found.values) if found else None

    def was_sent_since(self, moment: datetime) -> bool:
        """Whether a webhook sent a delivery since a moment."""
        query = f"{KEYS_BETWEEN} and is_hint eq @sent and received_at ge @moment"
        return any(True for _ in self._rows(query, sent=True, moment=moment.isoformat()))

    def last_sent_at(self) -> datetime | None:
        """Return when a webhook sent its last delivery, of those whose receipts are kept; None if it never did."""
        rows = islice(self._rows(f"{KEYS_BETWEEN} and is_hint eq @sent", sent=True), MAX_LOOKED_AT)
        return max((datetime.fromisoformat(str(row["received_at"])) for row in rows), default=None)

    def _rows(self, query: str, **values: object) -> Iterator[Row]:
        bounds = {"partition": self.jobs.partition, "first": "receipt:", "last": "receipt;"}
        return self.jobs.table.rows(query, {**bounds, **values}, select=["RowKey", "received_at"])

    def forget_before(self, moment: datetime, has_time: Callable[[], bool] = lambda: True) -> int:
        """Drop receipts that are older than that, while there is time; return how many."""
        rows = self._rows(f"{KEYS_BETWEEN} and received_at lt @moment", moment=moment.isoformat())
        keys = [str(row["RowKey"]) for row in islice(rows, MAX_DROPS_PER_CALL)]
        return self.jobs.table.delete_each(self.jobs.partition, keys, has_time)

    def _receive(self, delivery: Delivery) -> Receipt:
        now = delivery.received_at
        job = look_job(now) if delivery.names_nothing else new_job(delivery.data_set_id, now, is_hint=delivery.is_hint)
        try:
            self.jobs.table.transact([self._inserting(delivery), self.jobs.inserting(job.sent(now))])
            return Receipt(is_new=True, job=job.sent(now))
        except ConflictError:  # one of the two is there
            known = self._known(delivery)
        if known is None:
            return self._receive_beside(job, delivery)
        return self._again(job, delivery, known)

    def _known(self, delivery: Delivery) -> Delivery | None:
        try:
            return self.load(delivery.key)
        except StateError:  # another version wrote it: to ask once more does no harm
            return delivery.model_copy(update={"is_named": False})

    def _receive_beside(self, job: Job, delivery: Delivery) -> Receipt:
        """Keep a delivery whose data set has a job."""
        tries = count()

        def receipt() -> Sequence[Operation]:
            if next(tries) and self._known(delivery) is not None:
                raise ConflictError(f"Delivery {delivery.key} is kept by now.")
            return [self._inserting(delivery)]

        try:
            asked = self.jobs.ask(job, delivery.received_at, receipt)
        except ConflictError:
            known = self._known(delivery)  # another instance may have been faster with the same delivery
            if known is None:
                raise
            return self._again(job, delivery, known)
        return Receipt(is_new=True, job=asked)

    def _again(self, job: Job, delivery: Delivery, known: Delivery) -> Receipt:
        if known == delivery:  # our own insertion, whose answer was lost
            return Receipt(is_new=True, job=self._outstanding(job, delivery))
        is_over = known.is_named and self._is_over(delivery.data_set_id)
        return Receipt(is_new=False, job=None if is_over else self.jobs.ask(job, delivery.received_at))

    def _is_over(self, data_set_id: str) -> bool:
        """Whether what a delivery asked for is done or under way, rather than given up or unknown to CluedIn.

        Where a row that tells so cannot be read, it is not: to ask once more does no harm.
        """
        try:
            stored = self.jobs.load(data_set_id)
            if stored is not None:
                return stored.job.state is JobState.PENDING
            record = self.load_record(data_set_id)
        except (RejectedError, StateError):
            return False
        return record is not None and not record.is_unknown

    def _outstanding(self, job: Job, delivery: Delivery) -> Job | None:
        try:
            stored = self.jobs.load(job.key)
        except RejectedError:  # nobody can do what that row asks for
            return self.jobs.ask(job, delivery.received_at)
        return stored.job if stored else None

    def _inserting(self, delivery: Delivery) -> Operation:
        return insert(to_row(self.jobs.partition, f"receipt:{delivery.key}", delivery))
