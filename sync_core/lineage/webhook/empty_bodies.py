"""Remembers that deliveries arrive without their body, and tells people: once by a notification, and while it lasts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sync_core.lineage.webhook.bodiless import bodies_missing, explain, noted
from sync_core.lineage.webhook.empty_bodies_seen import EmptyBodiesSeen, EmptyBodiesTold
from sync_core.notifications.notify import Notify
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes

SEEN = "empty-bodies"
TOLD = "empty-bodies-told"


@dataclass(frozen=True)
class EmptyBodies:
    """Keeps one note. Who receives deliveries notes, reconcile tells."""

    notes: Notes
    notify: Notify
    clock: Callable[[], datetime]

    def note(self, *, refused: bool) -> None:
        """Note one more such delivery; one operation, and once a minute another one."""
        seen = noted(self.notes.load(EmptyBodiesSeen, SEEN), self.clock(), refused=refused)
        if seen is not None:
            self.notes.save(SEEN, seen)

    def explain(self) -> str:
        """Return what is wrong and what to do, or nothing."""
        return explain(self.notes.load(EmptyBodiesSeen, SEEN), self.clock())

    def tell(self, log: RunLog) -> None:
        """Send one notification, and the next one when it ends and comes again."""
        seen = self.notes.load(EmptyBodiesSeen, SEEN)
        text = explain(seen, self.clock())
        if seen is None or not text:
            return
        log.notes.append(text)
        told = self.notes.load(EmptyBodiesTold, TOLD)
        if self.notify.is_on and (told is None or told.first_at != seen.first_at):
            note = EmptyBodiesTold(first_at=seen.first_at)
            self.notify.tell(bodies_missing(text), lambda: self.notes.save(TOLD, note))
