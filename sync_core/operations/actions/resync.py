"""Has an asset's group and source looked at again in CluedIn, or a data set's lineage pushed again.

What Purview says of an asset is read by discovery: when its list shows a change, and once a day. Only what could not be
read, or lacked a name, is asked for here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.errors import NotFoundError, RejectedError
from sync_core.jobs.wake_up import send_or_leave
from sync_core.jobs.worker import Work
from sync_core.lineage.data_set_jobs import new_job
from sync_core.lineage.data_set_store import DataSetStore
from sync_core.operations.actions.action import Resync
from sync_core.operations.actions.find_asset import FindAsset
from sync_core.operations.actions.look_again import LookAgain
from sync_core.operations.explain.asked import guid_in


@dataclass(frozen=True)
class ResyncThings:
    """Makes jobs; the workers of these look. A job that is outstanding stays the only one."""

    find: FindAsset
    look_again: LookAgain
    assets: AssetStore
    data_sets: DataSetStore
    asset_work: Work
    lineage_work: Work
    clock: Callable[[], datetime]

    def resync(self, request: Resync, run_id: str, has_time: Callable[[], bool]) -> Sequence[str]:
        """Have the job made of what is named; return what is in the way nevertheless.

        Raises:
            NotFoundError: the app knows none.
            RejectedError: it cannot be done now.
        """
        if request.data_set is not None:
            self._resync_data_set(request.data_set)
            return ()
        return self._resync_asset(request.asset or "", run_id, has_time)

    def _resync_asset(self, text: str, run_id: str, has_time: Callable[[], bool]) -> Sequence[str]:
        guid = guid_in(text)
        if self.look_again.is_deferred(guid) and self.find.by_id(guid) is None:  # it was never read
            self._check_is_on()
            _check_nothing_is(self.look_again.look(guid, None, run_id, has_time))
            return ()
        record = self.find.find(text, has_time)
        self._check_is_on()
        if record.status is AssetStatus.RETIRED:
            raise RejectedError(f"{record.name} is retired: give it its term again, and it is synced at the next tick.")
        if record.status is AssetStatus.REJECTED:
            _check_nothing_is(self.look_again.look(record.guid, record, run_id, has_time))
            return ()
        is_deferred = self.look_again.is_deferred(record.guid)
        why = self.look_again.look(record.guid, record, run_id, has_time) if is_deferred else ""
        self._ask(record, run_id)
        return (why,) if why else ()

    def _check_is_on(self) -> None:
        if not self.asset_work.is_on():
            raise RejectedError("The sync is switched off: nothing is made in CluedIn until it is on again.")

    def _ask(self, record: AssetRecord, run_id: str) -> None:
        now = self.clock()
        job = self.assets.ask_again(record.key, lambda one: _queued(one, now, run_id), run_id, now)
        if job:
            send_or_leave(self.asset_work.queue, job)

    def _resync_data_set(self, data_set_id: str) -> None:
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


def _check_nothing_is(in_the_way: str) -> None:
    if in_the_way:
        raise RejectedError(in_the_way)


def _queued(record: AssetRecord, now: datetime, run_id: str) -> AssetRecord:
    return record if record.status is AssetStatus.QUEUED else record.queued_again(now, run_id)
