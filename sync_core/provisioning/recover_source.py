"""Takes over the source of an asset that was retired before the answer to its source's creation had come.

Nobody provisions a retired asset, and so nobody would look for it; but people can load data into it.
"""

from dataclasses import dataclass

from sync_core.assets.asset_store import AssetStore
from sync_core.assets.in_cluedin import Ours
from sync_core.assets.record import Origin
from sync_core.provisioning.group_store import GroupStore
from sync_core.runs.counts import Count
from sync_core.runs.run_log import RunLog


@dataclass(frozen=True)
class RecoverSource:
    """Looks for the sources of retired assets in a snapshot. Creates nothing."""

    groups: GroupStore
    assets: AssetStore

    def recover(self, ours: Ours, log: RunLog) -> None:
        """Record each source that a snapshot shows and no record has."""
        for record in ours.unbound:
            if source := ours.unrecorded_source(record):
                self.groups.bind_source(source.source_id, record.key)
                found = {"source_id": source.source_id, "source_name": source.name, "source_origin": Origin.ADOPTED}
                self.assets.change(record.key, lambda one, found=found: one.model_copy(update=found))  # type: ignore[misc]
                log.counts[Count.SOURCES_RECOVERED] += 1
