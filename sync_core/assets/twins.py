"""Tells assets apart that have one qualified name and two types, e.g. a table and a view: never by guessing.

Their data sources in CluedIn bear the same name. Once the state is lost, only lineage that stands in Purview says from
which of them a data set came.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sync_core.assets.asset_rows import StoredAsset
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetRecord
from sync_core.cluedin.wire import DataSource, DataSourceSet
from sync_core.errors import RejectedError
from sync_core.guids import is_guid
from sync_core.purview.asset import asset_key
from sync_core.purview.asset_types import OWN_PREFIX
from sync_core.purview.client import PAGE_SIZE, PurviewClient
from sync_core.purview.graph import EntityRef
from sync_core.purview.lineage_client import PurviewLineageClient

DATA_SETS_ASKED = 10
AMBIGUOUS = "ambiguous_source"
REMEDY = (
    "Nothing was changed. Give the other asset's data source another name in CluedIn, or push one of its data sets "
    "while only its asset is tagged; then replay this."
)
OwnGroup = tuple[DataSourceSet, DataSource]


@dataclass(frozen=True)
class TellTwinsApart:
    """Looks for evidence in Purview. `ingest_of` names the process that leads from an asset to a data set."""

    purview: PurviewClient
    lineage: PurviewLineageClient
    assets: AssetStore
    ingest_of: Callable[[str], EntityRef]

    def types_named(self, qualified_name: str) -> set[str]:
        """Return the types of Purview's assets of that name: by the search, and by the store, which does not lag."""
        condition = {"attributeName": "qualifiedName", "operator": "eq", "attributeValue": qualified_name}
        hits = self.purview.search(condition, limit=PAGE_SIZE, token="").assets
        types = {hit.type_name for hit in hits if hit.qualified_name == qualified_name}
        if found := self.lineage.find(EntityRef("DataSet", qualified_name)):
            types.add(found.type_name)
        return {one for one in types if not one.startswith(OWN_PREFIX)}

    def type_in_lineage(self, data_set_ids: Sequence[str], qualified_name: str) -> str:
        """Return the type of the asset of that name from which lineage leads to one of the data sets, or nothing."""
        for data_set_id in data_set_ids[:DATA_SETS_ASKED]:
            process = self.lineage.find(self.ingest_of(data_set_id))
            guids = sorted(end for end in (process.ends if process else None) or () if is_guid(end))
            for end in self.lineage.find_all(guids):
                if end.qualified_name == qualified_name and not end.type_name.startswith(OWN_PREFIX):
                    return end.type_name
        return ""

    def candidates(self, record: AssetRecord, own: Sequence[OwnGroup]) -> list[OwnGroup]:
        """Return those of the groups with a source of the asset's name that may be its own, the surest first.

        A group without data sets may be either's: nothing can be mixed up in it.

        Raises:
            RejectedError: one of them holds data sets, and nothing tells whose they are.
        """
        types = {
            group.id: self.type_in_lineage(source.data_set_ids, record.qualified_name)
            for group, source in own
            if source.data_set_ids
        }
        mine = [one for one in own if types.get(one[0].id) == record.type_name]
        doubtful = [one for one in own if types.get(one[0].id) == ""]
        if doubtful and not mine and (len(own) > 1 or self._has_twin(record)):
            groups = ", ".join(f"{group.id} '{group.name}'" for group, _ in doubtful)
            raise RejectedError(
                f"Several assets are called {record.qualified_name}, and no lineage in Purview tells whether the data "
                f"sets in CluedIn's group {groups} came from this one ({record.type_name}). {REMEDY}",
                code=AMBIGUOUS,
            )
        return [*mine, *([] if mine else doubtful), *(one for one in own if one[0].id not in types)]

    def _has_twin(self, record: AssetRecord) -> bool:
        """Whether another asset of that name is recorded: one that was never tagged has no group."""
        types = self.types_named(record.qualified_name) - {record.type_name}
        return any(self.assets.look_up(asset_key(one, record.qualified_name)) for one in sorted(types))

    def twin_with_group(self, group_name: str, record: AssetRecord) -> AssetRecord | None:
        """Return the other asset of a recorded one's name whose group is recorded under that name, or None."""
        types = sorted(self.types_named(record.qualified_name) - {record.type_name})
        twins = (stored.record for _, stored in self._recorded(types, record.qualified_name))
        return next((twin for twin in twins if twin.group_name == group_name), None)

    def source_of(self, data_set_id: str, source_id: str, group_id: str, qualified_name: str) -> str:
        """Return the type of the asset for which a data source was made; empty where Purview has none of that name.

        Raises:
            RejectedError: there are several, and nothing tells which it is.
        """
        types = sorted(self.types_named(qualified_name))
        if len(types) <= 1:
            return "".join(types)
        records = {one: stored.record for one, stored in self._recorded(types, qualified_name)}
        by_record = [
            one
            for one, record in records.items()
            if record.source_id == source_id or (record.group_id and record.group_id == group_id)
        ]
        if len(by_record) == 1:
            return by_record[0]
        left = [one for one in types if one not in records or not records[one].source_id]
        found = self.type_in_lineage([data_set_id], qualified_name) or (left[0] if len(left) == 1 else "")
        if not found:
            raise RejectedError(
                f"Several assets are called {qualified_name} ({', '.join(types)}), and nothing tells from which of "
                f"them data set {data_set_id} came. {REMEDY}",
                code=AMBIGUOUS,
            )
        return found

    def _recorded(self, types: Sequence[str], qualified_name: str) -> Iterator[tuple[str, StoredAsset]]:
        for one in types:
            stored = self.assets.look_up(asset_key(one, qualified_name))
            if isinstance(stored, StoredAsset):  # of one that cannot be read nobody knows which source is its own
                yield one, stored
