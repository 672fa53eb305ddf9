"""Notifies people when what was outstanding is done: what was created, and that the synchronization is completed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sync_core.assets.asset_rows import News
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetStatus, Origin
from sync_core.notifications.announcement import Announcement, Item
from sync_core.notifications.notify import Notify
from sync_core.notifications.texts import Failure, assets_retired, data_sources_created, synchronization_completed
from sync_core.runs.counts import Count
from sync_core.runs.run_log import RunLog


@dataclass(frozen=True)
class Announce:
    """Sends at most one notification of each kind for the same news, and for the same discovery."""

    assets: AssetStore
    notify: Notify
    is_discovering: Callable[[], bool]

    @property
    def is_on(self) -> bool:
        """Whether anyone is to be notified."""
        return self.notify.is_on

    def if_done(self, log: RunLog | None = None) -> None:
        """Announce all news once nothing is outstanding. A notification that fails is recorded and fails nothing.

        A discovery that is going on may find more, so a worker, which has no `log`, leaves it to the discovery's end.
        """
        if not self.is_on or self.assets.jobs.has_pending() or (log is None and self.is_discovering()):
            return
        news = self.assets.news()
        told = list(_told_of(news))
        if told and self.notify.send_once(told, lambda: self.assets.take_news(news)) and log is not None:
            log.counts[Count.ANNOUNCED] += len(news)


def _told_of(news: Sequence[News]) -> Iterator[Announcement]:
    """Yield what is to be told; assets are retired by a discovery that could not tell it itself any more."""
    if retired := [item for item in news if item.status is AssetStatus.RETIRED]:
        yield assets_retired([item.name for item in retired]).about(_items(retired))
    if ended := [item for item in news if item.status is not AssetStatus.RETIRED]:
        yield from _told_of_ends(ended)


def _told_of_ends(news: Sequence[News]) -> Iterator[Announcement]:
    synced = [item for item in news if item.status is AssetStatus.SYNCED]
    created = [item for item in synced if item.origin is Origin.CREATED]
    failed = [item for item in news if item.status is AssetStatus.FAILED]
    completed = synchronization_completed(
        created=len(created),
        adopted=len(synced) - len(created),
        failures=[Failure(item.name, item.reason) for item in failed],
    ).about(_items(failed))
    if created:
        yield data_sources_created([item.name for item in created]).about(_items(created))
    yield completed


def _items(news: Sequence[News]) -> list[Item]:
    return [Item(item.guid or item.key, item.name, item.reason) for item in news]
