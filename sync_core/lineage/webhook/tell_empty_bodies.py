"""Tells people that deliveries arrive without their body: once by a notification, and in each run while it lasts."""

from dataclasses import dataclass

from sync_core.lineage.webhook.bodiless import explain
from sync_core.lineage.webhook.empty_bodies import SEEN, EmptyBodies
from sync_core.lineage.webhook.empty_bodies_seen import EmptyBodiesSeen, EmptyBodiesTold
from sync_core.notifications.announcement import Announcement, NotificationKind
from sync_core.notifications.notify import Notify
from sync_core.runs.run_log import RunLog

TOLD = "empty-bodies-told"


@dataclass(frozen=True)
class TellEmptyBodies:
    """Reads what was noted, and keeps of what people were told."""

    empty_bodies: EmptyBodies
    notify: Notify

    def tell(self, log: RunLog) -> None:
        """Send one notification, and the next one when it ends and comes again."""
        notes = self.empty_bodies.notes
        seen = notes.load(EmptyBodiesSeen, SEEN)
        text = explain(seen, self.empty_bodies.clock())
        if seen is None or not text:
            return
        log.notes.append(text)
        told = notes.load(EmptyBodiesTold, TOLD)
        if self.notify.is_on and (told is None or told.first_at != seen.first_at):
            note = EmptyBodiesTold(first_at=seen.first_at)
            self.notify.tell(_bodies_missing(text), lambda: notes.save(TOLD, note))


def _bodies_missing(text: str) -> Announcement:
    return Announcement(
        NotificationKind.WEBHOOK_BODIES_MISSING, "Deliveries of CluedIn arrive without their body", text
    )
