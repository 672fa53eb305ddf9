"""The state: storage, tables and queues, each built when it is first needed."""

from dataclasses import dataclass, field
from functools import cached_property

from sync_core.app.identity import new_storage_credential, new_transport
from sync_core.assets import asset_rows
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.count_assets import CountAssets
from sync_core.jobs.job_store import JobStore
from sync_core.lineage import data_set_store as data_sets
from sync_core.lineage.data_set_store import DataSetStore
from sync_core.lineage.webhook.receipts import ReceiptStore
from sync_core.provisioning.group_store import GroupStore
from sync_core.provisioning.snapshot_store import SnapshotStore
from sync_core.runs.deferred_store import DeferredStore
from sync_core.runs.leases import Leases
from sync_core.runs.run_store import RunStore
from sync_core.runtime import Runtime
from sync_core.settings import Settings
from sync_core.storage.connection import BACKGROUND, Patience, StorageConnection
from sync_core.storage.names import (
    ASSET_QUEUE,
    ASSETS_TABLE,
    DATA_SETS_TABLE,
    GROUPS_TABLE,
    LINEAGE_QUEUE,
    NOTES_TABLE,
    RUNS_TABLE,
)
from sync_core.storage.notes import Notes
from sync_core.storage.queues import WorkQueue
from sync_core.storage.table import Table


@dataclass(frozen=True)
class Stores:
    """What the app remembers, on the storage account of its settings; `scope` names the installation that it is of."""

    settings: Settings
    runtime: Runtime = field(default_factory=Runtime)
    patience: Patience = BACKGROUND
    scope: str = ""

    @cached_property
    def storage(self) -> StorageConnection:
        settings = self.settings
        secret = settings.storage_connection_string
        return StorageConnection(
            connection_string=secret.get_secret_value() if secret else "",
            account_name=settings.storage_account_name,
            table_uri=settings.storage_table_service_uri or "",
            queue_uri=settings.storage_queue_service_uri or "",
            new_credential=lambda: new_storage_credential(settings, self.patience),
            patience=self.patience,
            new_transport=new_transport,
        )

    @cached_property
    def assets(self) -> AssetStore:
        return AssetStore(self.table(ASSETS_TABLE), self.asset_jobs)

    @cached_property
    def count_assets(self) -> CountAssets:
        return CountAssets(self.assets, self.cursors, self.runtime.now)

    @cached_property
    def asset_jobs(self) -> JobStore:
        return JobStore(self.table(ASSETS_TABLE), asset_rows.PARTITION, self.runtime.monotonic)

    @cached_property
    def groups(self) -> GroupStore:
        return GroupStore(self.table(GROUPS_TABLE))

    @cached_property
    def snapshots(self) -> SnapshotStore:
        return SnapshotStore(self.table(ASSETS_TABLE))  # lost with the records, so that it is read anew

    @cached_property
    def data_sets(self) -> DataSetStore:
        return DataSetStore(self.table(DATA_SETS_TABLE), self.data_set_jobs)

    @cached_property
    def data_set_jobs(self) -> JobStore:
        return JobStore(self.table(DATA_SETS_TABLE), data_sets.PARTITION, self.runtime.monotonic)

    @cached_property
    def receipts(self) -> ReceiptStore:
        return ReceiptStore(self.data_sets)

    @cached_property
    def runs(self) -> RunStore:
        return RunStore(self.table(RUNS_TABLE))

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
    def lineage_queue(self) -> WorkQueue:
        return WorkQueue(self.storage.queues, LINEAGE_QUEUE)

    @cached_property
    def deferred(self) -> DeferredStore:
        return DeferredStore(self.table(NOTES_TABLE))

    @property
    def cursors(self) -> Notes:
        return self.notes("cursor")

    def notes(self, kind: str) -> Notes:
        return Notes(self.table(NOTES_TABLE), kind)

    def table(self, name: str) -> Table:
        return Table(self.storage.tables, name, self.scope)
