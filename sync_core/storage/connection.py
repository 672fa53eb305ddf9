"""Connects to the storage account exactly as the Functions host does: by connection string or by identity.

`AzureWebJobsStorage` holds a connection string, or `AzureWebJobsStorage__*` name the account and the identity.
Source: docs/vendors/functions.md, section 2, app settings for identity.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from azure.data.tables import TableServiceClient
from azure.storage.queue import LinearRetry, QueueServiceClient

from sync_core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.core.credentials import TokenCredential
    from azure.core.pipeline.transport import HttpTransport

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
    """Clients for tables and queues of the app's storage account: by connection string, or by identity and address.

    `table_uri` and `queue_uri` may be empty; then they follow from the account's name.
    """

    connection_string: str = field(default="", repr=False)
    account_name: str = ""
    table_uri: str = ""
    queue_uri: str = ""
    new_credential: "Callable[[], TokenCredential] | None" = None
    patience: Patience = BACKGROUND
    new_transport: "Callable[[Patience], HttpTransport[Any, Any]] | None" = None

    @cached_property
    def tables(self) -> TableServiceClient:
        """The table service."""
        patience: dict[str, Any] = {
            "retry_total": self.patience.retries,
            "retry_connect": self.patience.retries,
            "retry_read": self.patience.retries,
            "retry_status": self.patience.retries,
            "retry_backoff_factor": self.patience.backoff_s,
            **self._transport,
        }
        if self._expanded:
            with _named():
                return TableServiceClient.from_connection_string(self._expanded, **patience)
        uri = self.table_uri or f"https://{self.account_name}.table.core.windows.net"
        return TableServiceClient(uri, credential=self._credential, **patience)

    @cached_property
    def queues(self) -> QueueServiceClient:
        """The queue service."""
        patience: dict[str, Any] = {
            # The SDK's other policy waits 1 to 3 s before its first try again, whatever one asks for.
            "retry_policy": LinearRetry(
                backoff=self.patience.backoff_s,  # type: ignore[arg-type]  # it takes parts of a second
                retry_total=self.patience.retries,
                random_jitter_range=self.patience.backoff_s,  # type: ignore[arg-type]
            ),
            **self._transport,
        }
        if self._expanded:
            with _named():
                return QueueServiceClient.from_connection_string(self._expanded, **patience)
        uri = self.queue_uri or f"https://{self.account_name}.queue.core.windows.net"
        return QueueServiceClient(uri, credential=self._credential, **patience)

    @property
    def _transport(self) -> dict[str, Any]:
        """The time-outs, and what carries the calls; the SDKs' own pools are too small for a host's many threads."""
        options: dict[str, Any] = {
            "connection_timeout": self.patience.timeout_s,
            "read_timeout": self.patience.timeout_s,
            "permit_redirects": False,  # else the answer of whoever storage points to would be our state
        }
        return {**options, **({"transport": self.new_transport(self.patience)} if self.new_transport else {})}

    @property
    def _expanded(self) -> str:
        is_short = self.connection_string.replace(" ", "").lower().startswith("usedevelopmentstorage=true")
        return DEVELOPMENT_STORAGE if is_short else self.connection_string

    @cached_property
    def _credential(self) -> "TokenCredential":
        if self.new_credential is None:
            raise ConfigError("Storage has neither a connection string nor an identity: set AzureWebJobsStorage.")
        return self.new_credential()


@contextmanager
def _named() -> Iterator[None]:
    """Name the setting where an SDK cannot read it, and do not show it."""
    try:
        yield
    except ValueError:
        raise ConfigError("AzureWebJobsStorage is no connection string that the storage SDKs can read.") from None
