"""Notifies people of terms that are paused for long: what they tag or untag with them does not arrive meanwhile."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel

from sync_core.notifications.notify import Notify
from sync_core.notifications.texts import terms_paused
from sync_core.runs.deferred import Deferred
from sync_core.storage.notes import Notes

NOTE = "paused-told"
TOLD_AFTER = timedelta(days=1)


class ToldNote(BaseModel):
    """The pauses that people were told of: since when each one lasts, by the term's key."""

    since: dict[str, datetime]


@dataclass(frozen=True)
class TellPaused:
    """Tells of each pause once."""

    notify: Notify
    notes: Notes
    clock: Callable[[], datetime]

    def tell(self, paused: Iterable[Deferred]) -> None:
        """Notify of the pauses that last for a day and that nobody was told of; costs nothing while there is none."""
        long = {one.id: one for one in paused if self.clock() - one.since >= TOLD_AFTER}
        if not long or not self.notify.is_on:
            return
        before = self.notes.load(ToldNote, NOTE)
        told = before.since if before else {}
        news = [one for one in long.values() if told.get(one.id) != one.since]
        if news:
            text = terms_paused([(one.name or one.id, one.reason) for one in news])
            note = ToldNote(since={key: one.since for key, one in long.items()})
            self.notify.tell(text, lambda: self.notes.save(NOTE, note))
