"""Our own little servers as child processes: start, wait for the line that says where they listen, give the URL."""

import os
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.child import Child, start_child, wait_until_ready
from local.listening import read_announced_url

REPOSITORY = Path(__file__).resolve().parents[1]
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Service:
    """A server that listens."""

    url: str
    child: Child


@dataclass(frozen=True)
class Command:
    """How to start a server: `python -m ARGUMENTS`."""

    name: str
    arguments: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = None
    grace_s: float = 5


@contextmanager
def run_services(*commands: Command) -> Iterator[list[Service]]:
    """Run servers for as long as the block lasts; all start at once, which is quicker than one after the other.

    Raises:
        ChildError: one did not start; the message has the end of its log.
    """
    with ExitStack() as parts:
        children = [_start(command, parts) for command in commands]
        yield [_wait(child) for child in children]


def _start(command: Command, parts: ExitStack) -> Child:
    child = start_child(
        command.name,
        [sys.executable, "-m", *command.arguments],
        log=command.log,
        env=command.environment or os.environ,
        cwd=REPOSITORY,
        grace_s=command.grace_s,
    )
    parts.callback(child.stop)
    return child


def _wait(child: Child) -> Service:
    url = wait_until_ready(child, lambda: read_announced_url(child.output()))
    return Service(url, child)


def choose_port(preferred: int = 0) -> int:
    """Return the preferred port when it is free, any free one otherwise."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, preferred))
        except OSError:
            return choose_port()
        return int(probe.getsockname()[1])
