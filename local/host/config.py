"""How to run an app on this host."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from local.host.http.access import Keys
from local.host.log import LogFormat

LOCK_S = 600.0
"""Source: QueueListener.cs: messages are received with 10 minutes of invisibility."""
TIMER_LOCK_S = 60
"""Source: azure-webjobs-sdk SingletonOptions.cs, ListenerLockPeriod."""
STORAGE_PATIENCE_S = 25.0
"""Measured: for so long the host's storage client tries a call again, with 429, 5xx or a broken connection."""


@dataclass(frozen=True)
class HostConfig:
    """The app and what a test or a laptop may want to have otherwise than Azure has it."""

    app_dir: Path
    port: int = 0
    timers: bool = True
    queues: bool = True
    keys: Keys = field(default_factory=Keys)
    lock_s: float = LOCK_S
    timer_lock_s: int = TIMER_LOCK_S
    storage_patience_s: float = STORAGE_PATIENCE_S
    chunked_bodies: Literal["drop", "pass"] = "drop"
    """What becomes of a body without Content-Length; Azure's front end may pass it on."""
    function_timeout: bool = True
    grace_s: float = 10
    log_format: LogFormat = "plain"
    settings: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @property
    def host_id(self) -> str:
        """Hosts of the same id share locks and the status of timers."""
        return self.settings.get("AzureFunctionsWebHost__hostid") or "local"
