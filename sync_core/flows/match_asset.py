"""Finds the Purview asset for which a CluedIn data source was made."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sync_core.clients.purview import PAGE_SIZE, PurviewClient
from sync_core.clients.purview_lineage import PurviewLineageClient
from sync_core.domain.asset import Asset, asset_key
from sync_core.domain.data_set import DataSet
from sync_core.domain.lineage import EntityRef
from sync_core.mapping.asset_types import OWN_PREFIX
from sync_core.mapping.names import LONGEST_NAME, shorten, source_name
from sync_core.state.assets import AssetStore
from sync_core.state.groups import GroupStore

ENDPOINT = "endpoint"
SEARCHED_CHARACTERS = 150


@dataclass(frozen=True, slots=True)
class MatchedAsset:
    """The asset that a data source stands for."""

    key: str
    ref: EntityRef


@dataclass(frozen=True)
class MatchAsset:
    """Matches by our own state; where that was lost, by the source's name, which is the qualified name."""

    groups: GroupStore
    assets: AssetStore
    purview: PurviewClient
    lineage: PurviewLineageClient

    def match(self, data_set: DataSet) -> MatchedAsset | None:
        """Return the asset of a data set's source, or None for a source that was not made for one."""
        stored = self.assets.load(self.groups.asset_of_source(data_set.source_id) or "-")
        # Ids start anew after a restore, and collide between organizations: the name that a source must bear decides.
        if stored is not None and data_set.source_name == source_name(stored.record):
            record = stored.record
            return MatchedAsset(record.key, EntityRef(record.type_name, record.qualified_name))
        if data_set.source_type.lower() != ENDPOINT or not data_set.source_name:
            return None
        asset = self._by_type(data_set.source_name) or self._by_search(data_set.source_name)
        if asset is None or asset.type_name.startswith(OWN_PREFIX):
            return None
        key = asset_key(asset.type_name, asset.qualified_name)
        return MatchedAsset(key, EntityRef(asset.type_name, asset.qualified_name))

    def _by_type(self, source_name: str) -> Asset | None:
        """Purview's store also finds an entity by a super type of its own."""
        found = self.lineage.find(EntityRef("DataSet", source_name))
        return Asset(found.guid, found.type_name, found.name, found.qualified_name) if found else None

    def _by_search(self, source_name: str) -> Asset | None:
        # A long qualified name was shortened, so only its head can be searched for.
        head = source_name[:SEARCHED_CHARACTERS] if len(source_name) >= LONGEST_NAME - 1 else source_name
        operator = "eq" if head == source_name else "prefix"
        condition = {"attributeName": "qualifiedName", "operator": operator, "attributeValue": head}
        return next((hit for hit in self._hits(condition) if shorten(hit.qualified_name) == source_name), None)

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
