"""What the group of an asset may be called that CluedIn has never seen; pure."""

from collections.abc import Collection, Sequence

from sync_core.assets.names import full_group_name, plain_group_name, source_name, unmistakable_group_name
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.cluedin.lists import SMALLEST_FULL_PAGE, ListPage
from sync_core.cluedin.snapshot import KnownSource
from sync_core.cluedin.wire import DataSourceSet


def new_group_name(
    record: AssetRecord, page: ListPage[DataSourceSet], known: Sequence[KnownSource], used: Collection[str]
) -> str | None:
    """Return the name under which a group is made for an asset, or None: that takes a closer look.

    `page` is what a search for the asset's name shows, `known` what the latest snapshot knows of its source; `used` are
    the names that others of the same batch take. Names are compared without their case: CluedIn may do so.
    """
    if known or not _is_untouched(record) or not _is_whole(page):
        return None
    names = plain_group_name(record), full_group_name(record), unmistakable_group_name(record)
    if any(_may_be_its(group, record, names) for group in page.rows.values()):
        return None
    taken = {group.name.casefold() for group in page.rows.values()} | {name.casefold() for name in used}
    return next((name for name in names[:2] if name.casefold() not in taken), None)


def _is_untouched(record: AssetRecord) -> bool:
    """Whether nothing was ever asked for in CluedIn for it."""
    return record.status is AssetStatus.QUEUED and not record.group_name and not record.group_id


def _is_whole(page: ListPage[DataSourceSet]) -> bool:
    """Whether nothing else can follow: a page that may be full is never the last, and a total may count more."""
    if page.unreadable or page.size >= SMALLEST_FULL_PAGE:
        return False
    return page.size == (page.total or 0)


def _may_be_its(group: DataSourceSet, record: AssetRecord, names: Collection[str]) -> bool:
    has_source = any(source.name == source_name(record) for source in group.data_sources)
    return has_source or group.unreadable_sources > 0 or (group.is_empty and group.name in names)
