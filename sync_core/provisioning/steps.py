"""What changes at each step of provisioning: in an asset's record, and beside it in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync_core.assets.changes import Change
from sync_core.assets.names import plain_group_name, source_name
from sync_core.assets.record import AssetRecord, AssetStatus, Origin
from sync_core.cluedin.client import Made
from sync_core.errors import AlreadyExistsError
from sync_core.provisioning.group_store import GroupStore
from sync_core.storage.table import Operation
from sync_core.telemetry.spans import current_traceparent

NO_GROUP = {"group_id": "", "group_name": "", "group_origin": None, "group_at": None, "source_id": ""}


@dataclass
class Naming:
    """Gives an asset the plain name for its group, unless another one has it."""

    groups: GroupStore
    record: AssetRecord
    is_tried: bool = False

    def operations(self) -> list[Operation]:
        """Return what gives it the name. The first time it is taken for free; where that fails, its row is read.

        Raises:
            AlreadyExistsError: another asset has it.
        """
        name, key = plain_group_name(self.record), self.record.key
        owner = self.groups.owner_of_name(name) if self.is_tried else ""
        self.is_tried = True
        if owner not in {"", key}:
            raise AlreadyExistsError(f"Asset {owner} calls its group '{name}'.")
        return [] if owner else [self.groups.naming(name, key)]


@dataclass
class Owning:
    """Makes an asset the owner of the group that was made for it."""

    groups: GroupStore
    group_id: str
    key: str
    age_s: float
    is_tried: bool = False

    def operations(self) -> list[Operation]:
        """Return what makes it the owner. The first time nobody is taken for it; where that fails, its row is read.

        Raises:
            TransientError: another asset took the group.
        """
        if self.is_tried:
            return self.groups.taking_new_group(self.group_id, self.key, self.age_s)
        self.is_tried = True
        return [self.groups.owning_new_group(self.group_id, self.key)]


def changer(**changes: Any) -> Change:
    """Return what sets these fields of a record."""
    return lambda record: record.model_copy(update=changes)


def with_group(group_id: str, name: str, origin: Origin, now: datetime) -> Change:
    """Return what gives a record its group."""
    return changer(group_id=group_id, group_name=name, group_origin=origin, group_at=now)


@dataclass(frozen=True, slots=True)
class Proof:
    """By which run an asset was synced, when, and with how many requests to each service."""

    run_id: str
    at: datetime
    requests: Mapping[str, int]


def with_source(record: AssetRecord, made: Made, origin: Origin, proof: Proof) -> Change:
    """Return what makes a record synced: its source stands.

    How, when and by which run it came there stays as it was where the same source is only looked at again. One that was
    proven to be gone is synced anew: that it is shown since then is a proof for the others (`absence/heal_groups`).
    """
    if is_known_source(record, made.id):
        return changer(status=AssetStatus.SYNCED, source_name=source_name(record))
    return changer(
        status=AssetStatus.SYNCED,
        source_id=made.id,
        source_name=source_name(record),
        source_origin=origin,
        gone_at=None,
        synced_at=proof.at,
        synced_name=record.name,
        synced_run_id=proof.run_id,
        synced_request_id=made.request_id,
        synced_requests=dict(proof.requests),
        synced_traceparent=current_traceparent(),
    )


def is_known_source(record: AssetRecord, source_id: str) -> bool:
    """Whether a record tells already how it came to this source, and nothing says that it was gone since."""
    return record.source_id == source_id and record.synced_at is not None and record.gone_at is None
