"""A short notation for type definitions."""

from uuid import NAMESPACE_DNS, uuid5

from local.purview.model import Json

BORN_MS = 1_604_728_877_305
"""When the service made its own types, as in Microsoft's example Type_List."""
CREATOR = "ExampleCreator"


def attribute(notation: str) -> Json:
    """An attributeDef from `name`, `name:type` or `name:type!`; "!" makes it mandatory, the type defaults to string."""
    name, _, type_name = notation.rstrip("!").partition(":")
    type_name = type_name or "string"
    is_list = type_name.startswith("array<")
    optional = not notation.endswith("!")
    return {
        "name": name,
        "typeName": type_name,
        "isOptional": optional,
        "cardinality": "SET" if is_list else "SINGLE",
        "valuesMinCount": 0 if optional else 1,
        "valuesMaxCount": 2_147_483_647 if is_list else 1,
        "isUnique": name == "qualifiedName",
        "isIndexable": name in {"qualifiedName", "name", "owner"},
        "includeInNotification": False,
    }


def entity_def(
    name: str, super_type: str | None, *attributes: str, service: str | None = None, schema: str | None = None
) -> Json:
    """An entityDef; `schema` names the attribute that holds the columns."""
    definition = _header("ENTITY", name, service)
    definition["attributeDefs"] = [attribute(each) for each in attributes]
    definition["superTypes"] = [super_type] if super_type else []
    if schema:
        definition["options"] = {"schemaElementsAttribute": schema}
    return definition


def relationship_def(name: str, category: str, end1: Json, end2: Json, *attributes: str) -> Json:
    """A relationshipDef."""
    definition = _header("RELATIONSHIP", name, None)
    definition["attributeDefs"] = [attribute(each) for each in attributes]
    return definition | {"relationshipCategory": category, "endDef1": end1, "endDef2": end2}


def end(type_name: str, name: str, *, many: bool = True, owner: bool = False, legacy: bool = False) -> Json:
    """One end: the attribute `name` of `type_name`."""
    return {
        "type": type_name,
        "name": name,
        "isContainer": owner,
        "cardinality": "SET" if many else "SINGLE",
        "isLegacyAttribute": legacy,
    }


def parts(name: str, whole: str, attribute_name: str, part: str, back: str) -> Json:
    """A COMPOSITION: the whole owns its parts."""
    end1, end2 = end(whole, attribute_name, owner=True), end(part, back, many=False)
    return relationship_def(name, "COMPOSITION", end1, end2)


def _header(category: str, name: str, service: str | None) -> Json:
    header: Json = {
        "category": category,
        "guid": str(uuid5(NAMESPACE_DNS, f"{category}.{name}.types.purview")),
        "createdBy": CREATOR,
        "updatedBy": CREATOR,
        "createTime": BORN_MS,
        "updateTime": BORN_MS,
        "version": 1,
        "name": name,
        "description": name,
        "typeVersion": "1.0",
        "lastModifiedTS": "1",
    }
    return header | ({"serviceType": service} if service else {})
