"""Finds data sets that were processed without a webhook reaching us: what a snapshot shows of them changed.

What a snapshot does not tell is asked source by source, some of them a run.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel

from sync_core.cluedin.data_sets import CluedInDataSets
from sync_core.cluedin.snapshot import DataSetSummary, KnownSource, SourceSeen
from sync_core.errors import NotFoundError, SyncError
from sync_core.jobs.message import message_of
from sync_core.lineage.data_set_jobs import new_job
from sync_core.lineage.data_set_store import DataSetStore
from sync_core.lineage.strangers import FOREIGN_FOR
from sync_core.lineage.webhook.silent_webhook import SilentWebhook
from sync_core.runs.counts import Count
from sync_core.runs.defer import Defer, Deferrals, Refusals
from sync_core.runs.deferred import Kind
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes
from sync_core.storage.queues import WorkQueue

CURSOR = "asked-sources"
SOURCES_ASKED_PER_RUN = 50
ASK_TIME = timedelta(minutes=2)


class AskedCursor(BaseModel):
    """Behind the source of which name to go on; empty to start from the first."""

    after: str


@dataclass(frozen=True)
class FindProcessed:
    """Compares the data sets of our sources with what they looked like when they were last acted upon."""

    data_sets: CluedInDataSets
    records: DataSetStore
    queue: WorkQueue
    cursors: Notes
    defer: Defer
    silent_webhook: SilentWebhook
    is_lineage_on: bool
    clock: Callable[[], datetime]

    def find(
        self, sources: Sequence[SourceSeen], known: Mapping[str, KnownSource], ours: Container[str], log: RunLog
    ) -> list[KnownSource]:
        """Enqueue each data set of our sources that was processed anew; return the sources as they are remembered now.

        `ours` are the names of the sources of recorded assets. What was left alone an hour ago as none of ours, and is
        shown in one of them, is looked at anew: one odd answer must not close it for good. While lineage is off nothing
        is acted upon, and so nothing is remembered as if it had been.
        """
        versions = {one.name: dict(known[one.name].versions) if one.name in known else {} for one in sources}
        found: list[tuple[str, str]] = []
        if self.is_lineage_on:
            recorded = self.records.ids_but_left_before(self.clock() - FOREIGN_FOR)  # the records may have been lost
            for source, summaries in self._read([one for one in sources if one.name in ours], log):
                for summary in filter(lambda one: one.is_processed, summaries):
                    acted_upon = versions[source.name].get(summary.data_set_id)
                    if acted_upon != summary.version or summary.data_set_id not in recorded:
                        self._enqueue(summary, log)
                        if source.name in known and acted_upon != summary.version:
                            found.append((summary.data_set_id, summary.name or summary.data_set_id))
                        versions[source.name][summary.data_set_id] = summary.version
        self.silent_webhook.note(found)
        return [
            KnownSource(one.source_id, one.name, one.group_id, one.group_name, versions[one.name]) for one in sources
        ]

    def _read(
        self, sources: Sequence[SourceSeen], log: RunLog
    ) -> Iterator[tuple[SourceSeen, Sequence[DataSetSummary]]]:
        """Yield the sources with their data sets; where the snapshot does not tell them, the next ones are asked."""
        yield from ((source, source.data_sets) for source in sources if source.data_sets is not None)
        yield from self._ask_each(self._asked_now([one for one in sources if one.data_sets is None]), log)

    def _ask_each(
        self, sources: Sequence[SourceSeen], log: RunLog
    ) -> Iterator[tuple[SourceSeen, Sequence[DataSetSummary]]]:
        """Ask as many of these as there is time for; the next run goes on behind the last one, whatever ends this."""
        deferrals, refusals, after = self.defer.open(log), Refusals(), ""
        ends_at = log.ends_within(self.clock(), ASK_TIME)
        try:
            for source in sources:
                if after and self.clock() >= ends_at:
                    log.notes.append("CluedIn answers slowly: other sources are left to the next run.")
                    return
                after = source.name
                yield source, self._ask(source, deferrals, refusals, log)
        finally:
            if after:
                self.cursors.save(CURSOR, AskedCursor(after=after))

    def _asked_now(self, untold: Sequence[SourceSeen]) -> list[SourceSeen]:
        """Return the sources that are asked in this run: the next ones by name; after the last one comes the first."""
        if not untold:
            return []
        cursor = self.cursors.load(AskedCursor, CURSOR) or AskedCursor(after="")
        ordered = sorted(untold, key=lambda one: (one.name <= cursor.after, one.name))
        return ordered[:SOURCES_ASKED_PER_RUN]

    def _ask(
        self, source: SourceSeen, deferrals: Deferrals, refusals: Refusals, log: RunLog
    ) -> Sequence[DataSetSummary]:
        """Return a source's data sets; one that CluedIn does not tell hides no other, and is asked again later."""
        if deferrals.waits(Kind.SOURCE, source.source_id):
            return []
        log.counts[Count.SOURCES_ASKED] += 1
        try:
            with deferrals.asking(Kind.SOURCE, source.source_id):
                summaries = list(self.data_sets.fetch_summaries(source.source_id))
        except NotFoundError:  # deleted since the snapshot was read; the next one tells
            summaries = []
        except SyncError as error:
            refusals.take(error)
            deferrals.failed(Kind.SOURCE, source.source_id, error, source.name)
            return []
        refusals.has_answer = True
        deferrals.succeeded(Kind.SOURCE, [source.source_id])
        return summaries

    def _enqueue(self, summary: DataSetSummary, log: RunLog) -> None:
        now = self.clock()
        job = self.records.jobs.ask(new_job(summary.data_set_id, now), now)
        if job:
            self.queue.send(message_of(job))
        log.counts[Count.DATA_SETS_ENQUEUED] += 1
