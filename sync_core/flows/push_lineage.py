"""Works off one message of the lineage queue: claim the data set, push its lineage, close the delivery."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_core.clients.cluedin import CLUEDIN
from sync_core.clients.purview import PURVIEW
from sync_core.domain.data_set import DataSetRecord, DataSetStatus
from sync_core.domain.delivery import Delivery
from sync_core.domain.message import DataSetMessage
from sync_core.errors import RejectedError, SyncError
from sync_core.flows.announce_data_sets import AnnounceDataSets
from sync_core.flows.attempts import Attempts
from sync_core.flows.bury import Bury, DeadLetterCause, last_error
from sync_core.flows.pauses import Pauses
from sync_core.flows.push_data_set import PushDataSet
from sync_core.mapping.backoff import failed_before
from sync_core.state.data_sets import DataSetStore
from sync_core.state.deliveries import DeliveryStore
from sync_core.state.leases import Held, Lease, Leases
from sync_core.state.names import LINEAGE_QUEUE
from sync_core.state.queues import WorkQueue

logger = logging.getLogger(__name__)

# The host hides a crashed worker's message for up to ten minutes; one that is not done by then is lost.
SEND_AGAIN_AFTER = timedelta(minutes=15)
CLAIM_S = 60  # a push makes more calls between two renewals than provisioning does
HELD_FOR_S = 10  # a push takes seconds: many events of one data set must not wait for the end of a claim each time
SWITCHED_OFF = "switched_off"


@dataclass(frozen=True)
class PushLineage:
    """Handles messages that ask for a data set's lineage."""

    push: PushDataSet
    store: DataSetStore
    deliveries: DeliveryStore
    bury: Bury
    leases: Leases
    queue: WorkQueue
    announce: AnnounceDataSets
    is_on: bool
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    chance: Callable[[], float]
    pauses: Pauses
    claim_s: int = CLAIM_S

    def handle(self, body: bytes) -> None:
        """Work off one message. Repeated, out of order or at once with others, it leads to the same lineage.

        Raises:
            TransientError, ConfigError, ConflictError: storage failed; the host delivers the message again.
        """
        try:
            message = DataSetMessage.from_json(body)
        except RejectedError as error:
            self.bury.message(LINEAGE_QUEUE, body, error.code, str(error))
            return
        delivery = self._load(message)
        if delivery is not None and delivery.is_over:
            self.announce.if_done()  # the worker that did it may have died before
        elif delivery is not None and message.is_outdated(delivery.times_put_back):
            logger.info("Data set %s has a newer message; dropping this one", message.data_set_id)
        elif self.is_on:
            self._claim(message, delivery)
        else:
            self._close(delivery, SWITCHED_OFF)

    def give_up(self, message: DataSetMessage, error: SyncError, cause_class: str) -> None:
        """Make a message a dead letter, and say so in the records of its data set and delivery."""
        record = self._with_failure(message, error)
        cause = DeadLetterCause(record.name or message.data_set_id, cause_class, str(error), record.attempts)
        is_news = self.bury.letter(LINEAGE_QUEUE, message.data_set_id, cause, message.to_json())
        # Whatever asks for it next, e.g. a replay, has all attempts again.
        update = {"status": DataSetStatus.FAILED, "attempts": 0, "last_error_class": cause_class}
        self.store.save(record.model_copy(update=update), announce=self.announce.is_on and is_news)
        self._close(self._load(message), DataSetStatus.FAILED)
        logger.error("Data set %s is given up, %s: %s", message.data_set_id, cause_class, error)

    def note_failure(self, message: DataSetMessage, error: SyncError) -> None:
        """Note a failed attempt in the data set's record."""
        self.store.save(self._with_failure(message, error))

    def note_throttle(self, message: DataSetMessage, error: SyncError) -> timedelta:
        """Note in the data set's record that a service asks to slow down: that is no attempt."""
        now, record = self.clock(), self._load_record(message)
        since = record.throttled_since or now
        self.store.save(record.model_copy(update={**last_error(error, now), "throttled_since": since}))
        return now - since

    def put_back(self, message: DataSetMessage, delay_s: float) -> None:
        """Let a message come again after a delay; until long after that, no other one is sent for its delivery.

        In this order: were the message sent first and the rest failed, the host would deliver the first one again, too.
        """
        due_at = self.clock() + timedelta(seconds=delay_s) + SEND_AGAIN_AFTER
        times = self.deliveries.postpone(message.delivery_key, due_at) if message.delivery_key else 0
        self.queue.send(message.model_copy(update={"times_put_back": times}), delay_s)

    def finish(self, delivery: Delivery | None, record: DataSetRecord) -> None:
        """Close a delivery with what became of its data set, and the dead letter of an earlier try."""
        self.bury.unbury(LINEAGE_QUEUE, record.data_set_id)
        self._close(delivery, record.status)

    def _load(self, message: DataSetMessage) -> Delivery | None:
        return self.deliveries.load(message.delivery_key) if message.delivery_key else None

    def _claim(self, message: DataSetMessage, delivery: Delivery | None) -> None:
        pause_s = self.pauses.wait_s(CLUEDIN.name, PURVIEW.name)
        if pause_s:
            self.put_back(message, pause_s)
            return
        run_id = self.new_id()
        claim = self.leases.acquire(f"data-set-{message.data_set_id}", run_id, self.claim_s)
        if isinstance(claim, Held):
            logger.info("Data set %s is being worked on; putting its message back", message.data_set_id)
            self.put_back(message, 1 + min(claim.remaining_s, HELD_FOR_S) * self.chance())
            return
        try:
            Attempts(self.chance, self.claim_s).attempt(DataSetWork(self, message, delivery, claim, run_id))
        finally:
            claim.release()
        self.announce.if_done()

    def _with_failure(self, message: DataSetMessage, error: SyncError) -> DataSetRecord:
        now, record = self.clock(), self._load_record(message)
        attempts = failed_before(record.attempts, record.last_error_at, now) + 1
        failed_at = now if attempts > record.attempts else record.last_error_at
        failure = {**last_error(error, now), "last_error_at": failed_at, "throttled_since": None}
        return record.model_copy(update={**failure, "attempts": attempts})

    def _load_record(self, message: DataSetMessage) -> DataSetRecord:
        return self.store.load(message.data_set_id) or DataSetRecord(
            data_set_id=message.data_set_id, status=DataSetStatus.QUEUED, first_seen_at=self.clock()
        )

    def _close(self, delivery: Delivery | None, result: str) -> None:
        if delivery is not None:
            self.deliveries.close(delivery, result, self.clock())


@dataclass(frozen=True)
class DataSetWork:
    """The work on one claimed data set."""

    worker: PushLineage
    message: DataSetMessage
    delivery: Delivery | None
    claim: Lease
    run_id: str

    @property
    def name(self) -> str:
        """What it is, for the log."""
        return f"Data set {self.message.data_set_id}"

    def do(self) -> None:
        """Push the lineage and close the delivery."""
        record = self.worker.push.push(self.message.data_set_id, self.claim, self.run_id)
        self.worker.finish(self.delivery, record)

    @property
    def attempts(self) -> int:
        """How many attempts failed before this one."""
        record = self.worker.store.load(self.message.data_set_id)
        return failed_before(record.attempts, record.last_error_at, self.worker.clock()) if record else 0

    def note_failure(self, error: SyncError) -> None:
        """Note the failure in the data set's record."""
        self._must_be_ours()
        self.worker.note_failure(self.message, error)

    def note_throttle(self, error: SyncError) -> timedelta:
        """Note in the data set's record that a service asks to slow down."""
        self._must_be_ours()
        return self.worker.note_throttle(self.message, error)

    def put_back(self, delay_s: float) -> None:
        """Put the message back."""
        self.worker.put_back(self.message, delay_s)

    def give_up(self, error: SyncError, cause_class: str) -> None:
        """Make the message a dead letter."""
        self._must_be_ours()
        self.worker.give_up(self.message, error, cause_class)

    def _must_be_ours(self) -> None:
        """Say nothing over the work of a successor; the host delivers the message again, which then finds it done."""
        self.claim.renew()
