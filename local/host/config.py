"""How to run an app on this host."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.host.access import Keys

LOCK_S = 600.0
"""Source: QueueListener.cs: messages are received with 10 minutes of invisibility."""


@dataclass(frozen=True)
class HostConfig:
    """The app and what a test or a laptop may want to have otherwise than Azure has it."""

    app_dir: Path
    port: int = 0
    timers: bool = True
    queues: bool = True
    keys: Keys = field(default_factory=Keys)
    lock_s: float = LOCK_S
    grace_s: float = 10
    settings: Mapping[str, str] = field(default_factory=lambda: os.environ)
