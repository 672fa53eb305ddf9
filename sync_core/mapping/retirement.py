"""When an asset that is no longer found may be retired: never on doubt, never many at once without a person's word."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sync_core.domain.approval import Approval, RetiredLately
from sync_core.domain.asset import AssetRecord, AssetStatus

# An asset must be missing from this many complete snapshots in a row.
GRACE_SNAPSHOTS = 2
# More than this many assets, and more than this share of all, is not retired without a person's word.
FREE_ASSETS = 5
FREE_SHARE = 0.3
COUNTED_TOGETHER = timedelta(days=1)
RETIRABLE = frozenset({AssetStatus.QUEUED, AssetStatus.SYNCED, AssetStatus.FAILED})


def is_missing(record: AssetRecord, present: Collection[str]) -> bool:
    """Whether a record that counts was not found in a complete snapshot of guids."""
    return record.status in RETIRABLE and record.guid not in present


def is_due(record: AssetRecord) -> bool:
    """Whether a missing record has used up its grace, this snapshot included."""
    return record.absent + 1 >= GRACE_SNAPSHOTS


def retired_lately(before: RetiredLately | None, now: datetime) -> RetiredLately:
    """Return what counts together with the next ones: a loss that shows bit by bit is still one loss."""
    return (
        before if before is not None and now - before.since < COUNTED_TOGETHER else RetiredLately(since=now, assets=0)
    )


def needs_approval(due: int, total: int, approval: Approval | None, now: datetime) -> bool:
    """Whether retiring `due` of `total` assets, those retired lately included, has to wait for a person."""
    if due <= FREE_ASSETS or due <= FREE_SHARE * total:
        return False
    return approval is None or approval.expires_at <= now or due > approval.assets
