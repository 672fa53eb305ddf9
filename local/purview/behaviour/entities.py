"""Creating, updating, moving and deleting entities. Source: docs/vendors/purview.md, section 3."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from local.purview.behaviour.catalog import Catalog
from local.purview.behaviour.drafts import Draft, DraftReader
from local.purview.behaviour.types import RelationEnd
from local.purview.errors import atlas_error
from local.purview.model import Entity, Json, Mutation
from local.purview.switches import PurviewSwitches

_OWN_FIELDS = {
    "labels": ("labels", tuple),
    "classifications": ("classifications", tuple),
    "contacts": ("contacts", dict),
    "customAttributes": ("custom_attributes", dict),
    "businessAttributes": ("business_attributes", dict),
}
"""Body field to entity field and the type that keeps it."""


class Entities:
    """Write operations on entities; each call is done as a whole or not at all."""

    def __init__(
        self,
        catalog: Catalog,
        root_collection: Callable[[], str],
        switches: Callable[[], PurviewSwitches],
        now_ms: Callable[[], int],
    ) -> None:
        self._catalog, self._root, self._switches, self._now_ms = catalog, root_collection, switches, now_ms

    def upsert(self, bodies: list[Json], by: str, collection_id: str | None = None) -> Mutation:
        """Create or update, by guid if it is a real one, else by unique attributes."""
        limit = self._switches().bulk_entity_limit
        if limit is not None and len(bodies) > limit:
            raise atlas_error("400-00-029", f"{len(bodies)} entities in one request, at most {limit} are accepted")
        drafts = DraftReader(self._catalog, self._switches()).read(bodies)
        return _Upsert(self._catalog, self._switches(), self._now_ms(), by).run(drafts, self._root(), collection_id)

    def update_attribute(self, guid: str, name: str, value: Any, by: str) -> Mutation:
        """Set one attribute: a primitive or an entity reference, never null, no array, no map.

        Source: docs/vendors/purview.md, section 3 "Partial update".
        """
        entity = self._catalog.get_active(guid)
        if value is None or isinstance(value, list):
            raise atlas_error("400-00-01A", f"{name}: null and arrays cannot be set by partial update")
        if name not in self._catalog.types.entity_type(entity.type_name).attributes:
            raise atlas_error("400-00-01A", f"{name}: no attribute of {entity.type_name}")
        body = {"guid": guid, "typeName": entity.type_name, "attributes": {name: value}}
        return self.upsert([body], by)

    def move(self, guids: list[str], collection_id: str, by: str) -> Mutation:
        """Put entities into a collection. Source: example Entity_MoveEntitiesToCollection."""
        entities = [self._catalog.get_active(guid) for guid in guids]
        moved = [entity for entity in entities if entity.collection_id != collection_id]
        for entity in moved:
            entity.collection_id = collection_id
            stamp(entity, self._now_ms(), by)
            self._catalog.touch(entity.guid)
        assignments = {f"-{number}": entity.guid for number, entity in enumerate(entities, start=1)}
        return Mutation(updated=tuple(moved), assignments=assignments)

    def delete(self, guids: Iterable[str]) -> Mutation:
        """Delete entities with the parts they own; unknown guids are ignored, as in Apache Atlas."""
        deleted: dict[str, Entity] = {}
        for guid in guids:
            entity = self._catalog.entities.get(guid)
            if entity is None and self._switches().delete_unknown_guid == "not_found":
                raise atlas_error("404-00-005", guid)
            if entity is not None and entity.is_active:
                deleted |= {each.guid: each for each in self._with_parts(entity)}
        for entity in deleted.values():
            self._catalog.retire(entity, hard=self._switches().deletion == "hard")
        return Mutation(deleted=tuple(deleted.values()))

    def _with_parts(self, entity: Entity) -> Iterator[Entity]:
        yield entity
        for end in self._catalog.types.entity_type(entity.type_name).ends.values():
            if end.is_owner:
                for guid in self._catalog.linked(entity.guid, end):
                    yield from self._with_parts(self._catalog.entities[guid])


def stamp(entity: Entity, now_ms: int, by: str) -> None:
    """Mark an entity as updated. `lastModifiedTS` is a counter, not a time.

    Source: docs/vendors/purview.md, section 3.
    """
    entity.update_time = max(now_ms, entity.update_time)
    entity.updated_by = by
    entity.last_modified += 1


class _Upsert:
    """Applies checked drafts."""

    def __init__(self, catalog: Catalog, switches: PurviewSwitches, now_ms: int, by: str) -> None:
        self._catalog, self._switches, self._now_ms, self._by = catalog, switches, now_ms, by
        self._created: dict[str, Entity] = {}
        self._updated: dict[str, Entity] = {}

    def run(self, drafts: list[Draft], root: str, collection_id: str | None) -> Mutation:
        honoured = self._switches.collection_on_create == "honoured"
        for draft in drafts:
            existing = draft.existing or self._created.get(draft.guid)
            if existing is None:
                self._create(draft, collection_id if collection_id and honoured else root)
            else:
                self._update(existing, draft, collection_id)
        for draft in drafts:
            for end, targets in draft.links:
                self._link(draft.guid, end, targets)
        for entity in self._updated.values():
            stamp(entity, self._now_ms, self._by)
            self._catalog.touch(entity.guid)
        assignments = {draft.assigned: draft.guid for draft in drafts if draft.assigned != draft.guid}
        return Mutation(tuple(self._created.values()), tuple(self._updated.values()), assignments=assignments)

    def _create(self, draft: Draft, collection_id: str) -> None:
        entity = Entity(
            guid=draft.guid,
            type_name=draft.type.name,
            attributes=draft.attributes,
            collection_id=collection_id,
            create_time=self._now_ms,
            update_time=self._now_ms,
            created_by=self._by,
            updated_by=self._by,
        )
        _set_own_fields(entity, draft.body)
        self._catalog.add(entity)
        self._created[entity.guid] = entity

    def _update(self, entity: Entity, draft: Draft, collection_id: str | None) -> None:
        """Only what was sent; where nothing differs there is no update.

        Source: docs/vendors/purview.md, section 3 "No-op".
        """
        changes = {name: value for name, value in draft.attributes.items() if entity.attributes.get(name) != value}
        if changes:
            self._catalog.set_attributes(entity, entity.attributes | changes)
        moved = collection_id is not None and collection_id != entity.collection_id
        if collection_id is not None:
            entity.collection_id = collection_id
        if _set_own_fields(entity, draft.body) or changes or moved:
            self._mark(entity.guid)

    def _link(self, guid: str, end: RelationEnd, targets: list[str]) -> None:
        """A list replaces what was there: edges that are not in it go.

        Source: docs/vendors/purview.md, section 5 "Update and removal".
        """
        current = dict(self._catalog.linked(guid, end))
        added = [target for target in targets if target not in current]
        for target in current.keys() - set(targets):
            self._catalog.disconnect(self._catalog.relationships[current[target]], hard=True)
        for target in added:
            self._leave_single(end, target)
            self._catalog.connect(end, guid, target, now_ms=self._now_ms, by=self._by)
        changed = [*added, *(current.keys() - set(targets))]
        if changed:
            self._mark(guid)
        for target in changed if self._switches.links_touch_both_ends else ():
            self._mark(target)

    def _leave_single(self, end: RelationEnd, target: str) -> None:
        """A part that can have one whole only leaves the former one."""
        back = self._catalog.types.relation_end(end.relationship, is_end1=not end.is_end1)
        if back.is_single:
            for relationship in dict(self._catalog.linked(target, back)).values():
                self._catalog.disconnect(self._catalog.relationships[relationship], hard=True)

    def _mark(self, guid: str) -> None:
        if guid not in self._created:
            self._updated[guid] = self._catalog.entities[guid]


def _set_own_fields(entity: Entity, body: Json) -> bool:
    """Labels, classifications and the like; returns whether anything differs."""
    changed = False
    for key, (name, keep) in _OWN_FIELDS.items():
        if body.get(key) is not None and getattr(entity, name) != keep(body[key]):
            setattr(entity, name, keep(body[key]))
            changed = True
    return changed
