"""Relationships made, changed and removed by themselves, not through an entity.

Source: docs/vendors/purview.md, section 5 "Create".
"""

from collections.abc import Callable
from typing import Any

from local.purview.behaviour.catalog import Catalog
from local.purview.behaviour.entities import stamp
from local.purview.behaviour.references import References
from local.purview.behaviour.types import RelationEnd
from local.purview.errors import atlas_error
from local.purview.model import Entity, Json, Relationship
from local.purview.switches import PurviewSwitches


class Relationships:
    """Write operations on relationships."""

    def __init__(self, catalog: Catalog, switches: Callable[[], PurviewSwitches], now_ms: Callable[[], int]) -> None:
        self._catalog, self._switches, self._now_ms = catalog, switches, now_ms

    def create(self, body: Json, by: str) -> Relationship:
        """Connect two entities; they may come in either order, as the vendor's own samples disagree on it."""
        definition = self._catalog.types.get(str(body.get("typeName")), "RELATIONSHIP")
        first, second = (self._end(body.get(name), name) for name in ("end1", "end2"))
        end, own, other = self._fit(definition["name"], first, second)
        if other.guid in self._catalog.linked(own.guid, end):
            raise atlas_error("409-00-004", definition["name"], own.guid, other.guid)
        relationship = self._catalog.connect(end, own.guid, other.guid, now_ms=self._now_ms(), by=by)
        relationship.attributes = dict(body.get("attributes") or {})
        for entity in (own, other) if self._switches().links_touch_both_ends else ():
            stamp(entity, self._now_ms(), by)
        return relationship

    def update(self, body: Json, by: str) -> Relationship:
        """Change the attributes of a relationship that is named by its guid."""
        relationship = self._catalog.relationship(str(body.get("guid")))
        relationship.attributes = relationship.attributes | (body.get("attributes") or {})
        relationship.update_time = self._now_ms()
        relationship.version += 1
        for guid in (relationship.end1, relationship.end2):
            self._catalog.touch(guid)
            stamp(self._catalog.get(guid), self._now_ms(), by)
        return relationship

    def delete(self, guid: str) -> None:
        """Remove one edge; neither end is deleted."""
        self._catalog.disconnect(self._catalog.relationship(guid), hard=True)

    def _end(self, reference: Any, name: str) -> Entity:
        if not reference:
            raise atlas_error("400-00-07D", name)
        return self._catalog.entities[References(self._catalog, {}, {}).resolve(reference)]

    def _fit(self, relationship: str, first: Entity, second: Entity) -> tuple[RelationEnd, Entity, Entity]:
        """The end at which the first entity stands: as given, or turned round."""
        end = self._catalog.types.relation_end(relationship, is_end1=True)
        for own, other in ((first, second), (second, first)):
            if self._is(own, end.own_type) and self._is(other, end.other_type):
                return end, own, other
        raise atlas_error("400-00-036", relationship, first.type_name, second.type_name)

    def _is(self, entity: Entity, type_name: str) -> bool:
        return self._catalog.types.is_a(entity.type_name, type_name)
