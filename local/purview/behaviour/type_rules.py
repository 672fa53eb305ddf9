"""What a type definition must satisfy to be created or changed.

Source: docs/vendors/purview.md, section 4; the codes are Apache Atlas'.
"""

import json
import re
from collections.abc import Collection, Iterable

from local.purview.behaviour.types import PRIMITIVES, TypeRegistry
from local.purview.errors import atlas_error
from local.purview.model import Json

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_ .]*")
_TYPE_PARTS = re.compile(r"[^<>,]+")


def check_name(definition: Json) -> None:
    """A letter, then letters, digits, underscore, blank or dot."""
    name = definition.get("name") or ""
    if not _NAME.fullmatch(name):
        raise atlas_error("400-00-019", name, definition["category"])


def check_entity_def(definition: Json, known: Collection[str], types: TypeRegistry) -> None:
    """Supertypes exist and are entity types; attribute types exist; options are well formed."""
    for super_type in definition["superTypes"]:
        if super_type not in known:
            raise atlas_error("400-00-014", "ENTITY", super_type)
        if super_type in types:
            types.get(super_type, "ENTITY")
    for each in definition["attributeDefs"]:
        _check_attribute_type(definition["name"], each, known)
    _check_schema_attributes(definition)


def _check_attribute_type(owner: str, attribute: Json, known: Collection[str]) -> None:
    if not attribute.get("name"):
        raise atlas_error("400-00-02B", owner, "attribute name")
    for part in _TYPE_PARTS.findall(attribute["typeName"]):
        if part.strip() not in PRIMITIVES | {"array", "map"} and part.strip() not in known:
            raise atlas_error("400-00-00A", part.strip())


def _check_schema_attributes(definition: Json) -> None:
    """A string that holds a JSON list of names; a bare name breaks. Source: issue 239 of the ADB accelerator."""
    value = (definition.get("options") or {}).get("schemaAttributes")
    if value is None:
        return
    try:
        names = json.loads(value)
    except (TypeError, ValueError):
        names = None
    if not isinstance(names, list):
        raise atlas_error("400-00-01A", f"{definition['name']}: schemaAttributes {value}")


def check_relationship_def(definition: Json, known: Collection[str]) -> None:
    """Ends, containers and cardinalities fit the category. Source: Apache Atlas 400-00-02C to -034."""
    name, category = definition["name"], definition.get("relationshipCategory")
    end1, end2 = definition.get("endDef1"), definition.get("endDef2")
    if not end1 or not end2:
        raise atlas_error("400-00-02C", name)
    _check_ends_known((end1, end2), known)
    containers = [each for each in (end1, end2) if each.get("isContainer")]
    if len(containers) > 1:
        raise atlas_error("400-00-02D", name)
    if category == "ASSOCIATION" and containers:
        raise atlas_error("400-00-030", name)
    if category in {"COMPOSITION", "AGGREGATION"} and not containers:
        raise atlas_error("400-00-031" if category == "COMPOSITION" else "400-00-032", name)
    if category == "COMPOSITION" and _child(end1, end2).get("cardinality") == "SET":
        raise atlas_error("400-00-033", name)
    if "LIST" in (end1.get("cardinality"), end2.get("cardinality")):
        raise atlas_error("400-00-034", name)


def _check_ends_known(ends: Iterable[Json], known: Collection[str]) -> None:
    for each in ends:
        if each.get("type") not in known:
            raise atlas_error("400-00-014", "ENTITY", each.get("type"))


def _child(end1: Json, end2: Json) -> Json:
    return end2 if end1.get("isContainer") else end1


def check_change(old: Json, new: Json) -> None:
    """Attributes may only be added, and only optional ones; supertypes may only be added."""
    name = old["name"]
    before = {each["name"] for each in old.get("attributeDefs", [])}
    after = {each["name"]: each for each in new.get("attributeDefs", [])}
    for removed in sorted(before - after.keys()):
        raise atlas_error("400-00-00D", name, removed)
    for added in sorted(after.keys() - before):
        if not after[added].get("isOptional", True):
            raise atlas_error("400-00-00C", name, added)
    if set(old.get("superTypes", [])) - set(new.get("superTypes", [])):
        raise atlas_error("400-00-00E")
