"""The switch "Enable asset curation": classic terms freeze, copies of them come as drafts.

It goes on only, never back. Source: docs/vendors/unified-catalog.md, section 8.
"""

from enum import StrEnum

from local.purview.model import Entity
from local.purview.unified.model import Kind


class Phase(StrEnum):
    """How far it is, in the order in which it can go on."""

    OFF = "off"
    SAMPLE = "sample"
    RUNNING = "running"
    STAGED = "staged"
    MOVED = "moved"
    PUBLISHED = "published"
    DIRECT = "direct"


class Curation:
    """The state of the switch; the acts are in `admin/curation.py`."""

    def __init__(self) -> None:
        self.phase = Phase.OFF

    @property
    def is_frozen(self) -> bool:
        """Classic terms can no longer be changed."""
        return self.phase not in {Phase.OFF, Phase.SAMPLE}

    @property
    def is_enabled(self) -> bool:
        """Classic terms count no longer; terms of the catalog can be put on assets."""
        return self.is_frozen and self.phase is not Phase.RUNNING


def entity_type_of(entity: Entity, hidden: frozenset[str]) -> Kind:
    """A column is no data asset."""
    return Kind.COLUMN if entity.type_name in hidden else Kind.ASSET
