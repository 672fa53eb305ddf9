"""Handlers for lineage and relationships. Source: docs/vendors/purview.md, section 5."""

from collections.abc import Iterator

from local.purview.behaviour.access import Right
from local.purview.behaviour.lineage import Direction, LineageGraph
from local.purview.errors import atlas_error
from local.purview.model import Entity, Json
from local.purview.wire.call import Call
from local.purview.wire.entities import named_entity
from local.purview.wire.formats import format_header, format_relationship

DEFAULT_DEPTH = 3
DEFAULT_WIDTH = 10


def get_by_guid(call: Call) -> Json:
    """GET lineage/{guid}?direction=BOTH&depth=3&width=10."""
    return _read(call, call.purview.catalog.get(call.path["guid"]))


def get_by_unique_attribute(call: Call) -> Json:
    """GET lineage/uniqueAttribute/type/{typeName}?attr:qualifiedName=…."""
    return _read(call, named_entity(call))


def get_next_page(call: Call) -> Json:
    """GET /lineage/{guid}/next?direction=OUTPUT&offset=0&limit=-1."""
    entity = call.require_on(Right.READ, call.purview.catalog.get(call.path["guid"]))
    direction = _direction(call, default=None)
    graph = call.purview.lineage.read_next(entity.guid, direction, call.number("offset", 0), call.number("limit", -1))
    return _format(call, graph) | {"widthCounts": {str(direction): None}}


def _read(call: Call, entity: Entity) -> Json:
    call.require_on(Right.READ, entity)
    depth, width = call.number("depth", DEFAULT_DEPTH), call.number("width", DEFAULT_WIDTH)
    return _format(call, call.purview.lineage.read(entity.guid, _direction(call, Direction.BOTH), depth, width))


def _direction(call: Call, default: Direction | None) -> Direction:
    value = (call.text("direction") or default or "").upper()
    if value not in Direction.__members__:
        raise atlas_error("400-00-026", "direction", value)
    return Direction(value)


def _format(call: Call, graph: LineageGraph) -> Json:
    include_parent = call.flag("includeParent")
    return {
        "baseEntityGuid": graph.base,
        "lineageDirection": str(graph.direction),
        "lineageDepth": graph.depth,
        "lineageWidth": graph.width,
        "childrenCount": -1,
        "guidEntityMap": {guid: format_header(call.purview.catalog, each) for guid, each in graph.entities.items()},
        "includeParent": include_parent,
        "relations": [
            {"fromEntityId": edge.source, "toEntityId": edge.target, "relationshipId": edge.relationship}
            for edge in graph.edges
        ],
        "parentRelations": list(_parents(call, graph)) if include_parent else [],
        "widthCounts": {str(direction): counts for direction, counts in graph.widths.items()},
    }


def _parents(call: Call, graph: LineageGraph) -> Iterator[Json]:
    """Who owns the entities of the graph, such as the table of a column."""
    catalog = call.purview.catalog
    for guid, entity in graph.entities.items():
        for end in catalog.types.entity_type(entity.type_name).ends.values():
            if catalog.types.relation_end(end.relationship, is_end1=not end.is_end1).is_owner:
                for parent, relationship in catalog.linked(guid, end).items():
                    yield {"childEntityId": guid, "parentEntityId": parent, "relationshipId": relationship}


def create_relationship(call: Call) -> Json:
    """POST relationship."""
    call.require(Right.WRITE)
    relationship = call.purview.relationships.create(call.object(), call.by)
    return format_relationship(call.purview.catalog, relationship)


def update_relationship(call: Call) -> Json:
    """PUT relationship."""
    call.require(Right.WRITE)
    relationship = call.purview.relationships.update(call.object(), call.by)
    return format_relationship(call.purview.catalog, relationship)


def get_relationship(call: Call) -> Json:
    """GET relationship/guid/{guid}; with extendedInfo also the headers of both ends."""
    call.require(Right.READ)
    catalog = call.purview.catalog
    relationship = catalog.relationship(call.path["guid"])
    ends = (relationship.end1, relationship.end2) if call.flag("extendedInfo") else ()
    return {
        "relationship": format_relationship(catalog, relationship),
        "referredEntities": {guid: format_header(catalog, catalog.get(guid)) for guid in ends},
    }


def delete_relationship(call: Call) -> None:
    """DELETE relationship/guid/{guid}."""
    call.require(Right.WRITE)
    call.purview.relationships.delete(call.path["guid"])
