"""Finds what changed in CluedIn without a webhook reaching us, by reading our sources: data sets, and sources deleted.

Its cost is bounded: each run looks at some sources only and goes on behind them the next time.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from pydantic import BaseModel

from sync_core.clients.cluedin_data_sets import CluedInDataSets, DataSetSummary
from sync_core.domain.asset import AssetRecord, AssetStatus
from sync_core.domain.delivery import found_delivery
from sync_core.domain.message import DataSetMessage
from sync_core.errors import NotFoundError, RejectedError
from sync_core.flows.recover_source import RecoverSource, may_have_source
from sync_core.flows.run_log import RunLog
from sync_core.state.asset_rows import Todo
from sync_core.state.assets import AssetStore
from sync_core.state.data_sets import DataSetStore
from sync_core.state.deliveries import DeliveryStore
from sync_core.state.notes import Notes
from sync_core.state.queues import WorkQueue

CURSOR = "missed"
SOURCES_A_RUN = 17  # some 200 an hour, as a run comes every five minutes
LOOK_TIME = timedelta(minutes=2)  # the host ends a run after ten minutes, and what it had noted with it


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
    recover_source: RecoverSource
    records: DataSetStore
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
        made = (one for one in self.assets.after(cursor.after) if one.source_id or may_have_source(one))
        records = list(islice(made, SOURCES_A_RUN))
        after, ends_at = "", self.clock() + LOOK_TIME
        try:
            for record in records:
                if after and self.clock() >= ends_at:
                    log.notes.append("CluedIn answers slowly: other sources are left to the next run.")
                    break
                after = record.key
                self._look(record, log)
            else:
                after = after if len(records) == SOURCES_A_RUN else ""
        finally:
            self.cursors.save(CURSOR, MissedCursor(after=after))

    def look(self, log: RunLog, after: str, keep_alive: Callable[[], None]) -> str:
        """Look at all of our sources that may hold data, from behind a key; return where to go on, empty at the end.

        Left out are those that CluedIn shows as empty: what its list lacks proves nothing.

        Raises:
            TransientError, ConfigError: CluedIn does not answer.
        """
        empty = self.data_sets.fetch_empty_sources()
        ends_at = self.clock() + LOOK_TIME
        for record in self.assets.after(after):
            if record.source_id and record.source_id not in empty:
                keep_alive()
                self._look(record, log)
                if self.clock() >= ends_at:
                    return record.key
        return ""

    def _look(self, record: AssetRecord, log: RunLog) -> None:
        if not record.source_id:
            record = self.recover_source.recover(record)
            if not record.source_id:
                return
            log.counts["sources_recovered"] += 1
        try:
            for summary in self.data_sets.fetch_summaries(record.source_id):
                if summary.is_processed:
                    self._check(summary, log)
        except NotFoundError:
            self._reopen(record, log)
        except RejectedError as error:
            log.notes.append(f"CluedIn does not tell the data sets of source {record.source_id}: {error}")
        log.counts["sources_checked"] += 1

    def _reopen(self, record: AssetRecord, log: RunLog) -> None:
        """Have a source made again that someone deleted; provisioning looks first whether it is really gone."""
        if record.status is not AssetStatus.SYNCED:
            return
        now = self.clock()
        todo = Todo(key=record.key, run_id=log.run_id, due_at=now)
        self.assets.ask_again(record.key, lambda one: one.queued_again(now, log.run_id), todo)
        log.counts["sources_gone"] += 1
        log.notes.append(f"CluedIn has no source {record.source_id} any more; asset {record.key} is provisioned again.")

    def _check(self, summary: DataSetSummary, log: RunLog) -> None:
        version = hashlib.sha256(repr(summary).encode()).hexdigest()
        seen = self.seen.load(SeenVersion, summary.data_set_id)
        is_known = seen is not None and seen.version == version
        if is_known and self.records.load(summary.data_set_id) is not None:  # the records may have been lost
            return
        # Kept like a delivery, so that a message that is lost is sent again. The note is last: a crash before it does
        # all of this once more, which changes nothing.
        delivery = found_delivery(f"missed-{version[:32]}", summary.data_set_id, self.clock())
        self.deliveries.add(delivery)
        self.queue.send(DataSetMessage(data_set_id=summary.data_set_id, delivery_key=delivery.key))
        self.seen.save(summary.data_set_id, SeenVersion(version=version))
        log.counts["data_sets_enqueued"] += 1
