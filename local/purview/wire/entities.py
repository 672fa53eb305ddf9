"""Handlers for entities. Source: docs/vendors/purview.md, section 3."""

from collections.abc import Iterator
from typing import Any

from local.purview.behaviour.access import Right
from local.purview.behaviour.catalog import Catalog
from local.purview.errors import atlas_error, url_too_long_error
from local.purview.model import Entity, Json
from local.purview.wire.call import Call
from local.purview.wire.formats import format_entity, format_header, format_mutation, format_referred
from local.purview.wire.reduced import as_switched, reduced


def create_or_update(call: Call) -> Json:
    """POST entity."""
    body = call.object()
    entity = body.get("entity")
    if not isinstance(entity, dict):
        raise atlas_error("400-00-029", "entity is missing")
    return _upsert(call, [entity, *_referred(body)], call.text("collectionId"))


def bulk_create_or_update(call: Call) -> Json:
    """POST entity/bulk."""
    return upsert_many(call, call.text("collectionId"))


def upsert_many(call: Call, collection_id: str | None) -> Json:
    """The body of a bulk write, into a collection or where its entities are."""
    body = call.object()
    entities = body.get("entities")
    if not isinstance(entities, list) or not entities:
        raise atlas_error("400-00-029", "entities are missing or empty")
    return _upsert(call, [*entities, *_referred(body)], collection_id)


def _referred(body: Json) -> list[Json]:
    return [{"guid": guid, **entity} for guid, entity in (body.get("referredEntities") or {}).items()]


def _upsert(call: Call, bodies: list[Json], collection_id: str | None) -> Json:
    purview = call.purview
    if collection_id is not None:
        purview.collections.get(collection_id)
    target = collection_id or purview.collections.root.name
    for collection in {target, *(entity.collection_id for entity in _existing(call, bodies))}:
        call.require(Right.WRITE, collection)
    answer = format_mutation(purview.entities.upsert(bodies, call.by, collection_id))
    return as_switched(answer, purview.switches.write_answer)


def _existing(call: Call, bodies: list[Json]) -> Iterator[Entity]:
    for body in bodies:
        by_guid = call.purview.catalog.entities.get(str(body.get("guid")))
        if by_guid is not None:
            yield by_guid
        yield from call.purview.catalog.named(str((body.get("attributes") or {}).get("qualifiedName")))


def get_by_guid(call: Call) -> Json:
    """GET entity/guid/{guid}."""
    return _with_referred(call, call.purview.catalog.get(call.path["guid"]))


def get_header(call: Call) -> Json:
    """GET entity/guid/{guid}/header."""
    entity = call.require_on(Right.READ, call.purview.catalog.get(call.path["guid"]))
    return format_header(call.purview.catalog, entity)


def list_by_guids(call: Call) -> Json:
    """GET entity/bulk?guid=a&guid=b; one that does not exist fails the whole call."""
    guids = call.query.getlist("guid")
    limit = call.purview.switches.bulk_guid_limit
    if limit is not None and len(guids) > limit:
        raise url_too_long_error()
    return _list(call, [call.purview.catalog.get(guid) for guid in dict.fromkeys(guids)])


def list_by_unique_attributes(call: Call) -> Json:
    """GET entity/bulk/uniqueAttribute/type/{typeName}?attr_0:qualifiedName=…; what is not there is left out [Atlas]."""
    type_name = _type_name(call)
    names = [
        value for key, value in call.query.multi_items() if key.startswith("attr_") and key.endswith(":qualifiedName")
    ]
    found = [call.purview.catalog.find(type_name, name) for name in names]
    return _list(call, [entity for entity in found if entity is not None])


def get_by_unique_attribute(call: Call) -> Json:
    """GET entity/uniqueAttribute/type/{typeName}?attr:qualifiedName=…."""
    return _with_referred(call, named_entity(call))


def update_attribute(call: Call) -> Json:
    """PUT entity/guid/{guid}?name={attribute}; the body is the value."""
    entity = call.require_on(Right.WRITE, call.purview.catalog.get(call.path["guid"]))
    return format_mutation(
        call.purview.entities.update_attribute(entity.guid, call.text("name") or "", call.value(), call.by)
    )


def update_by_unique_attribute(call: Call) -> Json:
    """PUT entity/uniqueAttribute/type/{typeName}: the attributes in the body, the others stay."""
    entity = call.require_on(Right.WRITE, named_entity(call))
    body = call.object()
    sent = body.get("entity") or body
    update = {**sent, "guid": entity.guid, "typeName": entity.type_name}
    return format_mutation(call.purview.entities.upsert([update], call.by))


def delete_by_guid(call: Call) -> Json:
    """DELETE entity/guid/{guid}."""
    return _delete(call, [call.path["guid"]])


def bulk_delete(call: Call) -> Json:
    """DELETE entity/bulk?guid=a&guid=b."""
    return _delete(call, call.query.getlist("guid"))


def delete_by_unique_attribute(call: Call) -> Json:
    """DELETE entity/uniqueAttribute/type/{typeName}."""
    return _delete(call, [named_entity(call).guid])


def _delete(call: Call, guids: list[str]) -> Json:
    for guid in guids:
        entity = call.purview.catalog.entities.get(guid)
        if entity is not None:
            call.require_on(Right.WRITE, entity)
    return format_mutation(call.purview.entities.delete(guids))


def move_to_collection(call: Call) -> Json:
    """POST /entity/moveTo?collectionId=…."""
    collection_id = call.text("collectionId")
    if not collection_id:
        raise atlas_error("400-00-01A", "collectionId is missing")
    return move(call, collection_id)


def move(call: Call, collection_id: str) -> Json:
    """Move `{"entityGuids": [...]}`; needs the right to write on both sides."""
    purview = call.purview
    purview.collections.get(collection_id)
    call.require(Right.WRITE, collection_id)
    guids = [str(guid) for guid in call.object().get("entityGuids") or []]
    for guid in guids:
        call.require_on(Right.WRITE, purview.catalog.get(guid))
    return format_mutation(purview.entities.move(guids, collection_id, call.by))


def named_entity(call: Call) -> Entity:
    """The entity that path and `attr:qualifiedName` name.

    Raises:
        PurviewError: 404-00-001 unknown type, 404-00-009 no such entity.
    """
    type_name = _type_name(call)
    name = call.text("attr:qualifiedName")
    if name is None:
        raise atlas_error("400-00-01A", "attr:qualifiedName is missing")
    entity = call.purview.catalog.find(type_name, name)
    if entity is None and call.purview.switches.unique_attribute_case == "insensitive":
        entity = _find_in_any_case(call.purview.catalog, type_name, name)
    if entity is None:
        raise atlas_error("404-00-009", type_name, f"{{qualifiedName={name}}}")
    return entity


def _find_in_any_case(catalog: Catalog, type_name: str, name: str) -> Entity | None:
    spellings = {each.qualified_name for each in catalog.entities.values() if each.is_active}
    alike = (catalog.find(type_name, each) for each in spellings if each.casefold() == name.casefold())
    return next(filter(None, alike), None)


def _type_name(call: Call) -> str:
    return call.purview.types.entity_type(call.path["typeName"]).name


def _with_referred(call: Call, entity: Entity) -> Json:
    call.require_on(Right.READ, entity)
    return {"referredEntities": _referred_entities(call, [entity]), "entity": _format(call, entity)}


def _list(call: Call, entities: list[Entity]) -> Json:
    for entity in entities:
        call.require_on(Right.READ, entity)
    return {
        "referredEntities": _referred_entities(call, entities),
        "entities": [_format(call, each) for each in entities],
    }


def _format(call: Call, entity: Entity) -> Json:
    formatted = format_entity(call.purview.catalog, entity, ignore_relationships=call.flag("ignoreRelationships"))
    return reduced(call, entity, formatted)


def _referred_entities(call: Call, entities: list[Entity]) -> dict[str, Any]:
    if call.purview.switches.referred_entities == "none" or call.flag("ignoreRelationships"):
        return {}
    referred: dict[str, Any] = {}
    for entity in entities:
        referred |= format_referred(call.purview.catalog, entity, minimal=call.flag("minExtInfo"))
    return referred
