"""The things a data map holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

ACTIVE = "ACTIVE"
DELETED = "DELETED"

DAY_MS = 86_400_000


@dataclass(slots=True)
class Entity:
    """An asset, process, column, glossary or term: in Atlas everything is an entity.

    `attributes` is replaced as a whole when it changes and never altered in place, so that the search index can keep
    an old one without copying. Times are epoch milliseconds.
    """

    guid: str
    type_name: str
    attributes: Json
    collection_id: str
    create_time: int
    update_time: int
    created_by: str
    updated_by: str
    last_modified: int = 1
    status: str = ACTIVE
    labels: tuple[str, ...] = ()
    classifications: tuple[Json, ...] = ()
    contacts: Json | None = None
    custom_attributes: Json | None = None
    business_attributes: Json | None = None

    @property
    def qualified_name(self) -> str:
        """The unique attribute of every type here."""
        return str(self.attributes.get("qualifiedName", ""))

    @property
    def display_text(self) -> str:
        """What lists show."""
        return str(self.attributes.get("name") or self.qualified_name)

    @property
    def is_active(self) -> bool:
        """Not deleted."""
        return self.status == ACTIVE


@dataclass(slots=True)
class Relationship:
    """An edge between two entities, its ends in the order of the relationshipDef."""

    guid: str
    type_name: str
    end1: str
    end2: str
    attributes: Json
    create_time: int
    update_time: int
    created_by: str
    version: int = 0
    status: str = ACTIVE


@dataclass(frozen=True, slots=True)
class Mutation:
    """What a write did. `assignments` maps the caller's (or invented) negative guids to real ones."""

    created: tuple[Entity, ...] = ()
    updated: tuple[Entity, ...] = ()
    deleted: tuple[Entity, ...] = ()
    assignments: Mapping[str, str] = field(default_factory=dict)
