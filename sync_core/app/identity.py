"""Who the app is to Azure, and what carries its calls to storage."""

from typing import TYPE_CHECKING, Any

from sync_core.http.session import ReadySession
from sync_core.settings import Settings
from sync_core.storage.connection import Patience

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.core.pipeline.transport import RequestsTransport


# The endpoint is on the machine itself and answers within a second, or after some tries: a call that needs a token has
# time for two of ten seconds.
IDENTITY = Patience(retries=2, backoff_s=0.5, timeout_s=10)


def new_azure_credential(patience: Patience = IDENTITY) -> "TokenCredential":
    """Return the identity for Purview: managed in Azure (AZURE_CLIENT_ID counts), the developer's own on a laptop."""
    from azure.identity import DefaultAzureCredential  # noqa: PLC0415  # slow to import

    return DefaultAzureCredential(**_patience_options(patience))


def new_storage_credential(settings: Settings, patience: Patience) -> "TokenCredential":
    """Return the identity for storage, chosen by the same settings as the host's own connection.

    Its token is part of the first storage call: whoever asks for it waits no longer than storage itself may take.
    """
    from azure.identity import DefaultAzureCredential, ManagedIdentityCredential  # noqa: PLC0415  # slow to import

    client_id = settings.storage_client_id
    if settings.storage_credential.lower() == "managedidentity":
        return ManagedIdentityCredential(client_id=client_id or None, **_patience_options(patience))
    return DefaultAzureCredential(managed_identity_client_id=client_id or None, **_patience_options(patience))


def new_transport(patience: Patience) -> "RequestsTransport":
    """Return a transport whose pool of connections suits the many threads of a host, and that waits for no drip."""
    from azure.core.pipeline.transport import RequestsTransport  # noqa: PLC0415  # slow to import

    return RequestsTransport(
        session=ReadySession(),
        session_owner=False,
        connection_timeout=patience.timeout_s,
        read_timeout=patience.timeout_s,
    )


def _patience_options(patience: Patience) -> dict[str, Any]:
    """The SDK waits five minutes for an answer otherwise, and tries again ten times.

    A silent endpoint gets one try less than a silent storage: whoever waits for a delivery to be kept tries both twice.
    """
    return {
        "transport": new_transport(patience),
        "retry_total": patience.retries,
        "retry_read": patience.retries - 1,
        "retry_backoff_factor": patience.backoff_s,
    }
