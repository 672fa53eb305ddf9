"""Purview's wire format, read leniently: live answers omit what samples show empty, and the other way round.

Source: docs/vendors/purview.md, sections 1 to 4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sync_core.errors import SyncError
from sync_core.http.failures import to_shape_error
from sync_core.http.json_reading import integer, member, objects, text
from sync_core.http.services import PURVIEW
from sync_core.purview.asset import Asset

ENDED = frozenset({"DELETED", "PURGED"})  # any other word, in any case, is no proof that something is gone
ENTITY_MEMBERS = frozenset({"entity", "entities", "referredEntities"})


@dataclass(frozen=True, slots=True)
class Glossary:
    """A glossary's guid and name, and its qualified name, which is a part of those of its terms."""

    guid: str
    name: str
    qualified_name: str


@dataclass(frozen=True, slots=True)
class TermHeader:
    """A term as its glossary lists it."""

    guid: str
    display_text: str


@dataclass(frozen=True, slots=True)
class AssignedEntity:
    """An entity as a term lists it: no qualified name, but its present name as display text.

    `assignment` tells this row from any other. An entity that was deleted, or whose assignment ended, may keep its row;
    it is not active then.
    """

    guid: str
    type_name: str
    display_text: str
    assignment: str
    is_active: bool = True
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class Details:
    """One entity as the store tells of it alone.

    `terms` are the names of its classic glossary terms by guid, None where it does not tell them; `changed_ms` is when
    it last changed, in epoch milliseconds.
    """

    asset: Asset
    is_deleted: bool = False
    terms: Mapping[str, str] | None = None
    changed_ms: int | None = None


@dataclass(frozen=True, slots=True)
class EntityType:
    """A type definition: its name and those of its direct super types."""

    name: str
    super_types: tuple[str, ...]


@dataclass(frozen=True)
class SearchPage:
    """One page of hits. `count` is the number of hits on all pages; an empty `token` marks the last page.

    The hits are taken apart when somebody asks for what they tell: by then the next page is on its way.
    """

    count: int
    token: str
    hits: tuple[Mapping[str, Any], ...]

    @cached_property
    def assets(self) -> tuple[Asset, ...]:
        """What the hits show, in their order."""
        return tuple(_parse_hit(hit) for hit in self.hits)

    @property
    def newest(self) -> str:
        """What tells the first hit, as it is by now, from any other; empty where there is none."""
        return " ".join(text(self.hits[0], name) for name in ("id", "updateTime", "name")) if self.hits else ""

    def times(self, field: str) -> tuple[int, ...]:
        """Return the moments of the hits in epoch milliseconds, as the field tells them; 0 where one has none."""
        return tuple(integer(hit, field) or 0 for hit in self.hits)


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection: its generated name, the name that people see, and its parent's name, empty for the root."""

    name: str
    friendly_name: str
    parent: str


def parse_collections(body: Any) -> tuple[list[Collection], str]:
    """Read a page of collections and the link to the next one, empty on the last."""
    if "value" not in _object(body):
        raise _unreadable("a list of collections", body)
    collections = [
        Collection(
            name=text(item, "name"),
            friendly_name=text(item, "friendlyName") or text(item, "name"),
            parent=text(item, "parentCollection", "referenceName"),
        )
        for item in _items(body, "value")
    ]
    return collections, text(body, "nextLink")


def parse_glossaries(body: Any) -> list[Glossary]:
    """Read the bare array of glossaries (an object with `value` is taken too)."""
    return [
        Glossary(text(item, "guid"), text(item, "name"), text(item, "qualifiedName") or text(item, "name"))
        for item in _array(body)
        if text(item, "guid")
    ]


def parse_term_headers(body: Any) -> list[TermHeader]:
    """Read term headers."""
    return [TermHeader(text(item, "termGuid"), text(item, "displayText")) for item in _array(body, "termGuid")]


def parse_assigned_entities(body: Any, offset: int = 0) -> list[AssignedEntity]:
    """Read a page of assigned entities that begins behind `offset` rows.

    Each row keeps its place: also deleted ones, ended assignments, and what is no row.
    """
    return [
        AssignedEntity(
            guid=text(item, "guid"),
            type_name=text(item, "typeName"),
            display_text=text(item, "displayText"),
            assignment=text(item, "relationshipGuid") or text(item, "guid") or f"row {place}",
            is_active=_is_active(item),
            is_readable=bool(item),
        )
        for place, item in enumerate(_rows(body), start=offset)
    ]


def parse_entities(body: Any) -> list[Asset]:
    """Read `{"entity": ...}` or `{"entities": [...]}`; entities that are not active are left out."""
    if not ENTITY_MEMBERS & _object(body).keys():
        raise _unreadable("an entity or a list of entities", body)
    single = member(body, "entity")
    entities = [single] if isinstance(single, dict) else _items(body, "entities")
    return [_parse_entity(entity) for entity in entities if text(entity, "guid") and not has_ended(entity, "status")]


def parse_is_deleted(body: Any) -> bool:
    """Read whether `{"entity": ...}` is kept as deleted; what is no entity says nothing."""
    entity = member(_object(body), "entity")
    if not isinstance(entity, dict) or not text(entity, "guid"):
        raise _unreadable("an entity", body)
    return has_ended(entity, "status")


def parse_terms_of(body: Any) -> set[str]:
    """Read which terms an entity names itself; a deleted one names none, what is no whole entity says nothing."""
    relations = member(_object(body), "entity", "relationshipAttributes")
    if parse_is_deleted(body):
        return set()
    if not isinstance(relations, dict):
        raise _unreadable("an entity with relationshipAttributes", body)
    meanings = _items(relations, "meanings")
    return {text(each, "guid") for each in meanings if not has_ended(each, "relationshipStatus")}


def parse_details(body: Any) -> Details:
    """Read `{"entity": ...}`, also one that is kept as deleted."""
    is_deleted = parse_is_deleted(body)
    entity = body["entity"]
    relations = entity.get("relationshipAttributes")
    meanings = relations.get("meanings") if isinstance(relations, dict) else None
    active = [each for each in objects(relations, "meanings") if not has_ended(each, "relationshipStatus")]
    return Details(
        asset=_parse_entity(entity),
        is_deleted=is_deleted,
        terms={text(each, "guid"): text(each, "displayText") for each in active} if meanings is not None else None,
        changed_ms=integer(entity, "updateTime"),
    )


def parse_entity_type(body: Any) -> EntityType:
    """Read a type definition, alone or as the only one of `entityDefs`."""
    definition = next(iter(_items(_object(body), "entityDefs")), body)
    if not text(definition, "name"):
        raise _unreadable("a type definition", body)
    super_types = member(definition, "superTypes")
    names = super_types if isinstance(super_types, list) else []
    return EntityType(text(definition, "name"), tuple(name for name in names if isinstance(name, str)))


def parse_search_page(body: Any) -> SearchPage:
    """Read a page of search hits; no field but `id` is sure to be there, and either the count or the hits are."""
    hits = [hit for hit in _items(_object(body), "value") if text(hit, "id")]
    count = integer(body, "@search.count")
    if count is None and (member(body, "@search.count") is not None or member(body, "value") is None):
        raise _unreadable("a page of search hits", body)
    return SearchPage(len(hits) if count is None else count, text(body, "continuationToken"), tuple(hits))


def _parse_entity(entity: dict[str, Any]) -> Asset:
    return Asset(
        guid=text(entity, "guid"),
        type_name=text(entity, "typeName"),
        name=text(entity, "attributes", "name") or text(entity, "attributes", "displayName"),
        qualified_name=text(entity, "attributes", "qualifiedName"),
        collection_id=text(entity, "collectionId"),
    )


def _parse_hit(hit: Mapping[str, Any]) -> Asset:
    name, shown, qualified_name = text(hit, "name"), text(hit, "displayText"), text(hit, "qualifiedName")
    if not name and shown != qualified_name:  # Apache Atlas shows what has no name under its qualified name
        name = shown
    return Asset(
        guid=text(hit, "id"),
        type_name=text(hit, "entityType"),
        name=name,
        qualified_name=qualified_name,
        display_text=shown or name,
        collection_id=text(hit, "collectionId"),
    )


def _is_active(item: dict[str, Any]) -> bool:
    return bool(text(item, "guid")) and not (has_ended(item, "entityStatus") or has_ended(item, "relationshipStatus"))


def has_ended(item: Any, field: str) -> bool:
    """Whether a status says that something is gone."""
    return text(item, field).upper() in ENDED


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise _unreadable("an object", body)
    return body


def _array(body: Any, identifier: str = "guid") -> list[dict[str, Any]]:
    """The objects of a list, as `_rows`."""
    return [row for row in _rows(body, identifier) if row]


def _rows(body: Any, identifier: str = "guid") -> list[dict[str, Any]]:
    """A list as such or as `value`, of objects by a guid; what is no object stands as an empty one in its place.

    A single row without a guid does not matter. Anything else is unreadable: it must not be taken for "nothing found".
    """
    found = body["value"] if isinstance(body, dict) and "value" in body else body
    if not isinstance(found, list):
        raise _unreadable("a list", body)
    rows = [item if isinstance(item, dict) else {} for item in found]
    is_told = any(item is not None for item in found)  # a page of nothing but nulls is one of rows that nobody can read
    if is_told and not any(text(row, identifier) for row in rows):
        raise _unreadable(f"a list of objects with {identifier}", found)
    return rows


def _items(body: Any, field: str) -> list[dict[str, Any]]:
    """The objects of a list that may be missing or null, as Purview writes an empty one."""
    found = member(body, field)
    if not isinstance(found, list | None):
        raise _unreadable(f"an object with a list of {field}", body)
    return [item for item in found or [] if isinstance(item, dict)]


def _unreadable(expected: str, body: Any) -> SyncError:
    return to_shape_error(PURVIEW, expected, body)
