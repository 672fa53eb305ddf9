"""Who the app is to Azure, and what carries its calls to storage."""

from typing import TYPE_CHECKING, Any

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
    """Return what carries calls to storage: it waits for no drip, and sleeps for no `Retry-After` without an end."""
    from sync_core.app.azure_transport import PatientTransport  # noqa: PLC0415  # slow to import

    return PatientTransport(patience)


def _patience_options(patience: Patience) -> dict[str, Any]:
    """The SDK waits five minutes for an answer otherwise, and tries again ten times.

    A silent endpoint gets one try less than a silent storage: whoever waits for a delivery to be kept tries both twice.
    """
    from sync_core.app.azure_transport import IdentityTransport  # noqa: PLC0415  # slow to import

    return {
        "transport": IdentityTransport(patience),
        "retry_total": patience.retries,
        "retry_read": patience.retries - 1,
        "retry_backoff_factor": patience.backoff_s,
    }
