"""Has an asset's group and source looked at again in CluedIn, or a data set's lineage pushed again.

What Purview says of an asset is read by discovery alone: when its list shows a change, and once a day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.errors import NotFoundError, RejectedError
from sync_core.jobs.wake_up import send_or_leave
from sync_core.jobs.worker import Work
from sync_core.lineage.data_set_store import DataSetStore, new_job
from sync_core.operations.actions.action import Resync
from sync_core.operations.actions.find_asset import FindAsset


@dataclass(frozen=True)
class ResyncThings:
    """Makes jobs; the workers of these look. A job that is outstanding stays the only one."""

    find: FindAsset
    assets: AssetStore
    data_sets: DataSetStore
    asset_work: Work
    lineage_work: Work
    clock: Callable[[], datetime]

    def resync(self, request: Resync, run_id: str, has_time: Callable[[], bool]) -> int:
        """Have the job made of what is named; return how many there are of it.

        Raises:
            NotFoundError: the app knows none.
            RejectedError: it cannot be done now.
        """
        if request.data_set is not None:
            return self._resync_data_set(request.data_set)
        return self._resync_asset(request.asset or "", run_id, has_time)

    def _resync_asset(self, text: str, run_id: str, has_time: Callable[[], bool]) -> int:
        record = self.find.find(text, has_time)
        if not self.asset_work.is_on():
            raise RejectedError("The sync is switched off: nothing is made in CluedIn until it is on again.")
        _check_may_have_group(record)
        now = self.clock()
        job = self.assets.ask_again(record.key, lambda one: _queued(one, now, run_id), run_id, now)
        if job:
            send_or_leave(self.asset_work.queue, job)
        return 1

    def _resync_data_set(self, data_set_id: str) -> int:
        if self.data_sets.load(data_set_id) is None and self.data_sets.jobs.load(data_set_id) is None:
            raise NotFoundError(
                f"The app has no data set {data_set_id}: it hears of one when CluedIn has processed it, within five "
                "minutes."
            )
        if not self.lineage_work.is_on():
            raise RejectedError("Lineage is switched off (LINEAGE_ENABLED): nothing is written to Purview.")
        now = self.clock()
        job = self.data_sets.jobs.ask(new_job(data_set_id, now), now, lambda: self.data_sets.queuing(data_set_id, now))
        if job:
            send_or_leave(self.lineage_work.queue, job)
        return 1


def _check_may_have_group(record: AssetRecord) -> None:
    if record.status is AssetStatus.RETIRED:
        raise RejectedError(f"{record.name} is retired: give it its term again, and it is synced at the next tick.")
    if record.status is AssetStatus.REJECTED:
        raise RejectedError(record.reason)


def _queued(record: AssetRecord, now: datetime, run_id: str) -> AssetRecord:
    return record if record.status is AssetStatus.QUEUED else record.queued_again(now, run_id)
