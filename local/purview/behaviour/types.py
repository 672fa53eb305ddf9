"""The type system: which types exist, what they inherit, and which relationships give them attributes.

Source: docs/vendors/purview.md, section 4; inheritance and relationship attributes as in Apache Atlas.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from local.purview.errors import atlas_error
from local.purview.model import Json

SECTIONS = {
    "enumDefs": "ENUM",
    "structDefs": "STRUCT",
    "classificationDefs": "CLASSIFICATION",
    "entityDefs": "ENTITY",
    "relationshipDefs": "RELATIONSHIP",
    "businessMetadataDefs": "BUSINESS_METADATA",
}
PRIMITIVES = frozenset({"string", "int", "long", "short", "byte", "float", "double", "boolean", "date"})
PRIMITIVES |= {"biginteger", "bigdecimal"}
SCHEMA_TYPES = ("tabular_schema", "column")


@dataclass(frozen=True, slots=True)
class AttributeDef:
    """One attribute of a type."""

    name: str
    type_name: str
    is_optional: bool


@dataclass(frozen=True, slots=True)
class RelationEnd:
    """A relationship as seen from the type that has it as an attribute.

    `is_end1`: the type stands at end1. `is_owner`: deleting the entity deletes what the attribute holds.
    """

    name: str
    relationship: str
    is_end1: bool
    own_type: str
    other_type: str
    is_single: bool
    is_legacy: bool
    is_owner: bool

    def order(self, own: str, other: str) -> tuple[str, str]:
        """Two values in the order end1, end2."""
        return (own, other) if self.is_end1 else (other, own)


@dataclass(frozen=True, slots=True)
class EntityType:
    """An entityDef with all that it inherits."""

    name: str
    lineage: frozenset[str]
    """Its own name and those of all supertypes."""
    attributes: dict[str, AttributeDef]
    ends: dict[str, RelationEnd]


class TypeRegistry:
    """All type definitions, by name. Definitions are kept as the JSON that the service answers."""

    def __init__(self) -> None:
        self._defs: dict[str, Json] = {}
        self._types: dict[str, EntityType] = {}
        self._subtypes: dict[str, frozenset[str]] = {}
        self._ends: dict[tuple[str, bool], RelationEnd] = {}
        self._hidden: frozenset[str] | None = None

    def __contains__(self, name: str) -> bool:
        return name in self._defs

    def __iter__(self) -> Iterator[Json]:
        return iter(self._defs.values())

    def put(self, definition: Json) -> None:
        """Add or replace a definition."""
        self._defs[definition["name"]] = definition
        self._forget_derived()

    def remove(self, name: str) -> None:
        """Take a definition out."""
        del self._defs[name]
        self._forget_derived()

    def _forget_derived(self) -> None:
        self._types.clear()
        self._subtypes.clear()
        self._ends.clear()
        self._hidden = None

    def get(self, name: str, category: str | None = None) -> Json:
        """A definition by name; `category` as in its JSON."""
        definition = self._defs.get(name)
        if definition is None or category not in (None, definition["category"]):
            raise atlas_error("404-00-001", name)
        return definition

    def get_by_guid(self, guid: str, category: str | None = None) -> Json:
        """A definition by guid."""
        for definition in self._defs.values():
            if definition["guid"] == guid and category in (None, definition["category"]):
                return definition
        raise atlas_error("404-00-002", guid)

    def of_category(self, category: str) -> Iterator[Json]:
        """All definitions of one category."""
        return (definition for definition in self._defs.values() if definition["category"] == category)

    def entity_type(self, name: str) -> EntityType:
        """An entity type with its inheritance worked out; unknown: the error of GET by type."""
        if name not in self._types:
            self._types[name] = self._work_out(self.get(name, "ENTITY"))
        return self._types[name]

    def is_a(self, name: str, ancestor: str) -> bool:
        """Is the type the other one, or a subtype of it?"""
        return ancestor in self.entity_type(name).lineage

    def subtypes(self, name: str) -> frozenset[str]:
        """The type and all its direct and indirect subtypes."""
        if name not in self._subtypes:
            names = (definition["name"] for definition in self.of_category("ENTITY"))
            self._subtypes[name] = frozenset(each for each in names if self.is_a(each, name))
        return self._subtypes[name]

    def relation_end(self, relationship: str, *, is_end1: bool) -> RelationEnd:
        """One side of a relationshipDef."""
        key = relationship, is_end1
        if key not in self._ends:
            self._ends[key] = _relation_end(self.get(relationship, "RELATIONSHIP"), is_end1=is_end1)
        return self._ends[key]

    @property
    def schema_element_types(self) -> frozenset[str]:
        """Types that are parts of a schema (columns and the like): no search hits of their own.

        Source: docs/vendors/purview.md, section 1 "Columns in search" and section 3 `schemaElementsAttribute`.
        """
        if self._hidden is None:
            self._hidden = frozenset(self._find_schema_elements())
        return self._hidden

    def _find_schema_elements(self) -> Iterator[str]:
        for name in SCHEMA_TYPES:
            yield from self.subtypes(name)
        for definition in self.of_category("ENTITY"):
            attribute = (definition.get("options") or {}).get("schemaElementsAttribute")
            end = self.entity_type(definition["name"]).ends.get(attribute) if attribute else None
            if end:
                yield from self.subtypes(end.other_type)

    def _work_out(self, definition: Json) -> EntityType:
        parents = [self.entity_type(name) for name in definition["superTypes"]]
        lineage = frozenset({definition["name"]}).union(*(parent.lineage for parent in parents))
        attributes = {name: each for parent in parents for name, each in parent.attributes.items()}
        attributes |= {each.name: each for each in _read_attributes(definition["attributeDefs"])}
        ends = {name: each for parent in parents for name, each in parent.ends.items()}
        ends |= {each.name: each for each in self._own_ends(definition["name"])}
        return EntityType(definition["name"], lineage, attributes, ends)

    def _own_ends(self, name: str) -> Iterator[RelationEnd]:
        for definition in self.of_category("RELATIONSHIP"):
            for is_end1 in (False, True):
                if definition["endDef1" if is_end1 else "endDef2"]["type"] == name:
                    yield _relation_end(definition, is_end1=is_end1)


def _read_attributes(definitions: Iterable[Json]) -> Iterator[AttributeDef]:
    for each in definitions:
        yield AttributeDef(each["name"], each["typeName"], bool(each.get("isOptional", True)))


def _relation_end(definition: Json, *, is_end1: bool) -> RelationEnd:
    ends = definition["endDef1"], definition["endDef2"]
    own, other = ends if is_end1 else ends[::-1]
    return RelationEnd(
        name=own["name"],
        relationship=definition["name"],
        is_end1=is_end1,
        own_type=own["type"],
        other_type=other["type"],
        is_single=own.get("cardinality", "SINGLE") == "SINGLE",
        is_legacy=bool(own.get("isLegacyAttribute")),
        is_owner=bool(own.get("isContainer")) and definition["relationshipCategory"] == "COMPOSITION",
    )
