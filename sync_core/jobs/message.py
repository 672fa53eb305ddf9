"""The messages on our queues.

No property at a message's top level may be called like a field of the queue's own metadata (id, dequeueCount,
insertionTime ...): the Functions host would overwrite one with the other.
Source: docs/vendors/functions.md, Queue trigger.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from sync_core.errors import RejectedError
from sync_core.jobs.job import LOOK_KEY, UNREADABLE, Job, JobKind
from sync_core.storage.names import ASSET_QUEUE, LINEAGE_QUEUE

QUEUES = {JobKind.ASSET: ASSET_QUEUE, JobKind.DATA_SET: LINEAGE_QUEUE, JobKind.LOOK: LINEAGE_QUEUE}


class Message(BaseModel):
    """What all messages share: they wake the job that they name. Unknown properties are ignored.

    `send` says the how-manieth message of its job it is; 0 is one that counts whatever came after it.
    """

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    send: int = Field(default=0, ge=0)

    @property
    def job_key(self) -> str:
        """The key of the job."""
        raise NotImplementedError

    def is_outdated(self, sends: int) -> bool:
        """Whether a newer message asks for the same work, of which so many were sent by now.

        Queues deliver twice. Were each copy put back for itself, there would be ever more of them while a service is
        away. Should the newest one be lost, the next tick sends another.
        """
        return 0 < self.send < sends

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

    @property
    def job_key(self) -> str:
        """The asset's key."""
        return self.asset_key


class DataSetMessage(Message):
    """Asks for the lineage of one data set."""

    kind: Literal["data_set"] = "data_set"
    data_set_id: str = Field(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

    @property
    def job_key(self) -> str:
        """The data set's id."""
        return self.data_set_id


class LookMessage(Message):
    """Asks for a look into CluedIn: deliveries wait that could not say which data set was processed."""

    kind: Literal["look"]  # without it, each object would be one

    @property
    def job_key(self) -> str:
        """There is one such job."""
        return LOOK_KEY


def message_of(job: Job) -> Message:
    """Return the message that wakes a job."""
    if job.kind is JobKind.ASSET:
        return AssetMessage(asset_key=job.key, run_id=job.run_id, send=job.sends)
    if job.kind is JobKind.LOOK:
        return LookMessage(kind="look", send=job.sends)
    return DataSetMessage(data_set_id=job.key, send=job.sends)


def read_lineage_message(body: bytes) -> Message:
    """Read a message of the lineage queue.

    Raises:
        RejectedError: it is not one of ours.
    """
    try:
        return LookMessage.from_json(body)
    except RejectedError:
        return DataSetMessage.from_json(body)


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "body"
