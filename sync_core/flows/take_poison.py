"""Takes what the host gave up from the poison queues, whatever it holds, and wakes the work that it names.

No function listens to these queues: what the host cannot decode it would hide there, without end and without a run.
A message in one of them says nothing of its work, which is dead by its own attempts only: the host moves it there
when workers died or storage was away, too. Idempotent: the same message again wakes the same work, or is the same
letter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sync_core.domain.asset import AssetStatus
from sync_core.domain.data_set import DataSetStatus
from sync_core.domain.delivery import Delivery, DeliveryStatus, found_delivery
from sync_core.domain.message import AssetMessage, DataSetMessage, LookMessage, Message
from sync_core.errors import RejectedError, StateError
from sync_core.flows.bury import Bury, DeadLetterCause
from sync_core.flows.run_log import RunLog
from sync_core.state.asset_rows import Todo
from sync_core.state.assets import AssetStore
from sync_core.state.data_sets import DataSetStore
from sync_core.state.deliveries import DeliveryStore
from sync_core.state.names import ASSET_QUEUE, LINEAGE_QUEUE
from sync_core.state.queues import PoisonQueue

AnyMessage = TypeVar("AnyMessage", bound=Message)


@dataclass(frozen=True)
class TakePoison:
    """Empties the poison queues. What it wakes is sent by whoever sends lost messages."""

    assets: AssetStore
    data_sets: DataSetStore
    deliveries: DeliveryStore
    bury: Bury
    asset_poison: PoisonQueue
    lineage_poison: PoisonQueue
    clock: Callable[[], datetime]

    def take_assets(self, log: RunLog) -> None:
        """Empty the poison queue of the way into CluedIn.

        Raises:
            TransientError, ConfigError: storage does not answer; what is left is taken by the next run.
        """
        log.counts["poison_taken"] += self.asset_poison.drain(lambda body: self._take_asset(body, log))

    def take_data_sets(self, log: RunLog) -> None:
        """Empty the poison queue of the way back.

        Raises:
            TransientError, ConfigError: storage does not answer; what is left is taken by the next run.
        """
        log.counts["poison_taken"] += self.lineage_poison.drain(lambda body: self._take_data_set(body, log))

    def _take_asset(self, body: bytes, log: RunLog) -> None:
        message = self._read(AssetMessage, ASSET_QUEUE, body)
        if message is None:
            return
        try:
            stored = self.assets.load(message.asset_key)
        except StateError as error:  # woken, it would end here again
            self._keep(ASSET_QUEUE, message.asset_key, message, error)
            return
        if stored is None:
            self.bury.unknown_asset(message)
        elif stored.record.status is AssetStatus.QUEUED:
            todo = Todo(key=message.asset_key, run_id=log.run_id, due_at=self.clock())
            self.assets.ask_again(message.asset_key, lambda record: record, todo)
            log.counts["assets_woken"] += 1

    def _take_data_set(self, body: bytes, log: RunLog) -> None:
        if LookMessage.is_one(body):  # the deliveries that wait for it ask again
            return
        message = self._read(DataSetMessage, LINEAGE_QUEUE, body)
        if message is None:
            return
        try:
            delivery = self._find_delivery(message)
        except StateError as error:  # woken, it would end here again
            self._keep(LINEAGE_QUEUE, message.data_set_id, message, error)
            self.deliveries.forget_open(message.delivery_key)
            return
        if delivery is not None and delivery.status is DeliveryStatus.RECEIVED:
            self.deliveries.postpone(delivery.key, self.clock())
            log.counts["deliveries_woken"] += 1

    def _find_delivery(self, message: DataSetMessage) -> Delivery | None:
        """Return the delivery that a message is for: where it is lost, and the data set not dead, one of our own."""
        record = self.data_sets.load(message.data_set_id)
        known = self.deliveries.load(message.delivery_key) if message.delivery_key else None
        if known is not None or (record is not None and record.status is DataSetStatus.FAILED):
            return known
        found = found_delivery(f"poison-{message.delivery_key}", message.data_set_id, self.clock())
        self.deliveries.add(found)
        return self.deliveries.load(found.key)

    def _read(self, kind: type[AnyMessage], queue: str, body: bytes) -> AnyMessage | None:
        try:
            return kind.from_json(body)
        except RejectedError as error:
            self.bury.message(queue, body, error.code, str(error))
        return None

    def _keep(self, queue: str, work: str, message: Message, error: StateError) -> None:
        cause = DeadLetterCause(work, error.cause_class, str(error), 1)
        self.bury.letter(queue, work, cause, message.to_json())
