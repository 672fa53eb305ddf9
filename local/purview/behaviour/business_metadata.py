"""Business metadata: attributes that anybody may put on entities of any type, grouped and defined apart from the types.

Source: docs/vendors/purview.md, section 4 "Business metadata"; the rules are Apache Atlas'
(`AtlasEntityStoreV2.addOrUpdateBusinessAttributes`, `AtlasBusinessMetadataType`).
"""

import json
from collections.abc import Callable, Collection
from typing import Any

from local.purview.behaviour.catalog import Catalog
from local.purview.behaviour.entities import stamp
from local.purview.errors import atlas_error
from local.purview.model import Entity, Json
from local.purview.switches import PurviewSwitches

_LONGEST = 50  # of a text whose definition says nothing [Atlas]


class BusinessMetadata:
    """Sets and removes attributes of entities; others stay as they are."""

    def __init__(self, catalog: Catalog, switches: Callable[[], PurviewSwitches], now_ms: Callable[[], int]) -> None:
        self._catalog, self._switches, self._now_ms = catalog, switches, now_ms

    def set(self, entity: Entity, groups: Json, by: str, *, overwrite: bool = False) -> None:
        """Set attributes by group; with `overwrite`, whatever is not named goes."""
        for group, values in groups.items():
            self._check(entity, group, values)
        kept = {} if overwrite else dict(entity.business_attributes or {})
        for group, values in groups.items():
            kept[group] = {**kept.get(group, {}), **values}
        self._put(entity, kept, by)

    def remove(self, entity: Entity, groups: Json, by: str) -> None:
        """Take out attributes by group; a group without names goes as a whole."""
        kept = {group: dict(values) for group, values in (entity.business_attributes or {}).items()}
        for group, names in groups.items():
            self._definition(group)
            gone = names or kept.get(group, {})
            kept[group] = {name: value for name, value in kept.get(group, {}).items() if name not in gone}
        self._put(entity, {group: values for group, values in kept.items() if values}, by)

    def _put(self, entity: Entity, values: Json, by: str) -> None:
        entity.business_attributes = values or None
        if self._switches().business_metadata_bumps_update_time:
            stamp(entity, self._now_ms(), by)
        self._catalog.touch(entity.guid)

    def _definition(self, group: str) -> Json:
        if group not in self._catalog.types or self._catalog.types.get(group)["category"] != "BUSINESS_METADATA":
            raise atlas_error("400-00-014", "BUSINESS_METADATA", group)
        return self._catalog.types.get(group)

    def _check(self, entity: Entity, group: str, values: Any) -> None:
        known = {each["name"]: each for each in self._definition(group)["attributeDefs"]}
        lineage = self._catalog.types.entity_type(entity.type_name).lineage
        for name, value in (values if isinstance(values, dict) else {}).items():
            if name not in known:
                raise atlas_error("400-00-01A", f"{group}.{name}: no such business attribute")
            _check_value(f"{group}.{name}", known[name], value, lineage)


def _check_value(called: str, definition: Json, value: Any, lineage: Collection[str]) -> None:
    options = definition.get("options") or {}
    applicable = json.loads(options.get("applicableEntityTypes") or "[]")
    if not set(applicable) & set(lineage):
        raise atlas_error("400-00-01A", f"{called}: not applicable to this type")
    is_text = definition["typeName"] == "string"
    if value is not None and is_text != isinstance(value, str):
        raise atlas_error("400-00-01A", f"{called}: invalid value {value}")
    if is_text and value is not None and len(value) > int(options.get("maxStrLength") or _LONGEST):
        raise atlas_error("400-00-01A", f"{called}: longer than maxStrLength")
