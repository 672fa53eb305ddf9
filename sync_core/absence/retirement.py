"""When an asset that is no longer found may be retired: never on doubt, never many without a person's approval."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from sync_core.absence.approval import Approval
from sync_core.assets.record import LOOKS_APART, AssetRecord, AssetStatus

# An asset must be missing from this many complete snapshots in a row.
GRACE_SNAPSHOTS = 2
RETIRABLE = frozenset({AssetStatus.QUEUED, AssetStatus.SYNCED, AssetStatus.FAILED})


class Known(Protocol):
    """A record, or what the index says of it."""

    @property
    def guid(self) -> str:
        """Whose it is."""

    @property
    def refreshed_at(self) -> datetime:
        """When the asset was read."""


KnownAsset = TypeVar("KnownAsset", bound=Known)


def latest_by_guid(records: Iterable[KnownAsset]) -> dict[str, KnownAsset]:
    """Return the record of each guid: of several, that which was read last. It has the qualified name of today."""
    latest: dict[str, KnownAsset] = {}
    for record in records:
        known = latest.get(record.guid)
        if known is None or known.refreshed_at < record.refreshed_at:
            latest[record.guid] = record
    return latest


def counts_once_more(record: AssetRecord, now: datetime) -> bool:
    """Whether that a record is missing counts against its grace: not right after it did, as two looks are then one."""
    since = record.absent_since or now
    is_apart = not record.absent or now - since >= record.absent * LOOKS_APART
    return is_apart and record.absent < GRACE_SNAPSHOTS


def is_due(record: AssetRecord) -> bool:
    """Whether a record has used up its grace."""
    return record.status in RETIRABLE and record.absent >= GRACE_SNAPSHOTS


def is_approved(due: int, approval: Approval | None, now: datetime) -> bool:
    """Whether a person's approval allows that so many assets are retired."""
    return approval is not None and now < approval.expires_at and due <= approval.left
