"""Purview's wire format for what lineage writes and reads back.

Source: docs/vendors/purview.md, section 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync_core.clients.json_reading import member, objects, text
from sync_core.domain.lineage import EntityRef, LineageEntity
from sync_core.errors import TransientError

ACTIVE = "ACTIVE"
# Where the types of Purview's own scanners keep the columns of an asset.
# Source: docs/vendors/purview.md, section 3, schema columns.
COLUMNS = "columns"
TABULAR_SCHEMA = "tabular_schema"


@dataclass(frozen=True, slots=True)
class RelatedEntity:
    """An entity that another one refers to, with its present name."""

    guid: str
    display_text: str


@dataclass(frozen=True, slots=True)
class StoredEntity:
    """An entity as it stands in Purview; `schema_guid` is that of its tabular schema, empty where it has none.

    `ends` are the guids of a process's inputs and outputs, None where the answer tells none of either.
    """

    guid: str
    type_name: str
    name: str
    qualified_name: str
    collection: str
    columns: tuple[RelatedEntity, ...]
    schema_guid: str
    ends: frozenset[str] | None

    @property
    def column_names(self) -> frozenset[str]:
        """The names of its columns."""
        return frozenset(column.display_text for column in self.columns)


def parse_stored_entity(body: Any) -> StoredEntity | None:
    """Read `{"entity": ...}`; a deleted entity counts as none, whether the account keeps it or not.

    Raises:
        TransientError: it is no entity at all, e.g. a proxy's page; that must not be taken for "not there".
    """
    entity = member(body, "entity")
    guid = text(entity, "guid")
    if not guid:
        raise TransientError("Microsoft Purview's answer is no entity with a guid.", service="purview")
    if _status(entity, "status") != ACTIVE:
        return None
    schema = member(entity, "relationshipAttributes", TABULAR_SCHEMA)
    return StoredEntity(
        guid=guid,
        type_name=text(entity, "typeName"),
        name=text(entity, "attributes", "name"),
        qualified_name=text(entity, "attributes", "qualifiedName"),
        collection=text(entity, "collectionId"),
        columns=tuple(
            RelatedEntity(text(column, "guid"), text(column, "displayText"))
            for column in objects(entity, "relationshipAttributes", COLUMNS)
            if {_status(column, "entityStatus"), _status(column, "relationshipStatus")} == {ACTIVE}
        ),
        schema_guid=text(schema, "guid"),
        ends=_parse_ends(entity),
    )


def parse_guid_assignments(body: Any) -> dict[str, str]:
    """Read which guid each placeholder of a bulk write was given.

    Raises:
        TransientError: it is no answer to a bulk write, whose outcome is then not known.
    """
    assigned = member(body, "guidAssignments")
    if not isinstance(assigned, Mapping):
        raise TransientError("Microsoft Purview's answer to a bulk write names no guids.", service="purview")
    return {key: guid for key in assigned if (guid := text(assigned, key))}


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
    return frozenset(text(end, "guid") for place in places for end in objects(entity, *place))


def _status(item: Any, name: str) -> str:
    return text(item, name) or ACTIVE
