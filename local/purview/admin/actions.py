"""Actions on the account as a person or a scan would do them, named by what the person sees.

An asset is named by guid, by qualified name or by name; a term by `Name` or `Name@Glossary`.
"""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from local.purview.behaviour.access import ANYONE, Role
from local.purview.behaviour.entities import stamp
from local.purview.behaviour.glossary import TERM
from local.purview.model import Entity, Json
from local.purview.simulator import Purview

STEWARD = "data-steward"
SCANNER = "ServiceAdmin"


def find_asset(purview: Purview, name: str) -> Entity:
    """The one active asset of that guid, qualified name or name.

    Raises:
        ValueError: when there is none, or more than one.
    """
    catalog = purview.catalog
    by_guid = catalog.entities.get(name)
    if by_guid is not None and by_guid.is_active:
        return by_guid
    hidden = purview.types.schema_element_types
    found = catalog.named(name) or [
        each for each in catalog.entities.values()
        if each.is_active and each.display_text == name and each.type_name not in hidden
    ]  # fmt: skip
    if len(found) != 1:
        raise ValueError(
            f"{len(found)} assets are called {name!r}; name one: {[each.qualified_name for each in found]}"
        )
    return found[0]


def find_term(purview: Purview, name: str) -> Entity:
    """The one term of that name or qualified name.

    Raises:
        ValueError: when there is none, or more than one.
    """
    exact = purview.catalog.find(TERM, name)
    terms = [each for each in purview.catalog.of_type(TERM) if each.is_active]
    found = [exact] if exact else [each for each in terms if each.display_text == name]
    if len(found) != 1:
        raise ValueError(f"{len(found)} terms are called {name!r}; there are {[each.qualified_name for each in terms]}")
    return found[0]


def tag(purview: Purview, body: Json) -> Entity:
    """`{"asset", "term"}`: give a term to an asset."""
    asset = find_asset(purview, body["asset"])
    purview.glossary.assign(find_term(purview, body["term"]), [asset.guid], STEWARD)
    return asset


def untag(purview: Purview, body: Json) -> Entity:
    """`{"asset", "term"}`: take a term from an asset."""
    asset, term = find_asset(purview, body["asset"]), find_term(purview, body["term"])
    for meaning, relationship in purview.glossary.meanings(asset):
        if meaning.guid == term.guid:
            purview.glossary.unassign(term, [(asset.guid, relationship.guid)], STEWARD)
            return asset
    raise ValueError(f"{asset.display_text!r} does not have the term {term.qualified_name!r}")


def rename(purview: Purview, body: Json) -> Entity:
    """`{"asset", "name"}`: another name; the qualified name stays."""
    asset = find_asset(purview, body["asset"])
    purview.catalog.set_attributes(asset, asset.attributes | {"name": str(body["name"])})
    stamp(asset, purview.clock.now_ms(), STEWARD)
    return asset


def delete(purview: Purview, body: Json) -> Entity:
    """`{"asset"}`: delete it."""
    asset = find_asset(purview, body["asset"])
    purview.entities.delete([asset.guid])
    return asset


def recreate(purview: Purview, body: Json) -> Entity:
    """`{"asset", "keep_terms"?: true}`: dropped and found again by a scan: same qualified name, new guid.

    Source: docs/vendors/purview.md, section 3 "New guid after re-creation" (KPS).
    """
    old = find_asset(purview, body["asset"])
    terms = [term for term, _ in purview.glossary.meanings(old)]
    attributes, collection_id = old.attributes, old.collection_id
    purview.entities.delete([old.guid])
    new = _add(purview, old.type_name, attributes, collection_id)
    for term in terms if body.get("keep_terms") else ():
        purview.glossary.assign(term, [new.guid], STEWARD)
    return new


def add_asset(purview: Purview, body: Json) -> Entity:
    """`{"name", "typeName"?, "qualifiedName"?, "attributes"?, "collection"?, "terms"?: []}`: found by a scan."""
    name, type_name = str(body["name"]), str(body.get("typeName", "azure_datalake_gen2_path"))
    purview.types.entity_type(type_name)
    qualified_name = str(body.get("qualifiedName") or f"https://contosolake.dfs.core.windows.net/added/{name}")
    collection = find_collection(purview, body.get("collection"))
    attributes = {**body.get("attributes", {}), "name": name, "qualifiedName": qualified_name}
    asset = _add(purview, type_name, attributes, collection)
    for term in body.get("terms", ()):
        purview.glossary.assign(find_term(purview, term), [asset.guid], STEWARD)
    return asset


def _add(purview: Purview, type_name: str, attributes: Json, collection_id: str) -> Entity:
    now_ms = purview.clock.now_ms()
    entity = Entity(str(uuid4()), type_name, attributes, collection_id, now_ms, now_ms, SCANNER, SCANNER)
    purview.catalog.add(entity)
    return entity


def find_collection(purview: Purview, name: str | None) -> str:
    """The internal name of a collection given by internal or friendly name; None is the root.

    Raises:
        ValueError: when there is none, or more than one.
    """
    if name is None:
        return purview.collections.root.name
    if name in purview.collections:
        return name
    found = [each.name for each in purview.collections if each.friendly_name == name]
    if len(found) != 1:
        raise ValueError(f"{len(found)} collections are called {name!r}: {found}")
    return found[0]


def set_roles(purview: Purview, body: Json) -> Json:
    """`{"principal"?: "*", "roles": {"contoso": ["purview-reader"]}}`: these and no others, for one or for anyone."""
    principal = str(body.get("principal", ANYONE))
    roles: dict[str, list[Role]] = {
        find_collection(purview, name): [Role(role) for role in granted] for name, granted in body["roles"].items()
    }
    purview.access.grant(principal, roles)
    return {"principal": principal, "roles": {name: [str(role) for role in granted] for name, granted in roles.items()}}


def brief(entities: Iterable[Entity]) -> list[dict[str, Any]]:
    """What an action answers about the assets that it touched."""
    return [
        {"guid": each.guid, "typeName": each.type_name, "name": each.display_text, "qualifiedName": each.qualified_name}
        for each in entities
    ]
