"""Sends notifications, and keeps each until everybody has it: a receiver that is away costs nobody the news."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile

from pydantic import BaseModel, Field

from sync_core.errors import SyncError
from sync_core.logs import get_logger
from sync_core.notifications.announcement import Announcement, Item, LastNotification
from sync_core.notifications.pages import Pages
from sync_core.notifications.receivers import Receiver
from sync_core.runs.counts import Count
from sync_core.runs.run_log import RunLog
from sync_core.runtime import Runtime
from sync_core.storage.notes import Notes

logger = get_logger(__name__)

FIRST_PAUSE = timedelta(minutes=4)  # the next reconciliation but one at the latest
LONGEST_PAUSE = timedelta(hours=6)
KEPT_FOR = timedelta(days=30)
KEPT_A_RUN = 100
KEPT_TIME = timedelta(minutes=1)
ITEMS_KEPT = 50
LONGEST_KEPT = 200
LONGEST_BODY = 20_000  # of 1 MiB that a row holds; no receiver takes more
KEPT = "It is kept, and sent again."


class Kept(BaseModel):
    """A notification that is not with everybody yet; `told` are the ids of those who have it."""

    kind: str
    title: str
    body: str
    items: list[Item] = Field(default_factory=list)
    kept_at: datetime
    next_at: datetime
    tries: int = 0
    told: list[str] = Field(default_factory=list)

    @property
    def announcement(self) -> Announcement:
        """The notification itself."""
        return Announcement(self.kind, self.title, self.body, tuple(self.items))


@dataclass(frozen=True)
class Notify:
    """Sends notifications. `last` is what `status` shows of each kind, `outbox` what is still to be told.

    `pages` makes the links as they are when it is sent.
    """

    receivers: Sequence[Receiver]
    last: Notes
    outbox: Notes
    runtime: Runtime
    pages: Pages = Pages()  # noqa: RUF009  # it is frozen

    @property
    def is_on(self) -> bool:
        """Whether anyone is to be notified."""
        return bool(self.receivers)

    def tell(self, announcement: Announcement, note: Callable[[], object]) -> None:
        """Do what a notification tells of, or note that people are told, and send it; never raises for a receiver.

        It is kept before `note` is called: who dies in between is heard twice at worst. Where nobody is to be notified,
        `note` is called alone.
        """
        if not self.is_on:
            note()
            return

        def take() -> bool:
            note()
            return True

        self.send_once([announcement], take)

    def send_once(self, news: Sequence[Announcement], take: Callable[[], bool]) -> bool:
        """Send what `take` says is ours to tell, and return what it says.

        It is kept before `take` drops the news, and dropped if another worker was faster: who dies in between has
        lost nothing, at worst somebody hears it twice.
        """
        kept = {f"{self.runtime.now():%Y%m%d%H%M%S%f}-{self.runtime.new_id()}": self._to_keep(one) for one in news}
        for name, one in kept.items():
            self.outbox.save(name, one)
        is_ours = False
        try:
            is_ours = take()
        finally:
            if not is_ours:
                for name in kept:
                    self.outbox.delete(name)
        if is_ours:
            self._send_all(kept.items())
        return is_ours

    def send_kept(self, log: RunLog) -> None:
        """Send again what is due, the oldest first, as far as there is time.

        One receiver that fails is left alone for the rest of the run.
        """
        if not self.is_on:
            return
        now = self.runtime.now()
        due = ((name, kept) for name, kept in self.outbox.all(Kept) if now >= kept.next_at)
        ends_at = log.ends_within(now, KEPT_TIME)
        in_time = takewhile(lambda _: self.runtime.now() < ends_at, list(islice(due, KEPT_A_RUN)))
        log.counts[Count.NOTIFICATIONS_SENT] += self._send_all(in_time)

    def _to_keep(self, announcement: Announcement) -> Kept:
        now = self.runtime.now()
        items = [
            Item(item.id, item.name[:LONGEST_KEPT], item.reason[:LONGEST_KEPT], asset=item.asset)
            for item in announcement.items[:ITEMS_KEPT]
        ]
        return Kept(
            kind=announcement.kind,
            title=announcement.title,
            body=announcement.body[:LONGEST_BODY],
            items=items,
            kept_at=now,
            next_at=now + FIRST_PAUSE,
        )

    def _send_all(self, kept: Iterable[tuple[str, Kept]]) -> int:
        failures: dict[str, str] = {}
        return sum(self._send(name, one, failures) for name, one in kept)

    def _send(self, name: str, kept: Kept, failures: dict[str, str]) -> bool:
        """Send one to those who do not have it; note in `failures` why a receiver did not take it. Return if all do."""
        told, announcement = set(kept.told), self.pages.linked(kept.announcement)
        for receiver in self.receivers:
            if receiver.id not in told | failures.keys():
                try:
                    receiver.send(announcement)
                    told.add(receiver.id)
                except SyncError as failure:
                    failures[receiver.id] = str(failure)
                    logger.warning("Notification %s failed: %s", kept.kind, failure)
        missing = [failures[receiver.id] for receiver in self.receivers if receiver.id not in told]
        if missing and self.runtime.now() < kept.kept_at + KEPT_FOR:
            self._keep_on(name, kept, sorted(told))
            missing.append(KEPT)
        else:
            self.outbox.delete(name)
        sent = LastNotification(title=kept.title, body=kept.body, sent_at=self.runtime.now(), error=" ".join(missing))
        self.last.save(kept.kind, sent)
        return not missing

    def _keep_on(self, name: str, kept: Kept, told: list[str]) -> None:
        pause = min(FIRST_PAUSE * 2.0 ** min(kept.tries, 10), LONGEST_PAUSE)
        update = {"told": told, "tries": kept.tries + 1, "next_at": self.runtime.now() + pause}
        self.outbox.save(name, kept.model_copy(update=update))
