"""What people are told: a text for those who read it, and the same as values for programs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that an announcement is about; `id` is an asset's guid or a data set's id, `reason` why it failed."""

    id: str
    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One notification."""

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
