"""A lineage as it is to stand in Purview: entities that refer to each other by type and qualified name."""

import hashlib
import json
from dataclasses import asdict, dataclass, field

COLUMN_MAPPING = "columnMapping"  # the attribute of a process that Purview draws columns by
COLUMN_MAPPING_NOTE = "columnMappingNote"  # tells that the mapping was too large, and how much of it is there


@dataclass(frozen=True, slots=True)
class EntityRef:
    """Names an entity of Purview without its guid; the type is the entity's own, not a super type."""

    type_name: str
    qualified_name: str


@dataclass(frozen=True, slots=True)
class LineageEntity:
    """An entity to write. `attributes` are plain; `relations` are references by relationship attribute.

    For a process, `inputs` and `outputs` are the datasets that it connects; both replace what stood there.
    """

    ref: EntityRef
    name: str
    attributes: dict[str, str | int] = field(default_factory=dict)
    inputs: tuple[EntityRef, ...] = ()
    outputs: tuple[EntityRef, ...] = ()
    relations: dict[str, EntityRef] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lineage:
    """The lineage of one data set.

    `chain` are its assets and processes from the source on, `columns` the columns of its assets. `absent` names what
    must not stand there, e.g. the clues of a data set whose mapping was removed. `notes` tell what was reduced.
    `columns_refused`: Purview takes no columns, so there are none here, and none is taken out. `columns_unseen`: it
    takes them without showing them, so they are written and not looked for.
    """

    chain: tuple[LineageEntity, ...]
    columns: tuple[LineageEntity, ...]
    absent: tuple[EntityRef, ...]
    notes: tuple[str, ...] = ()
    columns_refused: bool = False
    columns_unseen: bool = False

    @property
    def fingerprint(self) -> str:
        """A hash of all that is written: equal lineages have equal fingerprints."""
        content = json.dumps([asdict(entity) for entity in (*self.chain, *self.columns)], sort_keys=True)
        return hashlib.sha256((content + repr(self.absent)).encode()).hexdigest()
