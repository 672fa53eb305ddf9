"""A data set of CluedIn as the lineage needs it, and what the sync remembers of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

IGNORED = "--ignore--"  # the key that CluedIn gives to a column which a person left out of the mapping


def entity_type_path(entity_type: str) -> str:
    """Return what identifies an entity type: `/Infrastructure/User` and `Infrastructure/User` are the same."""
    return entity_type.strip("/")


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """An original column and the vocabulary key that it is mapped to."""

    original_field: str
    key: str


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """How many records a data set has, and how many were processed well or not; None where CluedIn does not tell."""

    total: int | None = None
    successful: int | None = None
    failed: int | None = None


@dataclass(frozen=True, slots=True)
class DataSet:
    """What CluedIn says of a data set. `entity_type` is empty while it is not mapped, e.g. `/Infrastructure/User`.

    `entity_type_name` is what people call the entity type, e.g. `User`; the API calls a group dataSourceSet.
    """

    data_set_id: str
    name: str
    source_id: str
    source_name: str
    source_type: str
    group_id: str
    group_name: str
    original_fields: tuple[str, ...] = ()
    annotation_id: str = ""
    entity_type: str = ""
    entity_type_name: str = ""
    vocabulary: str = ""
    field_mappings: tuple[FieldMapping, ...] = ()
    counts: RecordCounts = RecordCounts()

    @property
    def is_mapped(self) -> bool:
        """Whether a mapping says to which entity type the records belong."""
        return bool(self.entity_type)

    @property
    def columns(self) -> tuple[str, ...]:
        """The original columns, each once; those that only the mapping tells of come last. None is without a name."""
        named = [*self.original_fields, *(field.original_field for field in self.mapped_fields)]
        return tuple(name for name in dict.fromkeys(named) if name.strip())

    @property
    def mapped_fields(self) -> tuple[FieldMapping, ...]:
        """The mappings that count: those of columns which have a name and were not left out."""
        return tuple(
            mapping
            for mapping in self.field_mappings
            if mapping.original_field.strip() and mapping.key.strip() and mapping.key != IGNORED
        )


class DataSetStatus(StrEnum):
    """Where a data set stands on its way into Purview."""

    QUEUED = "queued"  # a delivery came, its lineage is to be written
    PUSHED = "pushed"  # its whole lineage stands in Purview
    NOT_MAPPED = "not_mapped"  # what exists of its lineage stands in Purview: it has no mapping
    NOT_FROM_PURVIEW = "not_from_purview"  # its data source is not one that we made; left alone
    UNKNOWN = "unknown"  # CluedIn knows no such data set
    FAILED = "failed"  # given up; a dead letter tells why


class DataSetRecord(BaseModel):
    """All that a later question about one data set needs.

    `fingerprint` is a hash of the lineage that was written: the same again writes nothing. `keys` are its vocabulary
    keys, so that the columns of a shared golden-records asset are known to belong to whom; `former_keys` are those that
    it no longer has and that are still to be taken out there, each as entity type, tab, key. `left_at` is when it was
    left alone last, because CluedIn does not know it or it comes from elsewhere.
    """

    model_config = ConfigDict(frozen=True)

    data_set_id: str
    status: DataSetStatus
    name: str = ""
    source_id: str = ""
    asset_key: str = ""
    asset_guid: str = ""
    asset_qualified_name: str = ""
    entity_type: str = ""
    keys: list[str] = Field(default_factory=list)
    former_keys: list[str] = Field(default_factory=list)
    guid: str = ""
    fingerprint: str = ""
    notes: list[str] = Field(default_factory=list)

    first_seen_at: datetime
    pushed_at: datetime | None = None
    pushed_run_id: str = ""
    pushed_requests: dict[str, int] = Field(default_factory=dict)
    reason: str = ""
    left_at: datetime | None = None
