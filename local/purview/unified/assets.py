"""Data assets: the catalog's own records of Data Map entities. Only those that were registered exist.

Source: docs/vendors/unified-catalog.md, section 5.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from local.purview.behaviour.access import Access, Caller, Right
from local.purview.behaviour.catalog import Catalog
from local.purview.model import Entity, Json
from local.purview.switches import PurviewSwitches
from local.purview.unified.errors import not_found
from local.purview.unified.lifetimes import Shelf, required
from local.purview.unified.model import DataAsset

_TYPES = {"azure_sql_table": "AzureSqlTable", "azure_datalake_gen2_path": "ADLSGen2Path"}


class DataAssets:
    """All data assets, seen by who may read their entity's collection."""

    def __init__(
        self,
        data_map: Catalog,
        data_map_access: Access,
        switches: Callable[[], PurviewSwitches],
        now: Callable[[], datetime],
    ) -> None:
        self._data_map, self._access, self._switches, self._now = data_map, data_map_access, switches, now
        self.shelf: Shelf[DataAsset] = Shelf("DataAsset", switches, now)
        self._by_guid: dict[str, DataAsset] = {}

    def register(self, entity: Entity, by: str) -> DataAsset:
        """The data asset of an entity, made if there is none: what the portal does when it links one."""
        found = self._by_guid.get(entity.guid)
        return found or self._add(entity.display_text, _type_of(entity), entity.guid, _source_of(entity), by)

    def create(self, body: Json, by: str) -> DataAsset:
        """POST: name and type are mandatory; without `source.type` it stays unlinked, though it looks fine."""
        required(body, "name", "type")
        source = body.get("source") or {}
        entity = self._data_map.entities.get(str(source.get("assetId", "")).lower())
        if entity is None or not source.get("type"):
            return self._add(str(body["name"]), str(body["type"]), None, dict(source), by)
        asset = self.register(entity, by)
        asset.body = {key: body[key] for key in ("contacts", "openInUrl", "description") if key in body}
        return asset

    def visible(self, caller: Caller) -> list[DataAsset]:
        """Those that the caller sees in a list."""
        return [asset for asset in self.shelf.listed() if self._may_see(caller, asset)]

    def get(self, caller: Caller, asset_id: str) -> DataAsset:
        """One by id."""
        asset = self.shelf.get(asset_id)
        if not self._may_see(caller, asset):
            raise not_found("DataAsset", asset_id)
        return asset

    def entity(self, asset: DataAsset) -> Entity | None:
        """Its entity, None when that is gone from the Data Map."""
        entity = self._data_map.entities.get(asset.guid or "")
        return entity if entity is not None and entity.is_active else None

    def _may_see(self, caller: Caller, asset: DataAsset) -> bool:
        entity = self.entity(asset)
        if entity is None:
            return asset.guid is None or self._switches().unified_deleted_asset != "not_found"
        return self._access.may(caller, Right.READ, entity.collection_id)

    def _add(self, name: str, kind: str, guid: str | None, source: Json, by: str) -> DataAsset:
        now = self._now()
        asset = self.shelf.add(
            DataAsset(
                id=str(uuid4()),
                name=name,
                type=kind,
                guid=guid,
                source=source,
                created_at=now,
                created_by=by,
                modified_at=now,
                modified_by=by,
            )
        )
        if guid is not None:
            self._by_guid[guid] = asset
        return asset


def _type_of(entity: Entity) -> str:
    return _TYPES.get(entity.type_name, "General")


def _source_of(entity: Entity) -> Json:
    return {"assetId": entity.guid, "assetType": entity.type_name, "fqn": entity.qualified_name}
