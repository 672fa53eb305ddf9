"""Notifies people of terms and stores that are paused for long: what is tagged with them does not arrive meanwhile."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel

from sync_core.notifications.announcement import Announcement, Item
from sync_core.notifications.notify import Notify
from sync_core.notifications.texts import stores_paused, terms_paused
from sync_core.runs.defer import Deferrals
from sync_core.runs.deferred import Deferred, Kind
from sync_core.storage.notes import Notes

NOTE = "paused-notified"
NOTE_OF_STORES = "stores-notified"
NOTIFIED_AFTER = timedelta(days=1)
STORE_NOTIFIED_AFTER = timedelta(hours=1)  # all that depends on it stands still


class NotifiedNote(BaseModel):
    """The pauses that people were told of: since when each one lasts, by the key of the term or the store."""

    since: dict[str, datetime]


@dataclass(frozen=True)
class TellPaused:
    """Tells of each pause once."""

    notify: Notify
    notes: Notes
    clock: Callable[[], datetime]

    def tell(self, paused: Iterable[Deferred]) -> None:
        """Notify of the pauses of terms that last for a day, each once; costs nothing while there is none."""
        self._tell(paused, NOTIFIED_AFTER, NOTE, terms_paused)

    def tell_stores(self, deferrals: Deferrals) -> None:
        """Notify of the stores that have answered nothing for an hour, each once; where none was asked, of nothing."""
        if deferrals.knows(Kind.STORE):
            self._tell(deferrals.all(Kind.STORE), STORE_NOTIFIED_AFTER, NOTE_OF_STORES, stores_paused)

    def _tell(
        self,
        paused: Iterable[Deferred],
        after: timedelta,
        name: str,
        to_text: Callable[[Sequence[tuple[str, str]]], Announcement],
    ) -> None:
        long = {one.id: one for one in paused if self.clock() - one.since >= after}
        if not long or not self.notify.is_on:
            return
        before = self.notes.load(NotifiedNote, name)
        notified = before.since if before else {}
        new = [one for one in long.values() if notified.get(one.id) != one.since]
        if new:
            text = to_text([(one.name or one.id, one.reason) for one in new])
            items = [Item(one.id, one.name or one.id, one.reason) for one in new]
            note = NotifiedNote(since={key: one.since for key, one in long.items()})
            self.notify.tell(text.about(items), lambda: self.notes.save(name, note))
