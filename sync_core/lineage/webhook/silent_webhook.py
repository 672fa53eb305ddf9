"""Notices that CluedIn's webhook has fallen silent: data sets are processed, and no delivery comes any more.

Who never had a webhook hears nothing: without one, finding data sets is how they are to be found.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from sync_core.lineage.webhook.receipts import ReceiptStore
from sync_core.notifications.announcement import Item
from sync_core.notifications.notify import Notify
from sync_core.notifications.texts import webhook_silent
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes

NOTE = "webhook-silence"
WAITED_FOR = timedelta(minutes=15)  # a delivery may come later than we find the data set ourselves
COUNTS_BEFORE = timedelta(hours=1)  # ... or earlier: a look may be late
MAX_WAITING = 50
NO_DELIVERY = "It was processed, and no delivery of the webhook came for it."


class Found(BaseModel):
    """A data set that was found to be processed, and when."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    at: datetime


class Silence(BaseModel):
    """Which data sets wait for their delivery, and whether people were told that none comes."""

    model_config = ConfigDict(frozen=True)

    waiting: list[Found] = Field(default_factory=list)
    is_told: bool = False


@dataclass(frozen=True)
class SilentWebhook:
    """Keeps one note. Who finds data sets notes them, reconcile asks whether deliveries came."""

    receipts: ReceiptStore
    notes: Notes
    notify: Notify
    clock: Callable[[], datetime]

    def note(self, found: Sequence[tuple[str, str]]) -> None:
        """Note data sets that were found processed, as pairs of id and name; where nobody is to be told, nothing."""
        if not found or not self.notify.is_on:
            return
        now, known = self.clock(), self.notes.load(Silence, NOTE) or Silence()
        waiting = [*known.waiting, *(Found(id=key, name=name, at=now) for key, name in found)][:MAX_WAITING]
        self.notes.save(NOTE, known.model_copy(update={"waiting": waiting}))

    def tell(self, log: RunLog) -> None:
        """Tell once that deliveries stay away, and again when they came and stay away anew."""
        known = self.notes.load(Silence, NOTE)
        due = [one for one in known.waiting if self.clock() - one.at >= WAITED_FOR] if known else []
        if known is None or not due:
            return
        rest = Silence(waiting=[one for one in known.waiting if one not in due], is_told=known.is_told)
        if self.receipts.was_sent_since(min(one.at for one in due) - COUNTS_BEFORE):
            self.notes.save(NOTE, rest.model_copy(update={"is_told": False}))
            return
        last = self.receipts.last_sent_at()
        if last is None:
            self.notes.save(NOTE, rest)
            return
        text = webhook_silent([one.name for one in due], last)
        log.notes.append(text.body)
        if known.is_told:
            self.notes.save(NOTE, rest)
            return
        told = rest.model_copy(update={"is_told": True})
        items = [Item(one.id, one.name, NO_DELIVERY) for one in due]
        self.notify.tell(text.about(items), lambda: self.notes.save(NOTE, told))
