"""The messages on our queues.

No property at a message's top level may be called like a field of the queue's own metadata (id, dequeueCount,
insertionTime ...): the Functions host would overwrite one with the other.
Source: docs/vendors/functions.md, Queue trigger.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from sync_core.errors import RejectedError

UNREADABLE = "unreadable"
"""The cause class of what is no message of ours."""


class Message(BaseModel):
    """What all messages share. Unknown properties are ignored, so that an older app reads a newer one's messages.

    `times_put_back` says how often its work had been put back when it was sent; a first message says 0.
    """

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    times_put_back: int = Field(default=0, ge=0)

    def is_outdated(self, times_put_back: int) -> bool:
        """Whether newer messages ask for the same work, which was put back so often by now.

        Queues deliver twice. Were each copy put back for itself, there would be ever more of them while a service is
        away. The message before the newest still counts: its worker may have died before it sent the newest one.
        """
        return 0 < self.times_put_back < times_put_back - 1

    def afresh(self) -> Self:
        """Return the message as if its work had never been put back: newer ones may be gone by now."""
        return self.model_copy(update={"times_put_back": 0})

    def to_json(self) -> str:
        """Return the text that travels on the queue."""
        return self.model_dump_json(by_alias=True)

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Read a message.

        Raises:
            RejectedError: it is not one of ours; the error names each field that is wrong.
        """
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            problems = "; ".join(f"{_path(detail['loc'])}: {detail['msg']}" for detail in error.errors())
        raise RejectedError(f"The message is no {cls.__name__} of this app ({problems}).", code=UNREADABLE)


class AssetMessage(Message):
    """Asks for the group and source of one recorded asset."""

    kind: Literal["asset"] = "asset"
    asset_key: str = Field(pattern="^[0-9a-f]{32}$")
    run_id: str = ""


class DataSetMessage(Message):
    """Asks for the lineage of one data set. `delivery_key` names the delivery that it is for, if there was one."""

    kind: Literal["data_set"] = "data_set"
    data_set_id: str = Field(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    delivery_key: str = ""


class LookMessage(Message):
    """Asks for a look into CluedIn: deliveries wait that could not say which data set was processed."""

    kind: Literal["look"]  # without it, each object would be one

    @classmethod
    def is_one(cls, body: bytes) -> bool:
        """Whether a message is one of these."""
        try:
            cls.from_json(body)
        except RejectedError:
            return False
        return True


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "body"
