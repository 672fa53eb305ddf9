"""Looks at CluedIn as a whole: which data sets were processed, and which of our groups and sources are gone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_core.absence.heal_groups import HealGroups
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.in_cluedin import Ours, Shown, known_by_name
from sync_core.assets.record import AssetRecord
from sync_core.lineage.find_processed import FindProcessed
from sync_core.provisioning.read_snapshot import ReadSnapshot
from sync_core.provisioning.recover_source import RecoverSource
from sync_core.provisioning.snapshot_store import SnapshotStore
from sync_core.runs.run_log import RunLog

READ_TIME = timedelta(minutes=1)


@dataclass(frozen=True)
class LookAtCluedIn:
    """One look. Idempotent; a snapshot that takes longer than a run is read on in the next one."""

    read: ReadSnapshot
    store: SnapshotStore
    recover_source: RecoverSource
    find_processed: FindProcessed
    heal_groups: HealGroups
    assets: AssetStore
    is_sync_on: Callable[[], bool]

    def run(self, log: RunLog, keep_alive: Callable[[], None] = lambda: None) -> datetime | None:
        """Read CluedIn and act on what changed; return when the snapshot began, None where it is not complete yet.

        Raises:
            TransientError, ConfigError: CluedIn does not answer; what was read is kept for the next run.
        """
        snapshot = self.read.read(log.run_id, READ_TIME, keep_alive)
        if snapshot is None:
            log.notes.append("CluedIn is being read as a whole; the next run goes on.")
            return None
        sources = list(snapshot.sources())
        log.counts.update(groups_shown=len(snapshot.groups), sources_shown=len(sources))
        shown, known = Shown.of(snapshot), known_by_name(self.store.known())
        ours = self._compare(shown)
        self.recover_source.recover(ours, log)
        seen = self.find_processed.find(sources, known, ours.names, log)
        if not snapshot.is_whole:
            told = "A part of CluedIn's list of groups cannot be read: nobody counts as missing from it"
            log.notes.append(f"{told}. {snapshot.unread}")
            missing = [known[name] for name in known.keys() - {source.name for source in seen}]
        else:  # off means that nothing is made, by healing neither; then nobody counts as missing
            missing = self.heal_groups.heal(ours, known, log) if self.is_sync_on() else []
        self.store.save(snapshot.started_at, len(snapshot.groups), [*seen, *missing])
        return snapshot.started_at

    def _compare(self, shown: Shown) -> Ours:
        """Go over the records, once for all that follows."""
        ours = Ours(shown)
        for name, record in self.assets.each_with_name():
            if name:
                ours.add_name(name)
            if isinstance(record, AssetRecord):
                ours.add(record)
        return ours
