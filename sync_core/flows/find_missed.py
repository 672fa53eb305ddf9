"""Finds data sets that were processed in CluedIn without a webhook reaching us, by reading our sources' data sets.

Its cost is bounded: each run looks at some sources only and goes on behind them the next time.
"""

import hashlib
from dataclasses import dataclass

from pydantic import BaseModel

from sync_core.clients.cluedin_data_sets import CluedInDataSets, DataSetSummary
from sync_core.domain.message import DataSetMessage
from sync_core.flows.run_log import RunLog
from sync_core.state.groups import GroupStore
from sync_core.state.notes import Notes
from sync_core.state.queues import WorkQueue

CURSOR = "missed"
SOURCES_A_RUN = 50


class MissedCursor(BaseModel):
    """Behind which source to go on; empty to start from the first."""

    after: str


class SeenVersion(BaseModel):
    """What a data set looked like when it was last enqueued from here."""

    version: str


@dataclass(frozen=True)
class FindMissed:
    """Compares data sets with what they looked like the last time."""

    data_sets: CluedInDataSets
    groups: GroupStore
    queue: WorkQueue
    cursors: Notes
    seen: Notes

    def run(self, log: RunLog) -> None:
        """Look at the next sources and enqueue data sets that changed."""
        cursor = self.cursors.load(MissedCursor, CURSOR) or MissedCursor(after="")
        source_ids = self.groups.made_sources(cursor.after, SOURCES_A_RUN)
        for source_id in source_ids:
            for summary in self.data_sets.fetch_summaries(source_id):
                if summary.is_processed:
                    self._check(summary, log)
            log.counts["sources_checked"] += 1
        is_round_over = len(source_ids) < SOURCES_A_RUN
        self.cursors.save(CURSOR, MissedCursor(after="" if is_round_over else source_ids[-1]))

    def _check(self, summary: DataSetSummary, log: RunLog) -> None:
        version = hashlib.sha256(repr(summary).encode()).hexdigest()
        seen = self.seen.load(SeenVersion, summary.data_set_id)
        if seen is not None and seen.version == version:
            return
        # The message first: a crash in between sends it twice, which changes nothing.
        self.queue.send(DataSetMessage(data_set_id=summary.data_set_id))
        self.seen.save(summary.data_set_id, SeenVersion(version=version))
        log.counts["data_sets_enqueued"] += 1
