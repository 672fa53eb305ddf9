"""Notifies people whose lineage stands in Purview now, once no delivery is open any more."""

from dataclasses import dataclass

from sync_core.errors import ConflictError
from sync_core.flows.notify import Notify
from sync_core.mapping.announcements import data_sets_synced
from sync_core.state.data_sets import DataSetStore
from sync_core.state.deliveries import DeliveryStore


@dataclass(frozen=True)
class AnnounceDataSets:
    """Sends one notification for all data sets that were pushed since the last one."""

    data_sets: DataSetStore
    deliveries: DeliveryStore
    notify: Notify

    def if_done(self) -> None:
        """Announce all news once nothing is outstanding."""
        if not self.notify.is_on or self.deliveries.has_open():
            return
        news = self.data_sets.news()
        if not news:
            return
        try:
            self.data_sets.forget_news(news)
        except ConflictError:  # another worker was done at the same moment and announces them
            return
        self.notify.send("data_set_synced", data_sets_synced(sorted(item.name for item in news)))
