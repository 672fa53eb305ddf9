"""Purview's wire format for what lineage writes and reads back.

Source: docs/vendors/purview.md, section 3.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sync_core.http.failures import to_shape_error
from sync_core.http.json_reading import member, objects, text
from sync_core.http.services import PURVIEW
from sync_core.purview.graph import COLUMN_MAPPING, COLUMN_MAPPING_NOTE, EntityRef, LineageEntity
from sync_core.purview.wire import has_ended

# Where the types of Purview's own scanners keep the columns of an asset.
# Source: docs/vendors/purview.md, section 3, schema columns.
COLUMNS = "columns"
TABULAR_SCHEMA = "tabular_schema"
ATTACHED_SCHEMA = "attachedSchema"
FED_BY = "outputFromProcesses"
GUID_ASSIGNMENTS = "guidAssignments"
WRITTEN = frozenset({GUID_ASSIGNMENTS, "mutatedEntities", "partialUpdatedEntities"})


@dataclass(frozen=True, slots=True)
class RelatedEntity:
    """An entity that another one refers to, with its present names; empty are those that the answer does not tell."""

    guid: str
    display_text: str
    qualified_name: str = ""


@dataclass(frozen=True, slots=True)
class StoredEntity:
    """An entity as it stands in Purview; `schema_guid` is that of a schema beside it, empty where it has none.

    `ends` are a process's inputs and outputs, None where the answer tells none of either: the guid of each, or its
    qualified name where it tells no guid. `column_mapping` is a process's, empty where there is none;
    its note tells that it is not whole. `fed_by` are the guids of the processes that lead to the entity, `parents` what
    its references to a single entity lead to, such as that of a column to its asset.
    """

    guid: str
    type_name: str
    qualified_name: str
    columns: tuple[RelatedEntity, ...] = ()
    name: str = ""
    collection: str = ""
    schema_guid: str = ""
    ends: frozenset[str] | None = None
    column_mapping: str = ""
    column_mapping_note: str = ""
    fed_by: tuple[str, ...] = ()
    parents: frozenset[str] = frozenset()

    @property
    def column_names(self) -> frozenset[str]:
        """The names of its columns, as far as they are told."""
        return frozenset(column.display_text for column in self.columns if column.display_text)


def parse_stored_entity(body: Any) -> StoredEntity | None:
    """Read `{"entity": ...}`; a deleted entity counts as none, whether the account keeps it or not.

    Raises:
        SyncError: it is no entity at all; that must not be taken for "not there".
    """
    entity = member(body, "entity")
    guid = text(entity, "guid")
    if not guid:
        raise to_shape_error(PURVIEW, "an entity with a guid", body)
    if has_ended(entity, "status"):
        return None
    schemas = [
        text(member(entity, "relationshipAttributes", TABULAR_SCHEMA), "guid"),
        *(text(schema, "guid") for schema in objects(entity, "relationshipAttributes", ATTACHED_SCHEMA)),
    ]
    referred = member(body, "referredEntities")
    return StoredEntity(
        guid=guid,
        type_name=text(entity, "typeName"),
        name=text(entity, "attributes", "name"),
        qualified_name=text(entity, "attributes", "qualifiedName"),
        collection=text(entity, "collectionId"),
        columns=tuple(
            _parse_related(column, referred) for column in _active(entity, "relationshipAttributes", COLUMNS)
        ),
        schema_guid=next(filter(None, schemas), ""),
        ends=_parse_ends(entity),
        column_mapping=text(entity, "attributes", COLUMN_MAPPING),
        column_mapping_note=text(entity, "attributes", COLUMN_MAPPING_NOTE),
        fed_by=tuple(text(process, "guid") for process in _active(entity, "relationshipAttributes", FED_BY)),
        parents=frozenset(_parse_parents(entity)),
    )


def parse_stored_entities(body: Any) -> list[StoredEntity]:
    """Read `{"entities": [...]}` like `parse_stored_entity`."""
    if not isinstance(member(body, "entities"), list):
        raise to_shape_error(PURVIEW, "a list of entities", body)
    referred = {"referredEntities": member(body, "referredEntities")}
    each = (parse_stored_entity({"entity": entity, **referred}) for entity in objects(body, "entities"))
    return [found for found in each if found]


def check_written(body: Any) -> None:
    """Raise SyncError where an answer is none to a write, a move or a deletion: the outcome is not known then."""
    if not isinstance(body, Mapping) or (body and not WRITTEN & body.keys()):
        raise to_shape_error(PURVIEW, "that to a write", body)


def parse_written(body: Any, placeholders: Mapping[EntityRef, str]) -> dict[EntityRef, str]:
    """Read which guids a bulk write led to, as far as it tells: an update of nothing may be answered with nothing.

    What stands afterwards is not judged by this, only by reading it back.

    Raises:
        SyncError: it is no answer to a bulk write, whose outcome is then not known.
    """
    check_written(body)
    mutated = member(body, "mutatedEntities")
    actions = mutated if isinstance(mutated, Mapping) else {}
    told = {
        EntityRef(text(entity, "typeName"), text(entity, "attributes", "qualifiedName")): text(entity, "guid")
        for action in actions
        for entity in objects(actions, action)
    }
    guids = {ref: text(body, GUID_ASSIGNMENTS, number) or told.get(ref, "") for ref, number in placeholders.items()}
    return {ref: guid for ref, guid in guids.items() if guid}


def format_entity(entity: LineageEntity, placeholders: Mapping[EntityRef, str]) -> dict[str, Any]:
    """Write an entity for a bulk call; references go by the call's placeholders, else by type and qualified name."""
    attributes: dict[str, Any] = {"qualifiedName": entity.ref.qualified_name, "name": entity.name, **entity.attributes}
    if entity.inputs or entity.outputs:
        attributes["inputs"] = [_format_ref(ref, placeholders) for ref in entity.inputs]
        attributes["outputs"] = [_format_ref(ref, placeholders) for ref in entity.outputs]
    relations = {name: _format_ref(ref, placeholders) for name, ref in entity.relations.items()}
    return {
        "typeName": entity.ref.type_name,
        "guid": placeholders[entity.ref],
        "attributes": attributes,
        **({"relationshipAttributes": relations} if relations else {}),
    }


def _format_ref(ref: EntityRef, placeholders: Mapping[EntityRef, str]) -> dict[str, Any]:
    if ref in placeholders:
        return {"typeName": ref.type_name, "guid": placeholders[ref]}
    return {"typeName": ref.type_name, "uniqueAttributes": {"qualifiedName": ref.qualified_name}}


def _parse_ends(entity: Any) -> frozenset[str] | None:
    """Purview writes them as attributes, relationship attributes, or both."""
    places = [(place, name) for place in ("attributes", "relationshipAttributes") for name in ("inputs", "outputs")]
    if not any(isinstance(member(entity, *place), list) for place in places):
        return None
    ends = [end for place in places for end in objects(entity, *place)]
    gone = {_end(end) for end in ends if not _is_active(end)}  # an attribute's bare id does not tell that
    return frozenset(map(_end, ends)) - gone - {""}


def _end(related: Any) -> str:
    return text(related, "guid") or text(related, "uniqueAttributes", "qualifiedName")


def _parse_parents(entity: Any) -> Iterator[str]:
    related = member(entity, "relationshipAttributes")
    for one in related.values() if isinstance(related, Mapping) else ():
        if isinstance(one, Mapping) and _is_active(one):
            yield text(one, "guid")


def _active(entity: Any, *path: str) -> Iterator[Mapping[str, Any]]:
    return filter(_is_active, objects(entity, *path))


def _is_active(related: Any) -> bool:
    return not (has_ended(related, "entityStatus") or has_ended(related, "relationshipStatus"))


def _parse_related(item: Any, referred: Any) -> RelatedEntity:
    guid = text(item, "guid")
    attributes = member(referred, guid, "attributes")
    name = text(item, "uniqueAttributes", "qualifiedName") or text(attributes, "qualifiedName")
    return RelatedEntity(guid, text(item, "displayText") or text(attributes, "name"), name)
