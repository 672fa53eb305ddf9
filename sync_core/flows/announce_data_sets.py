"""Notifies people whose lineage stands in Purview now, and whose was given up, once no delivery is open any more."""

from dataclasses import dataclass

from sync_core.errors import ConflictError
from sync_core.flows.notify import Notify
from sync_core.mapping.announcements import Failure, data_sets_failed, data_sets_synced
from sync_core.state.data_sets import DataSetStore
from sync_core.state.deliveries import DeliveryStore


@dataclass(frozen=True)
class AnnounceDataSets:
    """Sends one notification for all data sets that were pushed since the last one, and one for those given up."""

    data_sets: DataSetStore
    deliveries: DeliveryStore
    notify: Notify

    @property
    def is_on(self) -> bool:
        """Whether anyone is to be notified."""
        return self.notify.is_on

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
        synced = sorted(item.name for item in news if not item.failure)
        failures = sorted((item.name, item.failure) for item in news if item.failure)
        if synced:
            self.notify.send("data_set_synced", data_sets_synced(synced))
        if failures:
            self.notify.send("data_set_failed", data_sets_failed([Failure(*failure) for failure in failures]))
