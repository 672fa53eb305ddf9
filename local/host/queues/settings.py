"""How all queues of an app are treated."""

from collections.abc import Callable
from dataclasses import dataclass

from azure.core.exceptions import AzureError

from local.host.host_json import QueueOptions


@dataclass(frozen=True)
class QueueSettings:
    """host.json, and what a test may want otherwise."""

    options: QueueOptions
    lock_s: float
    patience_s: float
    fail: Callable[[AzureError], None]
    """Ends the host: storage answered what it does not expect."""
