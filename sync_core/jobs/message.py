"""The messages on our queues.

No property at a message's top level may be called like a field of the queue's own metadata (id, dequeueCount,
insertionTime ...): the Functions host would overwrite one with the other.
Source: docs/vendors/functions.md, Queue trigger.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, ValidationError, model_serializer
from pydantic.alias_generators import to_camel

from sync_core.errors import RejectedError
from sync_core.jobs.job import LOOK_KEY, UNREADABLE, Job, JobKind
from sync_core.storage.names import ASSET_QUEUE, LINEAGE_QUEUE
from sync_core.telemetry.traceparent import Traceparent

MAX_ASSETS = 20  # with four operations each at their last step, they fit into one transaction
MAX_BYTES = 45_000  # a queue holds 48 KiB of text
MAX_MEMBER_BYTES = 10_000  # names may be long

QUEUES = {JobKind.ASSET: ASSET_QUEUE, JobKind.DATA_SET: LINEAGE_QUEUE, JobKind.LOOK: LINEAGE_QUEUE}


class Message(BaseModel):
    """What all messages share: they wake the jobs that they name. Unknown properties are ignored.

    `traceparent` is the trace that goes on with it; one that is none counts for nothing.
    """

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    traceparent: Traceparent = None

    @property
    def sends(self) -> Mapping[str, int]:
        """For the key of each job, the how-manieth of its messages it is; 0 is one that counts whatever came after."""
        raise NotImplementedError

    def only(self, key: str) -> "Message":  # noqa: ARG002  # one that names a single job
        """Return the message without all jobs but one."""
        return self

    def to_json(self) -> str:
        """Return the text that travels on the queue."""
        return self.model_dump_json(by_alias=True, exclude_none=True)

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


class Member(BaseModel):
    """An asset in a message.

    Of one that was just recorded, `job` and `about` are its job's row and its record, as they stand under these ETags:
    while nobody has touched them, they need not be read.
    """

    model_config = Message.model_config

    key: str = Field(pattern="^[0-9a-f]{32}$")
    send: int = Field(default=0, ge=0)
    job: dict[str, Any] = Field(default_factory=dict)
    job_etag: str = ""
    about: dict[str, Any] = Field(default_factory=dict)
    about_etag: str = ""

    @model_serializer(mode="wrap")
    def _without_what_is_empty(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in serialize(self).items() if value}


class AssetMessage(Message):
    """Asks for the groups and sources of recorded assets."""

    kind: Literal["asset"] = "asset"
    assets: list[Member] = Field(min_length=1, max_length=MAX_ASSETS)
    run_id: str = ""

    @property
    def sends(self) -> Mapping[str, int]:
        """By the assets' keys."""
        return {one.key: one.send for one in self.assets}

    def only(self, key: str) -> "AssetMessage":
        """Return the message for one of its assets."""
        return self.model_copy(update={"assets": [one for one in self.assets if one.key == key]})

    @classmethod
    def of(cls, *keys: str, run_id: str = "") -> "AssetMessage":
        """Return a message that wakes the jobs of these assets, whatever messages of them came before."""
        return cls(assets=[Member(key=key) for key in keys], run_id=run_id)


class DataSetMessage(Message):
    """Asks for the lineage of one data set."""

    kind: Literal["data_set"] = "data_set"
    data_set_id: str = Field(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    send: int = Field(default=0, ge=0)

    @property
    def sends(self) -> Mapping[str, int]:
        """By the data set's id."""
        return {self.data_set_id: self.send}


class LookMessage(Message):
    """Asks for a look into CluedIn: deliveries wait that could not say which data set was processed."""

    kind: Literal["look"]  # without it, each object would be one
    send: int = Field(default=0, ge=0)

    @property
    def sends(self) -> Mapping[str, int]:
        """There is one such job."""
        return {LOOK_KEY: self.send}


def is_outdated(send: int, sends: int) -> bool:
    """Whether a newer message asks for the same work, of which so many were sent by now.

    Queues deliver twice. Were each copy put back for itself, there would be ever more of them while a service is away.
    Should the newest one be lost, the next tick sends another.
    """
    return 0 < send < sends


def message_of(job: Job) -> Message:
    """Return the message that wakes a job."""
    if job.kind is JobKind.ASSET:
        member = Member(key=job.key, send=job.sends)
        return AssetMessage(assets=[member], run_id=job.run_id, traceparent=job.traceparent)
    if job.kind is JobKind.LOOK:
        return LookMessage(kind="look", send=job.sends, traceparent=job.traceparent)
    return DataSetMessage(data_set_id=job.key, send=job.sends, traceparent=job.traceparent)


def messages_of(jobs: Sequence[Job]) -> Iterator[Message]:
    """Yield the messages that wake jobs: assets of one run together for which nothing was tried yet, all else alone."""
    together = dict[tuple[str, str | None], list[Member]]()
    for job in jobs:
        if job.kind is JobKind.ASSET and job.is_untried:
            together.setdefault((job.run_id, job.traceparent), []).append(Member(key=job.key, send=job.sends))
        else:
            yield message_of(job)
    for (run_id, traceparent), members in together.items():
        yield from asset_messages(members, run_id, traceparent)


def asset_messages(assets: Iterable[Member], run_id: str, traceparent: str | None = None) -> Iterator[AssetMessage]:
    """Yield messages that wake the jobs of assets: as many in one as are made in CluedIn together, and as fit."""
    batch: list[Member] = []
    size = 0
    for asset in assets:
        one, own_size = _fitting(asset)
        if batch and (len(batch) == MAX_ASSETS or size + own_size > MAX_BYTES):
            yield AssetMessage(assets=batch, run_id=run_id, traceparent=traceparent)
            batch, size = [], 0
        batch.append(one)
        size += own_size
    if batch:
        yield AssetMessage(assets=batch, run_id=run_id, traceparent=traceparent)


def _fitting(asset: Member) -> tuple[Member, int]:
    """Return an asset and its bytes; one that is too large has to be read."""
    size = len(asset.model_dump_json(by_alias=True).encode())
    if size <= MAX_MEMBER_BYTES:
        return asset, size
    return Member(key=asset.key, send=asset.send), 100


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
