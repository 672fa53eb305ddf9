"""The state: storage, tables and queues, each built when it is first needed."""

from dataclasses import dataclass
from functools import cached_property

from sync_core.app.webhook import Webhook
from sync_core.assets import asset_rows
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.count_assets import CountAssets
from sync_core.assets.list_assets import ListAssets
from sync_core.assets.shown_status import ShownStatus
from sync_core.jobs.job_store import JobStore
from sync_core.provisioning.group_store import GroupStore
from sync_core.provisioning.snapshot_store import SnapshotStore
from sync_core.runs.action_log import ActionLog
from sync_core.runs.deferred_store import DeferredStore
from sync_core.runs.leases import Leases
from sync_core.runs.run_store import RunStore
from sync_core.storage.names import (
    ASSET_QUEUE,
    ASSETS_TABLE,
    NOTES_TABLE,
    RUNS_TABLE,
)
from sync_core.storage.notes import Notes
from sync_core.storage.queues import WorkQueue


@dataclass(frozen=True)
class Stores(Webhook):
    """What the app remembers."""

    @cached_property
    def assets(self) -> AssetStore:
        return AssetStore(self.table(ASSETS_TABLE), self.asset_jobs)

    @cached_property
    def count_assets(self) -> CountAssets:
        return CountAssets(self.assets, self.cursors, self.runtime.now)

    @cached_property
    def shown_status(self) -> ShownStatus:
        return ShownStatus(self.table(ASSETS_TABLE))

    @cached_property
    def list_assets(self) -> ListAssets:
        return ListAssets(self.assets, self.count_assets, self.notes("listed"), self.cursors, self.runtime.now)

    @cached_property
    def asset_jobs(self) -> JobStore:
        return JobStore(self.table(ASSETS_TABLE), asset_rows.PARTITION, self.runtime.monotonic)

    @cached_property
    def groups(self) -> GroupStore:
        return GroupStore(self.table(ASSETS_TABLE))

    @cached_property
    def snapshots(self) -> SnapshotStore:
        return SnapshotStore(self.table(ASSETS_TABLE))  # lost with the records, so that it is read anew

    @cached_property
    def runs(self) -> RunStore:
        return RunStore(self.table(RUNS_TABLE))

    @cached_property
    def action_log(self) -> ActionLog:
        return ActionLog(self.table(RUNS_TABLE))

    @cached_property
    def approvals(self) -> Notes:
        """What waits for a person's approval, and that approval."""
        return self.notes("approval")

    @cached_property
    def leases(self) -> Leases:
        return Leases(self.table(NOTES_TABLE), self.runtime.monotonic)

    @cached_property
    def asset_queue(self) -> WorkQueue:
        return WorkQueue(self.storage.queues, ASSET_QUEUE)

    @cached_property
    def deferred(self) -> DeferredStore:
        return DeferredStore(self.table(NOTES_TABLE))
