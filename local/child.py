"""Child processes that never outlive us: own process group, own log file, ended with us however we end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")

_GUARD = Path(__file__).with_name("guard.py")
_TAIL_LINES = 20


class ChildError(RuntimeError):
    """A child process did not start, did not become ready, or ended by itself."""


@dataclass(frozen=True)
class Child:
    """A running command and the file that holds all it printed."""

    name: str
    log: Path
    grace_s: float
    process: subprocess.Popen[bytes]

    @property
    def is_running(self) -> bool:
        """Whether the command still runs."""
        return self.process.poll() is None

    def output(self) -> str:
        """Return what the command has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def describe_death(self) -> str:
        """Say that the command ended, with which code, and the end of its log."""
        tail = "\n".join(f"    {line}" for line in self.output().splitlines()[-_TAIL_LINES:])
        return (
            f"{self.name} ended with exit code {self.process.poll()}; the end of {self.log}:\n{tail or '    (empty)'}"
        )

    def stop(self) -> None:
        """End the command and all that it started: SIGTERM, and SIGKILL for what is left after the grace period."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(self.grace_s + 5)

    def kill(self) -> None:
        """End it as a crash would: SIGKILL at once, no chance to tidy up."""
        if self.is_running:
            self.process.send_signal(signal.SIGUSR1)
        self.stop()


def start_child(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    grace_s: float = 5,
) -> Child:
    """Start a command that is ended with us; `env` replaces the whole environment, None inherits ours."""
    log.parent.mkdir(parents=True, exist_ok=True)
    guarded = [sys.executable, "-I", "-S", str(_GUARD), str(grace_s), *command]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command line
            guarded,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,  # Ctrl-C in the terminal reaches us only, we decide the order in which things end
        )
    return Child(name=name, log=log, grace_s=grace_s, process=process)


def wait_until_ready(child: Child, probe: Callable[[], T | None], *, timeout_s: float = 30) -> T:
    """Wait until `probe` finds what it looks for, and return that.

    Raises:
        ChildError: the child ended, or the time is over; the message shows the end of the child's log.
    """
    deadline = time.monotonic() + timeout_s
    while not (found := probe()):
        if not child.is_running:
            raise ChildError(child.describe_death())
        if time.monotonic() > deadline:
            raise ChildError(f"{child.name} was not ready after {timeout_s:.0f} s; its log is {child.log}")
        time.sleep(0.05)
    return found
