"""When an asset that is no longer found may be retired: never on doubt, never many at once without a person's word."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sync_core.domain.approval import Approval, RetiredLately
from sync_core.domain.asset import AssetRecord, AssetStatus

# An asset must be missing from this many complete snapshots in a row.
GRACE_SNAPSHOTS = 2
# More than this many assets, and more than this share of the synced ones, is not retired without a person's word.
FREE_ASSETS = 5
FREE_SHARE = 0.3
COUNTED_TOGETHER = timedelta(days=1)
RETIRABLE = frozenset({AssetStatus.QUEUED, AssetStatus.SYNCED, AssetStatus.FAILED})


def latest_by_guid(records: Iterable[AssetRecord]) -> dict[str, AssetRecord]:
    """Return the record of each guid: of several, that which was read last. It has the qualified name of today."""
    latest: dict[str, AssetRecord] = {}
    for record in records:
        known = latest.get(record.guid)
        if known is None or known.refreshed_at < record.refreshed_at:
            latest[record.guid] = record
    return latest


def is_due(record: AssetRecord) -> bool:
    """Whether a record has used up its grace."""
    return record.status in RETIRABLE and record.absent >= GRACE_SNAPSHOTS


def retired_lately(before: RetiredLately | None, now: datetime) -> RetiredLately:
    """Return what counts together with the next ones: a loss that shows bit by bit is still one loss."""
    return (
        before if before is not None and now - before.since < COUNTED_TOGETHER else RetiredLately(since=now, assets=0)
    )


def is_free(due: int, total: int, lately: int) -> bool:
    """Whether `due` of `total` assets may be retired without a person's word, after `lately` that were already."""
    lost = due + lately
    return lost <= FREE_ASSETS or lost <= FREE_SHARE * (total + lately)


def is_approved(due: int, approval: Approval | None, now: datetime) -> bool:
    """Whether a person's word allows that so many assets are retired."""
    return approval is not None and now < approval.expires_at and due <= approval.left
