"""Which guid Purview gave to each part of a data set's lineage, as the data set's record remembers them. Pure.

A guid counts only with the name that it must bear: what answers to it under another name is none of ours.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync_core.lineage.graph.names import LineageRefs, column_refs
from sync_core.lineage.record import DataSetRecord
from sync_core.purview.graph import EntityRef
from sync_core.purview.lineage_wire import StoredEntity

MOST_KEYS = 1000  # whose columns are remembered: 40 kB of the data set's row

Guids = Mapping[EntityRef, str]


@dataclass(frozen=True, slots=True)
class KnownLineage:
    """What is known of a lineage before it is written.

    `guids` are the remembered ones, `by_guid` is what answered to them. `is_all` says that no other part of the chain
    stands than those that are remembered.
    """

    guids: Guids = field(default_factory=dict)
    by_guid: Mapping[str, StoredEntity] = field(default_factory=dict)
    is_all: bool = False

    @property
    def seen(self) -> dict[EntityRef, StoredEntity]:
        """What answered under the name that its guid is remembered for."""
        return bearing(self.guids, self.by_guid)


def bearing(guids: Guids, by_guid: Mapping[str, StoredEntity]) -> dict[EntityRef, StoredEntity]:
    """Return what answered to its guid under its own type and name."""
    found = {ref: by_guid[guid] for ref, guid in guids.items() if guid in by_guid}
    return {ref: one for ref, one in found.items() if EntityRef(one.type_name, one.qualified_name) == ref}


def known_guids(record: DataSetRecord, organization: str) -> dict[EntityRef, str]:
    """Return the guids that a record remembers: those of its chain, and of its columns of the golden records."""
    columns = zip(_column_refs(record, organization), record.key_guids, strict=False)
    chain = {ref: record.guids.get(ref.type_name, "") for ref in _chain(record, organization)}
    return {ref: guid for ref, guid in (chain | dict(columns)).items() if guid}


def remembering(record: DataSetRecord, organization: str, guids: Guids) -> dict[str, Any]:
    """Return the fields by which a record remembers those of some guids that belong to it."""
    keys = [guids.get(ref, "") for ref in _column_refs(record, organization)]
    return {
        "guids": {ref.type_name: guids[ref] for ref in _chain(record, organization) if ref in guids},
        "key_guids": keys if any(keys) and len(keys) <= MOST_KEYS else [],
    }


def _chain(record: DataSetRecord, organization: str) -> list[EntityRef]:
    refs = LineageRefs(organization, record.data_set_id)
    golden = [refs.golden_records(record.entity_type)] if record.entity_type else []
    return [refs.data_set, refs.ingest, refs.map, refs.clues, refs.pipeline, *golden]


def _column_refs(record: DataSetRecord, organization: str) -> Iterator[EntityRef]:
    golden = LineageRefs(organization, record.data_set_id).golden_records(record.entity_type)
    return (ref for _, ref in column_refs(golden, record.keys))
