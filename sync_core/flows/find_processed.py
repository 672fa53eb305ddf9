"""Finds data sets that were processed without a webhook reaching us: what a snapshot shows of them changed.

What a snapshot does not tell is asked source by source, some of them a run.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from sync_core.clients.cluedin_data_sets import CluedInDataSets
from sync_core.domain.cluedin_snapshot import DataSetSummary, KnownSource, SourceSeen
from sync_core.domain.delivery import found_delivery
from sync_core.domain.message import DataSetMessage
from sync_core.errors import NotFoundError, RejectedError, ThrottledError, TransientError
from sync_core.flows.run_log import RunLog
from sync_core.state.data_sets import DataSetStore
from sync_core.state.deliveries import DeliveryStore
from sync_core.state.notes import Notes
from sync_core.state.queues import WorkQueue

CURSOR = "asked-sources"
SOURCES_ASKED_PER_RUN = 50


class AskedCursor(BaseModel):
    """Behind the source of which name to go on; empty to start from the first."""

    after: str


@dataclass(frozen=True)
class FindProcessed:
    """Compares the data sets of our sources with what they looked like when they were last acted upon."""

    data_sets: CluedInDataSets
    records: DataSetStore
    deliveries: DeliveryStore
    queue: WorkQueue
    cursors: Notes
    is_lineage_on: bool
    clock: Callable[[], datetime]

    def find(
        self, sources: Sequence[SourceSeen], known: Mapping[str, KnownSource], ours: Container[str], log: RunLog
    ) -> list[KnownSource]:
        """Enqueue each data set of our sources that was processed anew; return the sources as they are remembered now.

        `ours` are the names of the sources of recorded assets. While lineage is off nothing is acted upon, and so
        nothing is remembered as if it had been.
        """
        versions = {one.name: dict(known[one.name].versions) if one.name in known else {} for one in sources}
        if self.is_lineage_on:
            recorded = self.records.ids()  # the records may have been lost
            for source, summaries in self._read([one for one in sources if one.name in ours], log):
                for summary in filter(lambda one: one.is_processed, summaries):
                    acted_upon = versions[source.name].get(summary.data_set_id)
                    if acted_upon != summary.version or summary.data_set_id not in recorded:
                        self._enqueue(summary, log)
                        versions[source.name][summary.data_set_id] = summary.version
        return [
            KnownSource(one.source_id, one.name, one.group_id, one.group_name, versions[one.name]) for one in sources
        ]

    def _read(
        self, sources: Sequence[SourceSeen], log: RunLog
    ) -> Iterator[tuple[SourceSeen, Sequence[DataSetSummary]]]:
        """Yield the sources with their data sets; where the snapshot does not tell them, the next ones are asked."""
        yield from ((source, source.data_sets) for source in sources if source.data_sets is not None)
        for source in self._asked_now([source for source in sources if source.data_sets is None]):
            yield source, self._ask(source, log)

    def _asked_now(self, untold: Sequence[SourceSeen]) -> list[SourceSeen]:
        """Return the sources that are asked in this run: the next ones by name."""
        if not untold:
            return []
        cursor = self.cursors.load(AskedCursor, CURSOR) or AskedCursor(after="")
        behind = sorted((one for one in untold if one.name > cursor.after), key=lambda one: one.name)
        due = behind[:SOURCES_ASKED_PER_RUN]
        after = due[-1].name if len(behind) > len(due) else ""
        self.cursors.save(CURSOR, AskedCursor(after=after))
        return due

    def _ask(self, source: SourceSeen, log: RunLog) -> Sequence[DataSetSummary]:
        log.counts["sources_asked"] += 1
        try:
            return list(self.data_sets.fetch_summaries(source.source_id))
        except NotFoundError:  # deleted since the snapshot was read; the next one tells
            return []
        except ThrottledError:
            raise
        except (RejectedError, TransientError) as error:
            log.notes.append(f"CluedIn does not tell the data sets of source {source.source_id}: {error}")
            return []

    def _enqueue(self, summary: DataSetSummary, log: RunLog) -> None:
        """Kept like a delivery, so that a message that is lost is sent again."""
        delivery = found_delivery(f"missed-{summary.version}", summary.data_set_id, self.clock())
        self.deliveries.add(delivery)
        self.queue.send(DataSetMessage(data_set_id=summary.data_set_id, delivery_key=delivery.key))
        log.counts["data_sets_enqueued"] += 1
