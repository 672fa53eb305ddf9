"""The store: entities by guid and by unique attribute, relationships, and which entities changed."""

from collections.abc import Iterator
from uuid import uuid4

from local.purview.behaviour.types import RelationEnd, TypeRegistry
from local.purview.errors import atlas_error
from local.purview.model import ACTIVE, DELETED, Entity, Json, Relationship

_EndKey = tuple[str, bool]
"""Relationship type, and whether the entity stands at its end1."""


class Catalog:
    """Holds the state and keeps its indexes true; knows no rules."""

    def __init__(self, types: TypeRegistry) -> None:
        self.types = types
        self.entities: dict[str, Entity] = {}
        self.relationships: dict[str, Relationship] = {}
        self._by_name: dict[str, tuple[str, ...]] = {}
        self._by_type: dict[str, dict[str, None]] = {}
        self._edges: dict[str, dict[_EndKey, dict[str, str]]] = {}
        self._changed: dict[str, None] = {}

    # Entities

    def add(self, entity: Entity) -> None:
        """Keep a new entity."""
        self.entities[entity.guid] = entity
        self._by_type.setdefault(entity.type_name, {})[entity.guid] = None
        self._by_name[entity.qualified_name] = (*self._by_name.get(entity.qualified_name, ()), entity.guid)
        self.touch(entity.guid)

    def set_attributes(self, entity: Entity, attributes: Json) -> None:
        """Replace the attributes, also where the qualified name changes."""
        self._forget_name(entity)
        entity.attributes = attributes
        self._by_name[entity.qualified_name] = (*self._by_name.get(entity.qualified_name, ()), entity.guid)
        self.touch(entity.guid)

    def retire(self, entity: Entity, *, hard: bool) -> None:
        """Take an entity and its relationships out; soft: by guid both stay readable as DELETED."""
        self._forget_name(entity)
        entity.status = DELETED
        for relationship in list(self.relationships_of(entity.guid)):
            self.disconnect(relationship, hard=hard)
        if hard:
            del self.entities[entity.guid]
            del self._by_type[entity.type_name][entity.guid]
        self.touch(entity.guid)

    def _forget_name(self, entity: Entity) -> None:
        rest = tuple(guid for guid in self._by_name[entity.qualified_name] if guid != entity.guid)
        if rest:
            self._by_name[entity.qualified_name] = rest
        else:
            del self._by_name[entity.qualified_name]

    def get(self, guid: str) -> Entity:
        """An entity by guid, deleted ones included."""
        if guid not in self.entities:
            raise atlas_error("404-00-005", guid)
        return self.entities[guid]

    def get_active(self, guid: str) -> Entity:
        """An entity that can still be changed."""
        entity = self.get(guid)
        if not entity.is_active:
            raise atlas_error("404-00-012", guid)
        return entity

    def find(self, type_name: str, qualified_name: str) -> Entity | None:
        """By unique attribute; an instance of a subtype matches too, the exact type comes first.

        Source: docs/vendors/purview.md, section 3 "Super-types".
        """
        found = [self.entities[guid] for guid in self._by_name.get(qualified_name, ())]
        matching = [each for each in found if self.types.is_a(each.type_name, type_name)]
        return min(matching, key=lambda each: each.type_name != type_name, default=None)

    def of_type(self, type_name: str) -> list[Entity]:
        """All entities of exactly that type, deleted ones included, oldest first."""
        return [self.entities[guid] for guid in self._by_type.get(type_name, ())]

    def named(self, qualified_name: str) -> list[Entity]:
        """All active entities of that qualified name, whatever their type."""
        return [self.entities[guid] for guid in self._by_name.get(qualified_name, ())]

    # Relationships

    def connect(self, end: RelationEnd, own: str, other: str, *, now_ms: int, by: str) -> Relationship:
        """Put an edge between two entities, `own` standing at `end`."""
        end1, end2 = end.order(own, other)
        relationship = Relationship(str(uuid4()), end.relationship, end1, end2, {}, now_ms, now_ms, by)
        self.relationships[relationship.guid] = relationship
        self._edge(relationship, end1=True)[end2] = relationship.guid
        self._edge(relationship, end1=False)[end1] = relationship.guid
        self.touch(own)
        self.touch(other)
        return relationship

    def disconnect(self, relationship: Relationship, *, hard: bool) -> None:
        """Take an edge out."""
        self._edge(relationship, end1=True).pop(relationship.end2, None)
        self._edge(relationship, end1=False).pop(relationship.end1, None)
        relationship.status = DELETED
        if hard:
            del self.relationships[relationship.guid]
        self.touch(relationship.end1)
        self.touch(relationship.end2)

    def _edge(self, relationship: Relationship, *, end1: bool) -> dict[str, str]:
        guid = relationship.end1 if end1 else relationship.end2
        return self._edges.setdefault(guid, {}).setdefault((relationship.type_name, end1), {})

    def linked(self, guid: str, end: RelationEnd) -> dict[str, str]:
        """What the entity is connected with at `end`: guid of the other entity to guid of the relationship."""
        return self._edges.get(guid, {}).get((end.relationship, end.is_end1), {})

    def relationship(self, guid: str) -> Relationship:
        """An active relationship."""
        relationship = self.relationships.get(guid)
        if relationship is None or relationship.status != ACTIVE:
            raise atlas_error("404-00-00C", guid)
        return relationship

    def relationships_of(self, guid: str) -> Iterator[Relationship]:
        """All active edges of an entity."""
        for others in self._edges.get(guid, {}).values():
            for relationship_guid in others.values():
                yield self.relationships[relationship_guid]

    # Changes

    def touch(self, guid: str) -> None:
        """Remember that the search index must look at this entity again."""
        self._changed[guid] = None

    def take_changes(self) -> list[str]:
        """The guids touched since the last call."""
        changed = list(self._changed)
        self._changed.clear()
        return changed
