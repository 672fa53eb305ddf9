"""The settings of an app between two simulated services."""

from local.cluedin.seed import ORGANIZATION, SERVICE_ACCOUNT
from local.stack import COLLECTION, TERM
from sync_core.settings import Settings


def environment_of(purview_url: str, cluedin_url: str, storage: str, **changes: str) -> dict[str, str]:
    """Return the settings as environment variables."""
    return {
        "PURVIEW_ENDPOINT": purview_url,
        "PURVIEW_CATALOG_ENDPOINT": purview_url,
        "PURVIEW_COLLECTION": COLLECTION,
        "CLUEDIN_URL": cluedin_url,
        "CLUEDIN_ORGANIZATION": ORGANIZATION.client_id,
        "CLUEDIN_USERNAME": SERVICE_ACCOUNT.username,
        "CLUEDIN_PASSWORD": SERVICE_ACCOUNT.password,
        "SYNC_TERM": TERM,
        "AzureWebJobsStorage": storage,
        **changes,
    }


def settings_of(purview_url: str, cluedin_url: str, storage: str, **changes: str) -> Settings:
    """Return the settings."""
    return Settings.model_validate(environment_of(purview_url, cluedin_url, storage, **changes))
