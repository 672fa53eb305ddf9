"""Reads what CluedIn shows for one asset: its group, its source, who has its name, its data sets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from sync_core.absence.groups_gone import Doubt
from sync_core.absence.heal_groups import DOUBT
from sync_core.assets.names import (
    full_group_name,
    plain_group_name,
    search_text,
    source_name,
    unmistakable_group_name,
)
from sync_core.assets.record import AssetRecord
from sync_core.cluedin.client import CluedInClient
from sync_core.cluedin.data_sets import CluedInDataSets
from sync_core.cluedin.wire import DataSourceSet
from sync_core.errors import NotFoundError, RejectedError, StateError, SyncError
from sync_core.lineage.data_set_store import DataSetStore
from sync_core.operations.explain.evidence import Data, DataSets, Group, InCluedIn
from sync_core.provisioning.find_group import own_source
from sync_core.provisioning.snapshot_store import SnapshotStore
from sync_core.storage.notes import Notes

MAX_GROUPS = 200
MAX_DATA_SETS = 20


@dataclass(frozen=True)
class LookAtCluedIn:
    """Reads by the ids that are recorded, each together with the name that it must bear, and by the asset's names."""

    cluedin: CluedInClient
    data_sets: CluedInDataSets
    records: DataSetStore
    snapshots: SnapshotStore
    absence: Notes

    def look(self, record: AssetRecord) -> InCluedIn:
        """Return what stands there."""
        try:
            shown = {
                one.id: one for text in _texts(record) for one in islice(self.cluedin.fetch_groups(text), MAX_GROUPS)
            }
            is_source_shown = self._is_source_shown(record)
            is_group_shown = _is_group_shown(record, shown) if record.group_id else None
            missing, doubt = self.snapshots.missing(source_name(record)), self.absence.load(Doubt, DOUBT)
        except SyncError as error:
            return InCluedIn(error=str(error))
        if is_source_shown and not is_group_shown:
            is_group_shown = None  # a source stands in a group: that one goes by another name
        return InCluedIn(is_group_shown, is_source_shown, tuple(_namesakes(record, shown)), missing, doubt is not None)

    def look_at_data_sets(self, record: AssetRecord, has_time: Callable[[], bool]) -> DataSets:
        """Return the data sets of the asset's source."""
        if not record.source_id:
            return DataSets()
        try:
            summaries = list(self.data_sets.fetch_summaries(record.source_id))
        except NotFoundError:
            return DataSets()
        except SyncError as error:
            return DataSets(error=str(error))
        found: list[Data] = []
        for summary in summaries[:MAX_DATA_SETS]:
            if found and not has_time():
                break
            try:
                job = self.records.jobs.load(summary.data_set_id)
                found.append(Data(summary, self.records.load(summary.data_set_id), job.job if job else None))
            except (RejectedError, StateError):  # what another version wrote of it says nothing here
                found.append(Data(summary))
        return DataSets(tuple(found), len(summaries) - len(found))

    def _is_source_shown(self, record: AssetRecord) -> bool | None:
        if not record.source_id:
            return None
        return self.cluedin.fetch_source_name(record.source_id) == source_name(record)


def _texts(record: AssetRecord) -> list[str]:
    """What to search for: what the group is called, and what it would be."""
    names = dict.fromkeys(search_text(one) for one in (record.group_name, record.name) if one)
    return [one for one in names if one]


def _is_group_shown(record: AssetRecord, shown: dict[str, DataSourceSet]) -> bool:
    found = shown.get(record.group_id)
    return found is not None and found.name == record.group_name


def _namesakes(record: AssetRecord, shown: dict[str, DataSourceSet]) -> Iterator[Group]:
    names = {one(record).casefold() for one in (plain_group_name, full_group_name, unmistakable_group_name)}
    for group in shown.values():
        if group.name.casefold() in names:
            is_own = group.id == record.group_id or own_source(record, group) is not None
            yield Group(group.id, group.name, is_own)
