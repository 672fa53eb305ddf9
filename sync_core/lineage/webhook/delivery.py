"""A delivery: CluedIn telling us, once or more often, that a data set was processed."""

import hashlib
from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Delivery(BaseModel):
    """One delivery, as its receipt is kept. `key` tells it from others.

    `data_set_id` is empty where the body did not arrive: a look into CluedIn tells what was processed. `is_named` says
    that the sender gave the delivery an id: the same id again is the same event, for as long as its receipt is kept;
    without one, it may be a new event that looks the same. `is_hint` says that a webhook told of it.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    delivery_id: str
    data_set_id: str
    is_named: bool
    is_hint: bool = True
    received_at: datetime

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
    """Return a delivery that nobody sent: we found out ourselves, once for each `why`, that a data set changed."""
    return Delivery(
        key=delivery_key(why, data_set_id),
        delivery_id=why,
        data_set_id=data_set_id,
        is_named=True,
        is_hint=False,
        received_at=now,
    )


def delivery_key(delivery_id: str, data_set_id: str) -> str:
    """Identify a delivery by its id and data set: a reused id can then not hide another data set's delivery."""
    return hashlib.sha256(f"{delivery_id}\n{data_set_id.lower()}".encode()).hexdigest()[:32]
