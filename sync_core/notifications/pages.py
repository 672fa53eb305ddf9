"""Where on the app's own page people find what they are told of."""

from dataclasses import dataclass, replace
from urllib.parse import quote

from sync_core.notifications.announcement import Announcement, Item, NotificationKind

# Where on the page is what these are about, by its id: an asset has a page of its own; a data set is on that of its
# asset, or found among all where that is not known. A term or a store is nowhere.
ASSET, OF_ASSET, DATA_SET = "?asset={}", "?asset={}#lineage", "?search={}#data-sets"
PLACES: dict[str, str] = {
    NotificationKind.APPROVAL_NEEDED: ASSET,
    NotificationKind.ASSET_RETIRED: ASSET,
    NotificationKind.DATA_SET_FAILED: DATA_SET,
    NotificationKind.DATA_SET_SYNCED: DATA_SET,
    NotificationKind.DATA_SOURCE_CREATED: ASSET,
    NotificationKind.GROUPS_MADE_AGAIN: ASSET,
    NotificationKind.GROUPS_MISSING: ASSET,
    NotificationKind.SYNCHRONIZATION_COMPLETED: ASSET,
    NotificationKind.WEBHOOK_SILENT: DATA_SET,
}


@dataclass(frozen=True, slots=True)
class Pages:
    """Makes links; none where the dashboard's address is not known. No link holds a key."""

    dashboard: str = ""

    def linked(self, announcement: Announcement) -> Announcement:
        """Return an announcement with a link to the dashboard, and to each asset or data set that it names."""
        if not self.dashboard:
            return announcement
        place = PLACES.get(announcement.kind)
        items = tuple(self._linked(item, place) for item in announcement.items) if place else announcement.items
        return replace(announcement, items=items, link=self.dashboard)

    def _linked(self, item: Item, place: str) -> Item:
        path = OF_ASSET.format(quote(item.asset, safe="")) if item.asset else place.format(quote(item.id, safe=""))
        return replace(item, url=self.dashboard + path)
