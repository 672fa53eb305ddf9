"""Notifies people that a service refuses the app's credentials: once, when it has lasted, and again after it has ended.

What is noted costs nothing while all is well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from sync_core.errors import CredentialsError
from sync_core.notifications.announcement import Item
from sync_core.notifications.notify import Notify
from sync_core.notifications.texts import credentials_refused
from sync_core.storage.notes import Notes

NOTE = "refused-notified"
TOLD_AFTER = timedelta(minutes=4)  # a service that starts anew refuses everybody for a moment
ENDED_AFTER = timedelta(hours=1)  # without a refusal: a run of either kind comes every five minutes


class Refusal(BaseModel):
    """Since when a service refuses the app, when it did last, and whether people were told."""

    model_config = ConfigDict(frozen=True)

    since: datetime
    last_at: datetime
    is_told: bool = False

    def at(self, now: datetime) -> "Refusal":
        """Return it with one more refusal."""
        return self.model_copy(update={"last_at": now}) if now - self.last_at <= ENDED_AFTER else first_refusal(now)


class Refusals(BaseModel):
    """The refusals by the service's title."""

    services: dict[str, Refusal] = Field(default_factory=dict)

    def plus(self, service: str, refusal: Refusal) -> "Refusals":
        """Return them with one more."""
        return Refusals(services={**self.services, service: refusal})


def first_refusal(now: datetime) -> Refusal:
    """Return a refusal that begins now."""
    return Refusal(since=now, last_at=now)


@dataclass(frozen=True)
class TellRefused:
    """Weighs what runs fail of."""

    notify: Notify
    notes: Notes
    clock: Callable[[], datetime]

    def heed(self, error: Exception) -> None:
        """Note a refusal, and tell of one that lasts; of any other failure nothing."""
        if not isinstance(error, CredentialsError) or not self.notify.is_on:
            return
        now, known = self.clock(), self.notes.load(Refusals, NOTE) or Refusals()
        before = known.services.get(error.service)
        refusal = before.at(now) if before else first_refusal(now)
        if refusal.is_told or now - refusal.since < TOLD_AFTER:
            self.notes.save(NOTE, known.plus(error.service, refusal))
            return
        told = known.plus(error.service, refusal.model_copy(update={"is_told": True}))
        text = credentials_refused(error.service, str(error), refusal.since)
        item = Item(error.service, error.service, str(error))
        self.notify.tell(text.about([item]), lambda: self.notes.save(NOTE, told))
