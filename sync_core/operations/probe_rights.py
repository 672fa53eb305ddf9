"""What the app's own records and a few readings tell of rights that have no check of their own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetRecord, Origin
from sync_core.cluedin.data_sets import CluedInDataSets
from sync_core.cluedin.snapshot import DataSetSummary
from sync_core.errors import ConfigError
from sync_core.lineage.data_set_store import DataSetStore

RECORDS_READ = 1000
SOURCES_READ = 5


class NotProvenError(Exception):
    """Nothing is wrong, but nothing was there to show that it is right; the text says what is needed for that."""


@dataclass(frozen=True)
class StatusOnAssets:
    """What is known of the right to write the status onto assets; `refusal` is empty where Purview took the last."""

    refusal: Callable[[], str]
    was_written: Callable[[], bool]

    def check(self) -> str:
        """Tell that it was written.

        Raises:
            ConfigError: Purview refused it lately; the message says what to grant.
            NotProvenError: none was written yet.
        """
        if problem := self.refusal():
            raise ConfigError(problem)
        if not self.was_written():
            raise NotProvenError("no status was written yet; reconcile does within five minutes of the first asset")
        return "written"


@dataclass(frozen=True)
class ProbeRights:
    """Each probe returns what it saw; it changes nothing.

    A right to write cannot be tried without writing. So what stands in the records is the proof: it was written once.
    """

    assets: AssetStore
    pushed: DataSetStore
    data_sets: CluedInDataSets

    def wrote_lineage(self) -> str:
        """Tell of lineage that was written.

        Raises:
            NotProvenError: none was.
        """
        found = (record for record in self.pushed.after("") if record.guid and record.pushed_at)
        latest = max(islice(found, RECORDS_READ), key=lambda record: str(record.pushed_at), default=None)
        if latest is None:
            raise NotProvenError("no lineage was written yet; the first data set that is processed will show it")
        return f"the lineage of {latest.name} was written at {latest.pushed_at:%Y-%m-%d %H:%M} UTC"

    def made_a_source(self) -> str:
        """Tell of a data source that was made.

        Raises:
            NotProvenError: none was.
        """
        records = islice(self.assets.after(""), RECORDS_READ)
        made = next((record for record in records if record.source_origin is Origin.CREATED), None)
        if made is None:
            raise NotProvenError("no data source was made yet; the first asset that is tagged will show it")
        return f"{made.source_name} was made at {made.synced_at:%Y-%m-%d %H:%M} UTC"

    def read_data_sets(self) -> str:
        """Read the data sets of a data source that we made.

        Raises:
            NotProvenError: there is no such data source.
            SyncError: CluedIn refuses.
        """
        source = next(self._sources(), None)
        if source is None:
            raise NotProvenError("there is no data source of ours yet whose data sets could be read")
        count = sum(1 for _ in self.data_sets.fetch_summaries(source.source_id))
        return f"{count} data sets of {source.source_name}"

    def read_mapping(self) -> str:
        """Read a data set with its mapping.

        Raises:
            NotProvenError: none of ours is mapped.
            SyncError: CluedIn refuses.
        """
        found = self.data_sets.fetch(self._mapped().data_set_id)
        return f"{found.name if found else 'a data set'} with its mapping"

    def read_submissions(self) -> str:
        """Read the processings of a mapped data set, which tell its record counts.

        Raises:
            NotProvenError: none of ours is mapped.
            SyncError: CluedIn refuses; lineage goes on without counts.
        """
        mapped = self._mapped()
        count = sum(1 for _ in self.data_sets.fetch_submissions(mapped.annotation_id, mapped.data_set_id))
        return f"{count} of {mapped.name}"

    def _mapped(self) -> DataSetSummary:
        for source in islice(self._sources(), SOURCES_READ):
            for summary in self.data_sets.fetch_summaries(source.source_id):
                if summary.annotation_id:
                    return summary
        raise NotProvenError(f"none of the first {SOURCES_READ} data sources has a data set that is mapped")

    def _sources(self) -> Iterator[AssetRecord]:
        return (record for record in islice(self.assets.after(""), RECORDS_READ) if record.source_id)
