"""Connects to the storage account exactly as the Functions host does: by connection string or by identity.

`AzureWebJobsStorage` holds a connection string, or `AzureWebJobsStorage__*` name the account and the identity.
Source: facts on deployment, section 2, app settings for identity.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from azure.data.tables import TableServiceClient
from azure.storage.queue import ExponentialRetry, QueueServiceClient

from sync_core.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.core.credentials import TokenCredential

# Published by Microsoft for the storage emulator; the Python SDKs do not know the short form themselves.
DEVELOPMENT_STORAGE = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
    "BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;"
    "TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;"
)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one storage call may take; the SDKs' own defaults start retrying only after 15 s."""

    retries: int
    backoff_s: float
    timeout_s: float


BACKGROUND = Patience(retries=4, backoff_s=0.5, timeout_s=20)
INTERACTIVE = Patience(retries=1, backoff_s=0.2, timeout_s=3)  # a webhook's caller gives up after 10 s


@dataclass(frozen=True)
class StorageConnection:
    """Clients for tables and queues of the app's storage account."""

    settings: Settings
    new_credential: "Callable[[str], TokenCredential]"
    patience: Patience = BACKGROUND

    @cached_property
    def tables(self) -> TableServiceClient:
        """The table service."""
        patience: dict[str, Any] = {
            "retry_total": self.patience.retries,
            "retry_connect": self.patience.retries,
            "retry_read": self.patience.retries,
            "retry_status": self.patience.retries,
            "retry_backoff_factor": self.patience.backoff_s,
            "connection_timeout": self.patience.timeout_s,
            "read_timeout": self.patience.timeout_s,
        }
        connection_string = self._connection_string
        if connection_string:
            return TableServiceClient.from_connection_string(connection_string, **patience)
        return TableServiceClient(self._uri("table"), credential=self._credential, **patience)

    @cached_property
    def queues(self) -> QueueServiceClient:
        """The queue service."""
        options: dict[str, Any] = {
            "retry_policy": ExponentialRetry(
                initial_backoff=0, increment_base=2, retry_total=self.patience.retries, random_jitter_range=1
            ),
            "connection_timeout": self.patience.timeout_s,
            "read_timeout": self.patience.timeout_s,
        }
        connection_string = self._connection_string
        if connection_string:
            return QueueServiceClient.from_connection_string(connection_string, **options)
        return QueueServiceClient(self._uri("queue"), credential=self._credential, **options)

    @property
    def _connection_string(self) -> str:
        secret = self.settings.storage_connection_string
        value = secret.get_secret_value() if secret else ""
        return DEVELOPMENT_STORAGE if value.replace(" ", "").lower().startswith("usedevelopmentstorage=true") else value

    @cached_property
    def _credential(self) -> "TokenCredential":
        return self.new_credential(self.settings.storage_client_id)

    def _uri(self, service: str) -> str:
        given: str | None = getattr(self.settings, f"storage_{service}_service_uri")
        return given or f"https://{self.settings.storage_account_name}.{service}.core.windows.net"
