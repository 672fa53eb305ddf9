"""Our own little servers as child processes: start, wait for the line that says where they listen, give the URL."""

import os
import re
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.child import Child, start_child, wait_until_ready

REPOSITORY = Path(__file__).resolve().parents[1]
LOOPBACK = "127.0.0.1"
_LISTENING = re.compile(r"listens on (http://\S+)")


@dataclass(frozen=True)
class Service:
    """A server that listens."""

    url: str
    child: Child


@contextmanager
def run_service(
    name: str,
    arguments: Sequence[str],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    grace_s: float = 5,
) -> Iterator[Service]:
    """Run `python -m ARGUMENTS` for as long as the block lasts.

    Raises:
        ChildError: it did not start; the message has the end of its log.
    """
    command = [sys.executable, "-m", *arguments]
    child = start_child(name, command, log=log, env=environment or os.environ, cwd=REPOSITORY, grace_s=grace_s)
    try:
        wait_until_ready(child, lambda: _LISTENING.search(child.output()) is not None)
        yield Service(_LISTENING.findall(child.output())[0], child)
    finally:
        child.stop()


def choose_port(preferred: int = 0) -> int:
    """Return the preferred port when it is free, any free one otherwise."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, preferred))
        except OSError:
            return choose_port()
        return int(probe.getsockname()[1])
