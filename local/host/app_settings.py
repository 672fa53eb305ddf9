"""What bindings take from the app's settings: `%NAME%` in their texts, and storage connections by name."""

import re
from collections.abc import Mapping

from azure.storage.queue import QueueServiceClient

from local.azurite import DEFAULT_ACCOUNT, DEFAULT_KEY
from local.host.log import make_quiet_logger

_REFERENCE = re.compile(r"%([^%]+)%")
_DEVELOPMENT_STORAGE = (
    f"DefaultEndpointsProtocol=http;AccountName={DEFAULT_ACCOUNT};AccountKey={DEFAULT_KEY};"
    f"QueueEndpoint=http://127.0.0.1:10001/{DEFAULT_ACCOUNT}"
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
        raise SettingError(f"the setting {missing[0]!r}, which {text!r} names, is not set")
    return _REFERENCE.sub(lambda found: settings[found[1]], text)


def connect_queues(connection: str, settings: Mapping[str, str]) -> QueueServiceClient:
    """Open the queue service that a binding's `connection` names.

    Raises:
        SettingError: there is no such setting, or it is no connection string.
    """
    value = settings.get(connection) or settings.get(f"AzureWebJobs{connection}")
    if not value:
        raise SettingError(
            f"the connection {connection!r} is not set; the local host takes connection strings, such as Azurite's"
        )
    if value.strip().rstrip(";").lower() == "usedevelopmentstorage=true":
        value = _DEVELOPMENT_STORAGE
    try:
        return QueueServiceClient.from_connection_string(value, logger=make_quiet_logger())
    except ValueError as error:
        raise SettingError(f"the connection {connection!r} is no connection string: {error}") from error
