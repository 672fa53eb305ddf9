"""A data set as CluedIn tells of it: where it comes from, how it is mapped, how much of it was processed."""

from dataclasses import dataclass

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
