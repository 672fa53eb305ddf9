"""Finds the Purview asset for which a CluedIn data source was made."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sync_core.assets.asset_rows import StoredAsset
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.names import LONGEST_NAME, shorten, source_name
from sync_core.assets.record import AssetRecord
from sync_core.assets.twins import TellTwinsApart
from sync_core.cluedin.data_set import DataSet
from sync_core.provisioning.group_store import GroupStore
from sync_core.purview.asset import Asset, asset_key
from sync_core.purview.asset_types import OWN_PREFIX
from sync_core.purview.client import PAGE_SIZE, PurviewClient
from sync_core.purview.graph import EntityRef

ENDPOINT = "endpoint"
SEARCHED_CHARACTERS = 150


@dataclass(frozen=True, slots=True)
class MatchedAsset:
    """The asset that a data source stands for; `traceparent` is the trace in which that source was made."""

    key: str
    ref: EntityRef
    traceparent: str | None = None


@dataclass(frozen=True)
class MatchAsset:
    """Matches by our own state; where that was lost, by the source's name, which is the qualified name."""

    groups: GroupStore
    assets: AssetStore
    purview: PurviewClient
    twins: TellTwinsApart

    def match(self, data_set: DataSet) -> MatchedAsset | None:
        """Return the asset of a data set's source, or None for a source that was not made for one."""
        stored = self.assets.look_up(self.groups.asset_of_source(data_set.source_id) or "-")
        # Ids start anew after a restore, and collide between organizations: the name that a source must bear decides.
        if isinstance(stored, StoredAsset) and data_set.source_name == source_name(stored.record):
            record = self._by_group_name(data_set, stored.record)
            own = EntityRef(record.type_name, record.qualified_name)
            return MatchedAsset(record.key, own, record.synced_traceparent)
        if data_set.source_type.lower() != ENDPOINT or not data_set.source_name:
            return None
        name = data_set.source_name
        ref = self._by_name(data_set, name) or self._by_name(data_set, self._long_name(name))
        if ref is None or ref.type_name.startswith(OWN_PREFIX):
            return None
        return MatchedAsset(asset_key(ref.type_name, ref.qualified_name), ref)

    def _by_group_name(self, data_set: DataSet, record: AssetRecord) -> AssetRecord:
        """Return the asset's twin instead where the source lies in a group that bears the name of the twin's."""
        if data_set.group_name in {"", record.group_name}:
            return record
        return self.twins.twin_with_group(data_set.group_name, record) or record

    def _by_name(self, data_set: DataSet, name: str) -> EntityRef | None:
        """Return the asset of that qualified name; of several, the one that there is evidence for."""
        if not name:
            return None
        found = self.twins.source_of(data_set.data_set_id, data_set.source_id, data_set.group_id, name)
        return EntityRef(found, name) if found else None

    def _long_name(self, source_name: str) -> str:
        """A long qualified name was shortened, so only its head can be searched for."""
        if len(source_name) < LONGEST_NAME - 1:
            return ""
        head = source_name[:SEARCHED_CHARACTERS]
        condition = {"attributeName": "qualifiedName", "operator": "prefix", "attributeValue": head}
        names = (hit.qualified_name for hit in self._hits(condition))
        return next((name for name in names if shorten(name) == source_name), "")

    def _hits(self, condition: dict[str, Any]) -> Iterator[Asset]:
        """All hits: a folder of many files with long names has more of one head than a page holds."""
        token = ""
        seen: set[str] = set()
        while True:
            page = self.purview.search(condition, limit=PAGE_SIZE, token=token)
            yield from page.assets
            token = page.token
            if not token or not page.assets or token in seen:
                return
            seen.add(token)
