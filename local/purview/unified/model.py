"""The things that the Unified Catalog holds."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from local.purview.model import Json

ZERO_ID = "00000000-0000-0000-0000-000000000000"


class Status(StrEnum):
    """Of a domain, term or data product."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    EXPIRED = "EXPIRED"


class Kind(StrEnum):
    """What can be linked with what, as `entityType` names it."""

    TERM = "TERM"
    PRODUCT = "DATAPRODUCT"
    ASSET = "DATAASSET"
    COLUMN = "DATACOLUMN"


@dataclass(slots=True)
class Link:
    """One relationship, as its owner lists it."""

    entity_id: str
    relationship_type: str
    description: str
    created_at: datetime
    created_by: str


@dataclass(slots=True, kw_only=True)
class Thing:
    """What all have in common; `body` keeps the fields that nothing here depends on."""

    id: str
    name: str
    created_at: datetime
    created_by: str
    modified_at: datetime
    modified_by: str
    deleted_at: datetime | None = None
    body: Json = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Domain(Thing):
    """A governance domain; a system domain cannot be edited, published or deleted."""

    status: Status
    type: str
    parent_id: str | None = None
    is_system: bool = False


@dataclass(slots=True, kw_only=True)
class Concept(Thing):
    """A term or a data product: it belongs to a domain and has links."""

    kind: Kind
    domain_id: str
    status: Status
    parent_id: str | None = None
    links: dict[tuple[str, str], Link] = field(default_factory=dict)
    """By entity type and entity id."""

    @property
    def is_published(self) -> bool:
        """Seen by who only reads."""
        return self.status is Status.PUBLISHED

    def links_of(self, entity_type: str | None) -> list[Link]:
        """Those of one entity type, or all."""
        return [link for (kind, _), link in self.links.items() if entity_type in {None, kind}]


@dataclass(slots=True, kw_only=True)
class DataAsset(Thing):
    """The wrapper of a Data Map entity; `guid` is None for one that was made without a source."""

    guid: str | None
    type: str
    source: Json
