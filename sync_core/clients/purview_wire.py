"""Purview's wire format, read leniently: live answers omit what samples show empty, and the other way round.

Source: facts on the Purview API, sections 1 to 4.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sync_core.domain.asset import Asset
from sync_core.errors import TransientError

ACTIVE = "ACTIVE"


@dataclass(frozen=True, slots=True)
class Glossary:
    """A glossary's guid and name."""

    guid: str
    name: str


@dataclass(frozen=True, slots=True)
class TermHeader:
    """A term as its glossary lists it."""

    guid: str
    display_text: str


@dataclass(frozen=True, slots=True)
class AssignedEntity:
    """An entity as a term lists it: no qualified name, but its present name as display text."""

    guid: str
    type_name: str
    display_text: str


@dataclass(frozen=True, slots=True)
class EntityType:
    """A type definition: its name and those of its direct super types."""

    name: str
    super_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of hits. `count` is the number of hits on all pages; an empty `token` marks the last page."""

    count: int
    token: str
    assets: tuple[Asset, ...]
    newest: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection: its generated name, the name that people see, and its parent's name, empty for the root."""

    name: str
    friendly_name: str
    parent: str


def parse_collections(body: Any) -> tuple[list[Collection], str]:
    """Read a page of collections and the link to the next one, empty on the last."""
    if not isinstance(body, dict):
        raise _unreadable("a list of collections", body)
    collections = [
        Collection(
            name=_text(item, "name"),
            friendly_name=_text(item, "friendlyName") or _text(item, "name"),
            parent=_text(item.get("parentCollection") or {}, "referenceName"),
        )
        for item in _items(body.get("value"))
    ]
    return collections, _text(body, "nextLink")


def parse_glossaries(body: Any) -> list[Glossary]:
    """Read the bare array of glossaries (an object with `value` is taken too)."""
    return [Glossary(_text(item, "guid"), _text(item, "name")) for item in _items(body) if _text(item, "guid")]


def parse_term_headers(body: Any) -> list[TermHeader]:
    """Read term headers."""
    return [TermHeader(_text(item, "termGuid"), _text(item, "displayText")) for item in _items(body)]


def parse_assigned_entities(body: Any) -> list[AssignedEntity]:
    """Read assigned entities; deleted ones and ended assignments keep their place as entities without a guid."""
    return [
        AssignedEntity(
            _text(item, "guid") if _is_active(item) else "", _text(item, "typeName"), _text(item, "displayText")
        )
        for item in _items(body)
    ]


def parse_entities(body: Any) -> list[Asset]:
    """Read `{"entity": ...}` or `{"entities": [...]}`; entities that are not active are left out."""
    if not isinstance(body, dict):
        raise _unreadable("an entity", body)
    entities = [body["entity"]] if isinstance(body.get("entity"), dict) else _items(body.get("entities"))
    return [_parse_entity(entity) for entity in entities if _text(entity, "status", ACTIVE) == ACTIVE]


def parse_entity_type(body: Any) -> EntityType:
    """Read a type definition, alone or as the only one of `entityDefs`."""
    if isinstance(body, dict) and body.get("entityDefs"):
        body = body["entityDefs"][0]
    if not isinstance(body, dict):
        raise _unreadable("a type definition", body)
    return EntityType(_text(body, "name"), tuple(str(name) for name in body.get("superTypes") or ()))


def parse_search_page(body: Any) -> SearchPage:
    """Read a page of search hits; no field but `id` is sure to be there."""
    if not isinstance(body, dict):
        raise _unreadable("a search", body)
    hits = [hit for hit in _items(body.get("value")) if _text(hit, "id")]
    newest = f"{hits[0]['id']} {hits[0].get('updateTime', '')} {_text(hits[0], 'name')}" if hits else ""
    count = body.get("@search.count")
    return SearchPage(
        count=int(count) if count is not None else len(hits),
        token=str(body.get("continuationToken") or ""),
        assets=tuple(_parse_hit(hit) for hit in hits),
        newest=newest,
    )


def _parse_entity(entity: dict[str, Any]) -> Asset:
    attributes = entity.get("attributes") or {}
    return Asset(
        guid=_text(entity, "guid"),
        type_name=_text(entity, "typeName"),
        name=_text(attributes, "name") or _text(attributes, "displayName"),
        qualified_name=_text(attributes, "qualifiedName"),
        collection_id=_text(entity, "collectionId"),
    )


def _parse_hit(hit: dict[str, Any]) -> Asset:
    return Asset(
        guid=_text(hit, "id"),
        type_name=_text(hit, "entityType"),
        name=_text(hit, "name") or _text(hit, "displayText"),
        qualified_name=_text(hit, "qualifiedName"),
        display_text=_text(hit, "displayText") or _text(hit, "name"),
        collection_id=_text(hit, "collectionId"),
    )


def _is_active(item: dict[str, Any]) -> bool:
    return all(_text(item, field, ACTIVE) == ACTIVE for field in ("entityStatus", "relationshipStatus"))


def _items(body: Any) -> Iterable[dict[str, Any]]:
    if isinstance(body, dict) and "value" in body:
        body = body["value"]
    if body is None:
        return []
    if not isinstance(body, list):
        raise _unreadable("a list", body)
    return [item for item in body if isinstance(item, dict)]


def _text(item: dict[str, Any], field: str, default: str = "") -> str:
    value = item.get(field)
    return default if value is None else str(value)


def _unreadable(expected: str, body: Any) -> TransientError:
    # Also what a proxy's login page looks like: it must never be taken for "nothing found".
    found = type(body).__name__
    return TransientError(f"Microsoft Purview's answer is not {expected}: found {found}.", service="purview")
