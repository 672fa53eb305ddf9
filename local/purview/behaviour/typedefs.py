"""Creating, updating and deleting type definitions. Source: docs/vendors/purview.md, section 4."""

from collections.abc import Callable, Iterator, Mapping
from uuid import uuid4

from local.purview.behaviour.catalog import Catalog
from local.purview.behaviour.type_rules import check_change, check_entity_def, check_name, check_relationship_def
from local.purview.behaviour.types import SECTIONS, TypeRegistry
from local.purview.builtin.building import attribute
from local.purview.errors import atlas_error
from local.purview.model import Json

_SYSTEM_FIELDS = ("guid", "createdBy", "createTime", "subTypes", "relationshipAttributeDefs")


class Typedefs:
    """Write operations on the registry; each call is done as a whole or not at all."""

    def __init__(self, catalog: Catalog, now_ms: Callable[[], int]) -> None:
        self._catalog, self._types, self._now_ms = catalog, catalog.types, now_ms

    def create(self, sections: Mapping[str, list[Json]], by: str, *, ends_registered_before: bool) -> list[Json]:
        """Add new types; one that exists refuses the whole call.

        `ends_registered_before`: the ends of a relationshipDef must not come in the same call.
        """
        new = [self._complete(definition, by) for definition in _read(sections)]
        for definition in new:
            check_name(definition)
            if definition["name"] in self._types:
                raise atlas_error("409-00-001", definition["name"], definition["category"])
        registered = {definition["name"] for definition in self._types}
        known = registered | {definition["name"] for definition in new}
        self._check(new, known, registered if ends_registered_before else known)
        for definition in _supertypes_first(new, registered):
            self._types.put(definition)
        return new

    def update(self, sections: Mapping[str, list[Json]], by: str) -> list[Json]:
        """Change existing types, additions only."""
        known = {definition["name"] for definition in self._types}
        changed = []
        for definition in _read(sections):
            old = self._types.get(definition.get("name", ""), definition["category"])
            new = self._complete(definition, by) | _next_version(old)
            check_change(old, new)
            changed.append(new)
        self._check(changed, known, known)
        for definition in changed:
            self._types.put(definition)
        return changed

    def delete(self, names: list[str]) -> None:
        """Remove types that nothing uses."""
        for name in names:
            self._check_unused(self._types.get(name), names)
        for name in names:
            self._types.remove(name)

    def _check(self, definitions: list[Json], known: set[str], known_ends: set[str]) -> None:
        for definition in definitions:
            if definition["category"] == "ENTITY":
                check_entity_def(definition, known, self._types)
            elif definition["category"] == "RELATIONSHIP":
                check_relationship_def(definition, known_ends)

    def _check_unused(self, definition: Json, leaving: list[str]) -> None:
        name = definition["name"]
        if definition["category"] == "ENTITY":
            used = bool(self._catalog.of_type(name))
            used |= any(name in each["superTypes"] for each in self._types.of_category("ENTITY")
                        if each["name"] not in leaving)  # fmt: skip
            used |= any(name in (each["endDef1"]["type"], each["endDef2"]["type"])
                        for each in self._types.of_category("RELATIONSHIP") if each["name"] not in leaving)  # fmt: skip
        else:
            used = any(each.type_name == name for each in self._catalog.relationships.values())
        if used:
            raise atlas_error("409-00-002", name)

    def _complete(self, definition: Json, by: str) -> Json:
        """Fill in what the service adds."""
        now_ms = self._now_ms()
        defaults: Json = {
            "guid": str(uuid4()),
            "createdBy": by,
            "updatedBy": by,
            "createTime": now_ms,
            "updateTime": now_ms,
            "version": 1,
            "description": definition.get("name"),
            "typeVersion": "1.0",
            "lastModifiedTS": "1",
        }
        given = {key: value for key, value in definition.items() if key not in _SYSTEM_FIELDS and value is not None}
        complete = defaults | given
        if definition["category"] != "ENUM":
            attributes = definition.get("attributeDefs") or []
            complete["attributeDefs"] = [_complete_attribute(each) for each in attributes]
        if definition["category"] in {"ENTITY", "CLASSIFICATION"}:
            complete["superTypes"] = list(definition.get("superTypes") or [])
        return complete


def _complete_attribute(given: Json) -> Json:
    notation = f"{given.get('name', '')}:{given.get('typeName') or 'string'}"
    return attribute(notation) | {key: value for key, value in given.items() if value is not None}


def _read(sections: Mapping[str, list[Json]]) -> Iterator[Json]:
    for section, category in SECTIONS.items():
        for definition in sections.get(section) or []:
            yield {**definition, "category": category}


def _next_version(old: Json) -> Json:
    version = int(old["version"]) + 1
    kept = {key: old[key] for key in ("guid", "createdBy", "createTime")}
    return kept | {"version": version, "lastModifiedTS": str(version)}


def _supertypes_first(definitions: list[Json], registered: set[str]) -> Iterator[Json]:
    """Order definitions so that each comes after its supertypes.

    Raises:
        PurviewError: when supertypes form a circle.
    """
    waiting, ready = list(definitions), set(registered)
    while waiting:
        fit = [each for each in waiting if set(each.get("superTypes", [])) <= ready]
        if not fit:
            raise atlas_error("400-00-01A", f"circular supertypes: {', '.join(each['name'] for each in waiting)}")
        yield from fit
        ready |= {each["name"] for each in fit}
        waiting = [each for each in waiting if each["name"] not in ready]


def output_definition(definition: Json, types: TypeRegistry) -> Json:
    """A definition as answered: with subTypes and relationship attributes. Source: Microsoft's example Type_List."""
    if definition["category"] != "ENTITY":
        return definition
    name = definition["name"]
    children = [each["name"] for each in types.of_category("ENTITY") if name in each["superTypes"]]
    ends = types.entity_type(name).ends.values()
    relationship_attributes = [
        attribute(f"{end.name}:{end.other_type if end.is_single else f'array<{end.other_type}>'}")
        | {"relationshipTypeName": end.relationship, "isLegacyAttribute": end.is_legacy}
        for end in ends
    ]
    return definition | {"subTypes": children, "relationshipAttributeDefs": relationship_attributes}
