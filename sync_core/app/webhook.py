"""What answers the webhook, and the state that it needs. A new process imports nothing else for its first delivery."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from sync_core.app.identity import new_storage_credential, new_transport
from sync_core.app.known_installation import KnownInstallation
from sync_core.app.secrets import secrets_of
from sync_core.held_secrets import HELD
from sync_core.jobs.job_store import JobStore
from sync_core.jobs.wake_up import WakeUp, send_or_leave
from sync_core.lineage.data_set_jobs import PARTITION
from sync_core.lineage.webhook.data_set_processed import DataSetProcessed
from sync_core.lineage.webhook.empty_bodies import EmptyBodies
from sync_core.lineage.webhook.receipts import ReceiptStore
from sync_core.runtime import Runtime
from sync_core.settings import Settings
from sync_core.storage.connection import BACKGROUND, Patience, StorageConnection
from sync_core.storage.looking import LookingTable
from sync_core.storage.names import DATA_SETS_TABLE, LINEAGE_QUEUE, NOTES_TABLE
from sync_core.storage.notes import Notes
from sync_core.storage.queues import WorkQueue
from sync_core.storage.table import Table

if TYPE_CHECKING:
    from sync_core.lineage.data_set_store import DataSetStore
    from sync_core.lineage.record import DataSetRecord


@dataclass(frozen=True)
class Webhook:
    """The webhook, on the storage account of the settings; `scope` names the installation whose state it is.

    With `only_looks` nothing that it learns is written there.
    `wake_up` sends a message once what it is about is stored: at once, or after the answer.
    """

    settings: Settings
    runtime: Runtime = field(default_factory=Runtime)
    patience: Patience = BACKGROUND
    scope: str = ""
    only_looks: bool = False
    wake_up: WakeUp = send_or_leave

    def __post_init__(self) -> None:
        """From now on no text that this process makes safe holds a secret of the settings."""
        HELD.hold(secrets_of(self.settings))

    @cached_property
    def data_set_processed(self) -> DataSetProcessed:
        """The answer to the webhook."""
        return DataSetProcessed(
            receipts=self.receipts,
            queue=self.lineage_queue,
            secrets=self.settings.webhook_secrets,
            empty_bodies=self.empty_bodies,
            runtime=self.runtime,
            wake_up=self.wake_up,
        )

    @cached_property
    def empty_bodies(self) -> EmptyBodies:
        return EmptyBodies(self.cursors, self.runtime.now)

    @cached_property
    def known_installation(self) -> KnownInstallation:
        """Where the state lies of those to whom the settings lead, as far as that is known."""
        outside = replace(self, scope="").notes("installation")  # the same storage, without a scope
        return KnownInstallation(self.settings, outside)

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
    def data_sets(self) -> "DataSetStore":
        from sync_core.lineage.data_set_store import DataSetStore  # noqa: PLC0415  # a new delivery needs no record

        return DataSetStore(self.table(DATA_SETS_TABLE), self.data_set_jobs)

    @cached_property
    def data_set_jobs(self) -> JobStore:
        return JobStore(self.table(DATA_SETS_TABLE), PARTITION, self.runtime.monotonic)

    @cached_property
    def receipts(self) -> ReceiptStore:
        return ReceiptStore(self.data_set_jobs, self._load_record)

    def _load_record(self, data_set_id: str) -> "DataSetRecord | None":
        return self.data_sets.load(data_set_id)

    @cached_property
    def lineage_queue(self) -> WorkQueue:
        return WorkQueue(self.storage.queues, LINEAGE_QUEUE)

    @property
    def cursors(self) -> Notes:
        return self.notes("cursor")

    def notes(self, kind: str) -> Notes:
        return Notes(self.table(NOTES_TABLE), kind)

    def table(self, name: str) -> Table:
        if name not in self._tables:  # the SDK's client of a table costs half as much as a call
            self._tables[name] = self.new_table(name)
        return self._tables[name]

    def new_table(self, name: str) -> Table:
        kind = LookingTable if self.only_looks else Table
        return kind(self.storage.tables, name, self.scope)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {}
