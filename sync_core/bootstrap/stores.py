"""The state: storage, tables and queues, each built when it is first needed."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from sync_core.bootstrap.identity import new_storage_credential, new_storage_transport
from sync_core.settings import Settings
from sync_core.state import asset_rows, data_sets
from sync_core.state.assets import AssetStore
from sync_core.state.cluedin_snapshots import SnapshotStore
from sync_core.state.connection import BACKGROUND, Patience, StorageConnection
from sync_core.state.data_sets import DataSetStore
from sync_core.state.deferred import DeferredStore
from sync_core.state.groups import GroupStore
from sync_core.state.jobs import JobStore
from sync_core.state.leases import Leases
from sync_core.state.names import (
    ASSET_QUEUE,
    ASSETS_TABLE,
    DATA_SETS_TABLE,
    GROUPS_TABLE,
    LINEAGE_QUEUE,
    NOTES_TABLE,
    RUNS_TABLE,
)
from sync_core.state.notes import Notes
from sync_core.state.queues import WorkQueue
from sync_core.state.receipts import ReceiptStore
from sync_core.state.runs import RunStore
from sync_core.state.table import Table


def now_utc() -> datetime:
    """Return the time, aware of its zone."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a short unique id for a run."""
    return uuid.uuid4().hex[:16]


@dataclass(frozen=True)
class Stores:
    """What the app remembers, on the storage account of its settings; `scope` names the installation that it is of."""

    settings: Settings
    clock: Callable[[], datetime] = now_utc
    patience: Patience = BACKGROUND
    scope: str = ""

    @cached_property
    def _storage(self) -> StorageConnection:
        settings = self.settings
        secret = settings.storage_connection_string
        return StorageConnection(
            connection_string=secret.get_secret_value() if secret else "",
            account_name=settings.storage_account_name,
            table_uri=settings.storage_table_service_uri or "",
            queue_uri=settings.storage_queue_service_uri or "",
            new_credential=lambda: new_storage_credential(settings, self.patience),
            patience=self.patience,
            new_transport=new_storage_transport,
        )

    @cached_property
    def _assets(self) -> AssetStore:
        return AssetStore(self._table(ASSETS_TABLE), self._asset_jobs)

    @cached_property
    def _asset_jobs(self) -> JobStore:
        return JobStore(self._table(ASSETS_TABLE), asset_rows.PARTITION)

    @cached_property
    def _groups(self) -> GroupStore:
        return GroupStore(self._table(GROUPS_TABLE))

    @cached_property
    def _snapshots(self) -> SnapshotStore:
        return SnapshotStore(self._table(ASSETS_TABLE))  # lost with the records, so that it is read anew

    @cached_property
    def _data_sets(self) -> DataSetStore:
        return DataSetStore(self._table(DATA_SETS_TABLE), self._data_set_jobs)

    @cached_property
    def _data_set_jobs(self) -> JobStore:
        return JobStore(self._table(DATA_SETS_TABLE), data_sets.PARTITION)

    @cached_property
    def _receipts(self) -> ReceiptStore:
        return ReceiptStore(self._data_sets)

    @cached_property
    def _runs(self) -> RunStore:
        return RunStore(self._table(RUNS_TABLE))

    @cached_property
    def approvals(self) -> Notes:
        """What waits for a person's word, and that word."""
        return self._notes("approval")

    @cached_property
    def _leases(self) -> Leases:
        return Leases(self._table(NOTES_TABLE))

    @cached_property
    def _asset_queue(self) -> WorkQueue:
        return WorkQueue(self._storage.queues, ASSET_QUEUE)

    @cached_property
    def _lineage_queue(self) -> WorkQueue:
        return WorkQueue(self._storage.queues, LINEAGE_QUEUE)

    @cached_property
    def _deferred(self) -> DeferredStore:
        return DeferredStore(self._table(NOTES_TABLE))

    def _notes(self, kind: str) -> Notes:
        return Notes(self._table(NOTES_TABLE), kind)

    def _table(self, name: str) -> Table:
        return Table(self._storage.tables, name, self.scope)
