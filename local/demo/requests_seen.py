"""Which requests a simulator saw while something happened."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

# A simulator logs a request when its answer has been sent, so the last one may come a moment after its effect.
_SETTLE_S = 0.2


@dataclass
class Seen:
    """The requests; filled when the block ends."""

    requests: list[dict[str, Any]] = field(default_factory=list)

    def paths(self) -> list[str]:
        """Method and path of each, in order."""
        return [f"{request['method']} {request['path']}" for request in self.requests]


@contextmanager
def watch(url: str) -> Iterator[Seen]:
    """Collect what the simulator at `url` is asked inside the block."""
    last_seq = _read(url, 0)["last_seq"]
    seen = Seen()
    yield seen
    time.sleep(_SETTLE_S)
    seen.requests = _read(url, last_seq)["requests"]


def _read(url: str, since: int) -> dict[str, Any]:
    answer = requests.get(f"{url}/_simulator/requests", params={"since": since}, timeout=30)
    answer.raise_for_status()
    log: dict[str, Any] = answer.json()
    return log
