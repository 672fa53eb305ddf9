"""JSON shapes of entities, relationships and what writes did.

Source: docs/vendors/purview.md, section 3, examples Entity_*.json.
"""

from collections.abc import Iterator
from typing import Any

from local.purview.behaviour.catalog import Catalog
from local.purview.behaviour.types import RelationEnd
from local.purview.builtin.glossary import ASSIGNMENT, ASSIGNMENT_ATTRIBUTES
from local.purview.model import Entity, Json, Mutation, Relationship

_MINIMAL = {"name", "description", "owner", "createTime", "userDescription", "displayName", "qualifiedName"}
"""Attributes that minExtInfo leaves of referred entities. Source: docs/vendors/purview.md, section 3 (ENT)."""


def format_entity(catalog: Catalog, entity: Entity, *, ignore_relationships: bool = False) -> Json:
    """An entity with all attributes of its type, nulls included."""
    entity_type = catalog.types.entity_type(entity.type_name)
    attributes = {name: entity.attributes.get(name) for name in entity_type.attributes}
    related = {end.name: _format_end(catalog, entity, end) for end in entity_type.ends.values()}
    for end in entity_type.ends.values():
        if end.is_legacy:
            attributes[end.name] = _object_ids(related[end.name])
    formatted: Json = {
        "typeName": entity.type_name,
        "attributes": attributes,
        "lastModifiedTS": str(entity.last_modified),
        "guid": entity.guid,
        "isIncomplete": False,
        "provenanceType": 0,
        "status": entity.status,
        "createdBy": entity.created_by,
        "updatedBy": entity.updated_by,
        "createTime": entity.create_time,
        "updateTime": entity.update_time,
        "version": 0,
        "labels": list(entity.labels),
        "displayText": entity.display_text,
        "proxy": False,
        "sourceDetails": {},
        "collectionId": entity.collection_id,
    }
    if not ignore_relationships:
        formatted["relationshipAttributes"] = related
    return formatted | dict(_format_extras(entity))


def _format_extras(entity: Entity) -> Iterator[tuple[str, Any]]:
    if entity.contacts is not None:
        yield "contacts", entity.contacts
    if entity.classifications:
        fixed = {"entityGuid": entity.guid, "entityStatus": entity.status, "lastModifiedTS": "1"}
        yield "classifications", [fixed | each for each in entity.classifications]
    if entity.custom_attributes is not None:
        yield "customAttributes", entity.custom_attributes
    if entity.business_attributes is not None:
        yield "businessAttributes", entity.business_attributes


def _object_ids(related: Any) -> Any:
    """Attributes that are relationships too hold bare object ids. Source: Apache Atlas, legacy attributes."""
    if isinstance(related, list):
        return [{"guid": each["guid"], "typeName": each["typeName"]} for each in related]
    return related and {"guid": related["guid"], "typeName": related["typeName"]}


def _format_end(catalog: Catalog, entity: Entity, end: RelationEnd) -> Any:
    linked = [
        format_related(catalog.entities[guid], catalog.relationships[relationship])
        for guid, relationship in catalog.linked(entity.guid, end).items()
    ]
    if end.is_single:
        return linked[0] if linked else None
    return linked


def format_related(entity: Entity, relationship: Relationship) -> Json:
    """The entity at the other end. Source: docs/vendors/purview.md, section 3 "Related object"."""
    attributes: Json = {"typeName": relationship.type_name}
    if relationship.type_name == ASSIGNMENT:
        attributes["attributes"] = {name: relationship.attributes.get(name) for name in ASSIGNMENT_ATTRIBUTES}
    elif relationship.attributes:
        attributes["attributes"] = relationship.attributes
    return {
        "guid": entity.guid,
        "typeName": entity.type_name,
        "entityStatus": entity.status,
        "displayText": entity.display_text,
        "relationshipType": relationship.type_name,
        "relationshipGuid": relationship.guid,
        "relationshipStatus": relationship.status,
        "relationshipAttributes": attributes,
    }


def format_referred(catalog: Catalog, entity: Entity, *, minimal: bool) -> Json:
    """`referredEntities`: the parts that an entity owns, such as columns; nested unless `minimal`."""
    referred: Json = {}
    for end in catalog.types.entity_type(entity.type_name).ends.values():
        for guid in catalog.linked(entity.guid, end) if end.is_owner else ():
            part = catalog.entities[guid]
            referred[guid] = format_entity(catalog, part, ignore_relationships=minimal)
            if minimal:
                attributes = referred[guid]["attributes"]
                referred[guid]["attributes"] = {key: attributes[key] for key in attributes if key in _MINIMAL}
            else:
                referred |= format_referred(catalog, part, minimal=False)
    return referred


def format_header(catalog: Catalog, entity: Entity) -> Json:
    """An entity in brief, as in lineage. Source: docs/vendors/purview.md, section 5 (LIN)."""
    names = ("qualifiedName", "name", "description", "owner", "createTime")
    end = catalog.types.entity_type(entity.type_name).ends.get("meanings")
    assigned = catalog.linked(entity.guid, end) if end else {}
    terms = [(catalog.entities[guid], relationship) for guid, relationship in assigned.items()]
    return {
        "typeName": entity.type_name,
        "attributes": {name: entity.attributes[name] for name in names if name in entity.attributes},
        "lastModifiedTS": str(entity.last_modified),
        "guid": entity.guid,
        "status": entity.status,
        "displayText": entity.display_text,
        "classificationNames": [each.get("typeName") for each in entity.classifications],
        "classifications": list(entity.classifications),
        "meaningNames": [term.display_text for term, _ in terms],
        "meanings": [
            {"termGuid": term.guid, "relationGuid": relationship, "displayText": term.display_text, "confidence": 0}
            for term, relationship in terms
        ],
        "isIncomplete": False,
        "labels": list(entity.labels),
    }


def format_mutation(mutation: Mutation) -> Json:
    """What a write did; an action that hit nothing is left out. Source: example Entity_BulkCreateOrUpdate."""
    actions = {"CREATE": mutation.created, "UPDATE": mutation.updated, "DELETE": mutation.deleted}
    formatted: Json = {
        "mutatedEntities": {action: [_mutated(each) for each in found] for action, found in actions.items() if found}
    }
    if mutation.assignments:
        formatted["guidAssignments"] = dict(mutation.assignments)
    return formatted


def _mutated(entity: Entity) -> Json:
    return {
        "typeName": entity.type_name,
        "attributes": {"qualifiedName": entity.qualified_name},
        "lastModifiedTS": str(entity.last_modified),
        "guid": entity.guid,
        "status": entity.status,
    }


def format_relationship(catalog: Catalog, relationship: Relationship) -> Json:
    """A relationship by itself. Source: example Relationship_Create."""
    end1, end2 = catalog.get(relationship.end1), catalog.get(relationship.end2)
    return {
        "typeName": relationship.type_name,
        "attributes": relationship.attributes,
        "guid": relationship.guid,
        "provenanceType": 0,
        "end1": {"guid": end1.guid, "typeName": end1.type_name},
        "end2": {"guid": end2.guid, "typeName": end2.type_name},
        "label": f"r:{relationship.type_name}",
        "status": relationship.status,
        "createdBy": relationship.created_by,
        "updatedBy": relationship.created_by,
        "createTime": relationship.create_time,
        "updateTime": relationship.update_time,
        "version": relationship.version,
    }
