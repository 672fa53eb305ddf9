"""Finds the source of an asset that was retired before the answer to its source's creation had come.

Nobody provisions a retired asset, and so nobody would look for it; but people can load data into it.
"""

from dataclasses import dataclass

from sync_core.domain.asset import AssetRecord, AssetStatus, Origin
from sync_core.flows.find_group import FindGroup, own_source
from sync_core.state.assets import AssetStore
from sync_core.state.groups import GroupStore


def may_have_source(record: AssetRecord) -> bool:
    """Whether a source may stand that is not recorded: without a group, none was ever asked for."""
    return record.status is AssetStatus.RETIRED and bool(record.group_id) and not record.source_id


@dataclass(frozen=True)
class RecoverSource:
    """Looks into the group of a retired asset."""

    find_group: FindGroup
    groups: GroupStore
    assets: AssetStore

    def recover(self, record: AssetRecord) -> AssetRecord:
        """Return the record with its source, or as it is where none stands. Creates nothing.

        Raises:
            TransientError, ConfigError: CluedIn or storage does not answer.
        """
        group = self.find_group.by_id(record.group_id, record.group_name)
        source = own_source(record, group) if group else None
        if source is None:
            return record
        self.groups.bind_source(source.id, record.key)
        found = {"source_id": source.id, "source_name": source.name, "source_origin": Origin.ADOPTED}
        return self.assets.change(record.key, lambda one: one.model_copy(update=found))
