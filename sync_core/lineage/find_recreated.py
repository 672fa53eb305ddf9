"""Finds data sets whose source asset was deleted and scanned again: their lineage starts at an asset that is gone.

The asset has another guid now, and no one processes a data set anew for that. Reads our own state only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from pydantic import BaseModel

from sync_core.assets.asset_rows import StoredAsset
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetStatus
from sync_core.jobs.message import message_of
from sync_core.lineage.data_set_store import DataSetStore
from sync_core.lineage.record import DataSetRecord
from sync_core.lineage.webhook.delivery import found_delivery
from sync_core.lineage.webhook.receipts import ReceiptStore
from sync_core.runs.counts import Count
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes
from sync_core.storage.queues import WorkQueue

CURSOR = "recreated"
DATA_SETS_A_RUN = 200
FIND_TIME = timedelta(minutes=1)  # each enqueuing is some storage operations


class RecreatedCursor(BaseModel):
    """Behind which data set to go on; empty to start from the first."""

    after: str


@dataclass(frozen=True)
class FindRecreated:
    """Compares the guid that a lineage was written for with the asset's present one."""

    data_sets: DataSetStore
    assets: AssetStore
    receipts: ReceiptStore
    queue: WorkQueue
    cursors: Notes
    clock: Callable[[], datetime]

    def run(self, log: RunLog) -> None:
        """Look at the next data sets, and enqueue those whose asset is another entity now; once for each of these.

        The next run goes on behind the last one that this run came to, also where its time or a failure ended it.
        """
        cursor = self.cursors.load(RecreatedCursor, CURSOR) or RecreatedCursor(after="")
        records = list(islice(self.data_sets.after(cursor.after), DATA_SETS_A_RUN))
        assets = self.assets.load_many(list({record.asset_key for record in records if record.guid}))
        after, ends_at = cursor.after, log.ends_within(self.clock(), FIND_TIME)
        try:
            for number, record in enumerate(records):
                if number and self.clock() >= ends_at:
                    break
                after = record.data_set_id
                self._look_at(record, assets.get(record.asset_key), log)
        finally:
            is_round_over = len(records) < DATA_SETS_A_RUN and (not records or after == records[-1].data_set_id)
            self.cursors.save(CURSOR, RecreatedCursor(after="" if is_round_over else after))

    def _look_at(self, record: DataSetRecord, asset: StoredAsset | None, log: RunLog) -> None:
        is_current = asset is not None and asset.record.status is AssetStatus.SYNCED
        if record.guid and asset is not None and is_current and asset.record.guid != record.asset_guid:
            self._enqueue(record.data_set_id, asset.record.guid, log)

    def _enqueue(self, data_set_id: str, guid: str, log: RunLog) -> None:
        delivery = found_delivery(f"recreated-{guid}", data_set_id, self.clock())
        receipt = self.receipts.receive(delivery)
        if receipt.job:
            self.queue.send(message_of(receipt.job))
        if receipt.is_new:
            log.counts[Count.DATA_SETS_RELINKED] += 1
