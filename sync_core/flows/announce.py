"""Notifies people when what was outstanding is done: what was created, and that the synchronization is completed."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from sync_core.clients.notifications import Notifier
from sync_core.domain.asset import AssetStatus, Origin
from sync_core.errors import ConflictError, SyncError
from sync_core.flows.run_log import RunLog
from sync_core.mapping.announcements import Announcement, data_sources_created, synchronization_completed
from sync_core.state.assets import AssetStore, News
from sync_core.state.notes import Notes

logger = logging.getLogger(__name__)


class LastNotification(BaseModel):
    """How the last notification of a kind went; `error` is empty when it was sent."""

    title: str
    body: str
    sent_at: datetime
    error: str = ""


@dataclass(frozen=True)
class Announce:
    """Sends at most one notification of each kind for the same news."""

    assets: AssetStore
    notifier: Notifier
    notes: Notes
    clock: Callable[[], datetime]

    def if_done(self, log: RunLog | None = None) -> None:
        """Announce all news once nothing is outstanding. A notification that fails is recorded and fails nothing."""
        if not self.notifier.is_on or self.assets.has_todo():
            return
        news = self.assets.news()
        if not news or not self._take(news):
            return
        synced = [item for item in news if item.status is AssetStatus.SYNCED]
        created = [item.name for item in synced if item.origin is Origin.CREATED]
        if created:
            self._send("data_source_created", data_sources_created(created))
        completed = synchronization_completed(
            created=len(created), adopted=len(synced) - len(created), failed=len(news) - len(synced)
        )
        self._send("synchronization_completed", completed)
        if log is not None:
            log.counts["announced"] += len(news)

    def _take(self, news: list[News]) -> bool:
        """Whoever drops the news may announce them: two workers that are done at once send one notification."""
        try:
            self.assets.forget_news(news)
        except ConflictError:
            return False
        return True

    def _send(self, kind: str, announcement: Announcement) -> None:
        error = ""
        try:
            self.notifier.send(announcement.title, announcement.body)
        except SyncError as failure:
            error = str(failure)
            logger.warning("Notification %s failed: %s", kind, error)
        sent = LastNotification(title=announcement.title, body=announcement.body, sent_at=self.clock(), error=error)
        self.notes.save(kind, sent)
