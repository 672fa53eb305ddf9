"""What the Unified Catalog tells, as values. Ids are in lower case."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How far a domain, term or data product is. What the service may add is `other`: it is not published."""

    DRAFT = "draft"
    PUBLISHED = "published"
    EXPIRED = "expired"
    OTHER = "other"


class Kind(StrEnum):
    """What selects assets, by the path under which the service keeps it."""

    TERM = "terms"
    PRODUCT = "dataProducts"


@dataclass(frozen=True, slots=True)
class Domain:
    """A governance domain."""

    id: str
    name: str
    status: Status


@dataclass(frozen=True, slots=True)
class Concept:
    """A term or a data product. `domain_id` is empty where the service does not tell it, `parent_id` without one."""

    kind: Kind
    id: str
    name: str
    domain_id: str
    status: Status
    parent_id: str = ""

    @property
    def is_published(self) -> bool:
        """Whether its links may count."""
        return self.status is Status.PUBLISHED


@dataclass(frozen=True, slots=True)
class Links:
    """What a term or data product is linked with: ids of data assets, each once; `unreadable` rows have none."""

    ids: tuple[str, ...]
    unreadable: int = 0

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class DataAsset:
    """The catalog's record of an asset.

    `guid` is that of the Data Map's entity, empty where the asset does not come from the Data Map. `is_deleted` says
    that the catalog knows of the entity's end.
    """

    id: str
    guid: str
    type_name: str
    qualified_name: str
    is_deleted: bool = False
