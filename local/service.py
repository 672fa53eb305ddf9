"""Our own little servers as child processes: start, wait for the line that says where they listen, give the URL."""

import os
import random
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
# Below those that a system gives out by itself: from 32768 on in Linux, from 49152 on elsewhere.
_OWN_PORTS = range(10_000, 32_768)
_TRIES = 100


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
    """Return the preferred port when it is free, any free one of ours otherwise.

    It is used a little later. Until then the system must not give it to someone who asks for any port, as most
    servers here do.

    Raises:
        OSError: none is free.
    """
    wanted = [preferred] if preferred else []
    for port in [*wanted, *random.sample(_OWN_PORTS, _TRIES)]:
        if _is_free(port):
            return port
    raise OSError(f"none of {_TRIES} ports from {_OWN_PORTS.start} to {_OWN_PORTS.stop - 1} is free")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
