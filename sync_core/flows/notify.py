"""Sends one notification and keeps how that went: one that fails is shown in `status` and fails nothing."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sync_core.clients.notifications import Notifier
from sync_core.domain.facts import LastNotification
from sync_core.errors import SyncError
from sync_core.mapping.announcements import Announcement
from sync_core.state.notes import Notes

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notify:
    """Sends notifications by kind."""

    notifier: Notifier
    notes: Notes
    clock: Callable[[], datetime]

    @property
    def is_on(self) -> bool:
        """Whether anyone is to be notified."""
        return self.notifier.is_on

    def send(self, kind: str, announcement: Announcement) -> None:
        """Send a notification; never raises for a failing receiver."""
        error = ""
        try:
            self.notifier.send(announcement.title, announcement.body)
        except SyncError as failure:
            error = str(failure)
            logger.warning("Notification %s failed: %s", kind, error)
        sent = LastNotification(title=announcement.title, body=announcement.body, sent_at=self.clock(), error=error)
        self.notes.save(kind, sent)
