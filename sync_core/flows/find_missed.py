"""Finds data sets that were processed in CluedIn without a webhook reaching us, by reading our sources' data sets.

Its cost is bounded: each run looks at some sources only and goes on behind them the next time.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from pydantic import BaseModel

from sync_core.clients.cluedin_data_sets import CluedInDataSets, DataSetSummary
from sync_core.domain.delivery import found_delivery
from sync_core.domain.message import DataSetMessage
from sync_core.errors import RejectedError
from sync_core.flows.run_log import RunLog
from sync_core.state.assets import AssetStore
from sync_core.state.deliveries import DeliveryStore
from sync_core.state.notes import Notes
from sync_core.state.queues import WorkQueue

CURSOR = "missed"
SOURCES_A_RUN = 50


class MissedCursor(BaseModel):
    """Behind which asset to go on; empty to start from the first."""

    after: str


class SeenVersion(BaseModel):
    """What a data set looked like when it was last enqueued from here."""

    version: str


@dataclass(frozen=True)
class FindMissed:
    """Compares data sets with what they looked like the last time."""

    data_sets: CluedInDataSets
    assets: AssetStore
    deliveries: DeliveryStore
    queue: WorkQueue
    cursors: Notes
    seen: Notes
    clock: Callable[[], datetime]

    def run(self, log: RunLog) -> None:
        """Look at the next sources and enqueue data sets that changed.

        Raises:
            TransientError, ConfigError: CluedIn does not answer; the next run goes on behind the source it failed at,
                so that one source that always fails does not hide all that come after it.
        """
        cursor = self.cursors.load(MissedCursor, CURSOR) or MissedCursor(after="")
        made = (record for record in self.assets.after(cursor.after) if record.source_id)
        records = list(islice(made, SOURCES_A_RUN))
        after = ""
        try:
            for record in records:
                after = record.key
                self._look(record.source_id, log)
            after = after if len(records) == SOURCES_A_RUN else ""
        finally:
            self.cursors.save(CURSOR, MissedCursor(after=after))

    def _look(self, source_id: str, log: RunLog) -> None:
        try:
            for summary in self.data_sets.fetch_summaries(source_id):
                if summary.is_processed:
                    self._check(summary, log)
        except RejectedError as error:
            log.notes.append(f"CluedIn does not tell the data sets of source {source_id}: {error}")
        log.counts["sources_checked"] += 1

    def _check(self, summary: DataSetSummary, log: RunLog) -> None:
        version = hashlib.sha256(repr(summary).encode()).hexdigest()
        seen = self.seen.load(SeenVersion, summary.data_set_id)
        if seen is not None and seen.version == version:
            return
        # Kept like a delivery, so that a message that is lost is sent again. The note is last: a crash before it does
        # all of this once more, which changes nothing.
        delivery = found_delivery(f"missed-{version[:32]}", summary.data_set_id, self.clock())
        self.deliveries.add(delivery)
        self.queue.send(DataSetMessage(data_set_id=summary.data_set_id, delivery_key=delivery.key))
        self.seen.save(summary.data_set_id, SeenVersion(version=version))
        log.counts["data_sets_enqueued"] += 1
