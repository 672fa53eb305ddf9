"""What bindings take from the app's settings: `%NAME%` in their texts, and storage connections by name."""

import logging
import re
from collections.abc import Mapping

from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from local.azurite import DEFAULT_ACCOUNT, DEFAULT_KEY
from local.host.host_json import STORAGE_CATEGORY

STORAGE = "AzureWebJobsStorage"
_logger = logging.getLogger(STORAGE_CATEGORY)  # host.json says from which level on
_REFERENCE = re.compile(r"%([^%]+)%")
_DEVELOPMENT_STORAGE = (
    f"DefaultEndpointsProtocol=http;AccountName={DEFAULT_ACCOUNT};AccountKey={DEFAULT_KEY};"
    f"QueueEndpoint=http://127.0.0.1:10001/{DEFAULT_ACCOUNT};BlobEndpoint=http://127.0.0.1:10000/{DEFAULT_ACCOUNT}"
)


class SettingError(ValueError):
    """A setting that a binding names is missing or cannot be used."""


def resolve(text: str, settings: Mapping[str, str]) -> str:
    """Replace `%NAME%` by the setting's value.

    Raises:
        SettingError: there is no such setting.
    """
    missing = [name for name in _REFERENCE.findall(text) if name not in settings]
    if missing:
        raise SettingError(f"Microsoft.Azure.WebJobs.Host: '%{missing[0]}%' does not resolve to a value.")
    return _REFERENCE.sub(lambda found: settings[found[1]], text)


def is_disabled(function: str, settings: Mapping[str, str]) -> bool:
    """Whether `AzureWebJobs.<function>.Disabled` silences a function; only runs by hand are left to it then."""
    names = {f"azurewebjobs.{function}.disabled".lower(), f"azurewebjobs__{function}__disabled".lower()}
    values = [value.strip().lower() for name, value in settings.items() if name.lower() in names]
    return any(value in {"true", "1"} for value in values)


def connect_queues(connection: str, settings: Mapping[str, str]) -> QueueServiceClient:
    """Open the queue service that a binding's `connection` names; whoever calls it tries again himself.

    Raises:
        SettingError: there is no such setting, or it is no connection string.
    """
    value = _read_connection(connection, settings)
    try:
        return QueueServiceClient.from_connection_string(value, logger=_logger, retry_total=0)
    except ValueError as error:
        raise SettingError(f"the connection {connection!r} is no connection string: {error}") from error


def connect_blobs(settings: Mapping[str, str]) -> BlobServiceClient:
    """Open the blob service in which the host keeps its own state.

    Raises:
        SettingError: there is no storage, or its setting is no connection string.
    """
    value = _read_connection(STORAGE, settings)
    try:
        return BlobServiceClient.from_connection_string(value, logger=_logger, retry_total=0)
    except ValueError as error:
        raise SettingError(f"{STORAGE} is no connection string: {error}") from error


def _read_connection(connection: str, settings: Mapping[str, str]) -> str:
    value = settings.get(connection) or settings.get(f"AzureWebJobs{connection}")
    if not value:
        raise SettingError(
            f"the connection {connection!r} is not set; the local host takes connection strings, such as Azurite's"
        )
    is_development = value.strip().rstrip(";").lower() == "usedevelopmentstorage=true"
    return _DEVELOPMENT_STORAGE if is_development else value
