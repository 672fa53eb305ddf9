"""Knows which types are data assets; asks Purview once for each type and remembers the answer for good.

A type that Purview does not tell is asked for once by each process.
"""

from dataclasses import dataclass, field
from urllib.parse import quote

from pydantic import BaseModel

from sync_core.clients.purview import PurviewClient
from sync_core.mapping.asset_types import DATA_SET, PROCESS, why_no_data_asset
from sync_core.state.notes import Notes

# The roots of Purview's type system: nothing that matters here stands above them.
ROOTS = frozenset({DATA_SET, PROCESS, "Asset", "Referenceable", "Infrastructure"})


class KnownType(BaseModel):
    """A type's super types, all the way up. Types never lose a super type, so this stays true."""

    ancestors: list[str]


@dataclass(frozen=True)
class AssetTypes:
    """Tells data assets from columns, processes and the like."""

    purview: PurviewClient
    notes: Notes
    _seen: dict[str, frozenset[str] | None] = field(default_factory=dict)

    def why_left_out(self, type_name: str) -> str:
        """Return why entities of a type are left out, or an empty text for a data asset."""
        return why_no_data_asset(type_name, self._ancestors(type_name))

    def _ancestors(self, type_name: str) -> frozenset[str] | None:
        if type_name not in self._seen:
            known = self.notes.load(KnownType, _note_name(type_name))
            self._seen[type_name] = frozenset(known.ancestors) if known else self._learn(type_name)
        return self._seen[type_name]

    def _learn(self, type_name: str) -> frozenset[str] | None:
        ancestors: set[str] = set()
        to_read = [type_name]
        while to_read:
            name = to_read.pop()
            definition = self.purview.fetch_entity_type(name)
            if definition is None and name == type_name:
                return None
            super_types = set(definition.super_types) if definition else set()
            to_read += super_types - ancestors - ROOTS
            ancestors |= super_types
        self.notes.save(_note_name(type_name), KnownType(ancestors=sorted(ancestors)))
        return frozenset(ancestors)


def _note_name(type_name: str) -> str:
    """Return the key of a type's note: an ordinary name itself; a slash, # and ? must not stand in a table's key."""
    return quote(type_name, safe="").replace("%", "=")
