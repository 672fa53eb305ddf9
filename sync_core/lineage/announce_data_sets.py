"""Notifies people whose lineage stands in Purview now, and whose was given up, once no work is outstanding."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sync_core.errors import ConflictError
from sync_core.lineage.data_set_store import DataSetNews, DataSetStore
from sync_core.notifications.announcement import Announcement, Item
from sync_core.notifications.notify import Notify
from sync_core.notifications.texts import Failure, data_sets_failed, data_sets_synced


@dataclass(frozen=True)
class AnnounceDataSets:
    """Sends one notification for all data sets that were pushed since the last one, and one for those given up."""

    data_sets: DataSetStore
    notify: Notify

    @property
    def is_on(self) -> bool:
        """Whether anyone is to be notified."""
        return self.notify.is_on

    def if_done(self) -> None:
        """Announce all news once nothing is outstanding."""
        if not self.notify.is_on or self.data_sets.jobs.has_pending():
            return
        news = self.data_sets.news()
        if news:
            self.notify.send_once(list(_told_of(news)), lambda: self._take(news))

    def _take(self, news: Sequence[DataSetNews]) -> bool:
        try:
            self.data_sets.forget_news(news)
        except ConflictError:  # another worker was done at the same moment and announces them
            return False
        return True


def _told_of(news: Sequence[DataSetNews]) -> Iterator[Announcement]:
    synced = sorted((item for item in news if not item.failure), key=lambda item: item.name)
    failed = sorted((item for item in news if item.failure), key=lambda item: item.name)
    if synced:
        yield data_sets_synced([item.name for item in synced]).about(_items(synced))
    if failed:
        failures = [Failure(item.name, item.failure) for item in failed]
        yield data_sets_failed(failures).about(_items(failed))


def _items(news: Sequence[DataSetNews]) -> list[Item]:
    return [Item(item.data_set_id, item.name, item.failure, asset=item.asset_key) for item in news]
