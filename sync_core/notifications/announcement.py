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
    WEBHOOK_BODIES_MISSING = "webhook_bodies_missing"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that an announcement is about; `id` is an asset's guid or a data set's id, `reason` why it failed."""

    id: str
    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One notification. `kind` is a `NotificationKind`, or one that a newer version kept."""

    kind: str
    title: str
    body: str
    items: tuple[Item, ...] = ()

    def about(self, items: Sequence[Item]) -> "Announcement":
        """Return it with what it is about."""
        return replace(self, items=tuple(items))


class LastNotification(BaseModel):
    """How the last notification of a kind went; `error` is empty when it was sent."""

    title: str
    body: str
    sent_at: datetime
    error: str = ""
