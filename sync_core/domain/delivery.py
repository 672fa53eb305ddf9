"""A delivery: CluedIn telling us, once or more often, that a data set was processed."""

import hashlib
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from sync_core.domain.data_set import DataSetStatus

SETTLED = frozenset({DataSetStatus.PUSHED, DataSetStatus.NOT_MAPPED, DataSetStatus.NOT_FROM_PURVIEW})


class DeliveryStatus(StrEnum):
    """What became of a delivery."""

    RECEIVED = "received"  # stored and enqueued, or about to be
    DONE = "done"  # what it asked for is recorded, see `result`


class Delivery(BaseModel):
    """One delivery. `key` tells it from others; `result` is the data set's status that it led to.

    `data_set_id` is empty where the body did not arrive: a look into CluedIn tells what was processed. `is_named` says
    that the sender gave the delivery an id: the same id again is the same event, for as long as it is kept. `due_at` is
    when its message counts as lost, if it was put back since it was received, `times_put_back` how often that was.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    delivery_id: str
    data_set_id: str
    is_named: bool
    received_at: datetime
    due_at: datetime | None = None
    times_put_back: int = 0
    status: DeliveryStatus = DeliveryStatus.RECEIVED
    done_at: datetime | None = None
    result: str = ""

    @property
    def is_over(self) -> bool:
        """Whether this very event was worked off; one without a name may be a new event that looks the same."""
        return self.is_named and self.status is DeliveryStatus.DONE and self.result in SETTLED

    @property
    def names_nothing(self) -> bool:
        """Whether nobody knows which data set it is for."""
        return not self.data_set_id


def bodiless_delivery(delivery_id: str, now: datetime) -> Delivery:
    """Return a delivery whose body did not arrive. Each is one of its own: nothing tells it from another one."""
    return Delivery(
        key=delivery_key(delivery_id, ""), delivery_id=delivery_id, data_set_id="", is_named=False, received_at=now
    )


def found_delivery(why: str, data_set_id: str, now: datetime) -> Delivery:
    """Return a delivery that nobody sent: we found out ourselves why a data set is to be read again.

    Without a name, it is worked off as often as it is enqueued.
    """
    return Delivery(
        key=delivery_key(why, data_set_id), delivery_id=why, data_set_id=data_set_id, is_named=False, received_at=now
    )


def delivery_key(delivery_id: str, data_set_id: str) -> str:
    """Identify a delivery by its id and data set: a reused id can then not hide another data set's delivery."""
    return hashlib.sha256(f"{delivery_id}\n{data_set_id.lower()}".encode()).hexdigest()[:32]
