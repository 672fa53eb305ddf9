"""What people are told: a text for those who read it, and the same as values for programs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel


class NotificationKind(StrEnum):
    """What people are told of. The values are shown in `status` and sent to programs; docs/operations.md has them."""

    DATA_SOURCE_CREATED = "data_source_created"
    SYNCHRONIZATION_COMPLETED = "synchronization_completed"
    DATA_SET_SYNCED = "data_set_synced"
    DATA_SET_FAILED = "data_set_failed"
    ASSET_RETIRED = "asset_retired"
    APPROVAL_NEEDED = "approval_needed"
    TERMS_PAUSED = "terms_paused"
    ASSET_CURATION = "asset_curation"
    GROUPS_MISSING = "groups_missing"
    GROUPS_MADE_AGAIN = "groups_made_again"
    STORE_PAUSED = "store_paused"
    CREDENTIALS_REFUSED = "credentials_refused"
    WEBHOOK_SILENT = "webhook_silent"
    WEBHOOK_BODIES_MISSING = "webhook_bodies_missing"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that an announcement is about, and why it is told; `id` is an asset's guid, a data set's id, or a name.

    `url` is its place on the app's own page, where that is known; `asset` the key of the asset on whose page it is.
    """

    id: str
    name: str
    reason: str = ""
    url: str = ""
    asset: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One notification. `kind` is a `NotificationKind`, or one that a newer version kept; `link` leads to the page."""

    kind: str
    title: str
    body: str
    items: tuple[Item, ...] = ()
    link: str = ""

    def about(self, items: Sequence[Item]) -> "Announcement":
        """Return it with what it is about."""
        return replace(self, items=tuple(items))


class LastNotification(BaseModel):
    """How the last notification of a kind went; `error` is empty when it was sent."""

    title: str
    body: str
    sent_at: datetime
    error: str = ""
