"""Starts workers that are going to die, and tells how they ended."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.service import REPOSITORY
from local.simulation import Clock

KILLED, LIVED = "killed", "0"


@dataclass(frozen=True)
class Nursery:
    """The process that forks workers. One at a time."""

    process: "subprocess.Popen[str]"
    log: Path

    def kill(
        self, function: str, die_before: int, settings: Mapping[str, str], clock: Clock, body: bytes = b""
    ) -> bool:
        """Let a worker run a function and die before its n-th outgoing call; return whether it got that far."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        job = {
            "function": function,
            "die_before": die_before,
            "settings": dict(settings),
            "ahead_s": clock.offset_s,
            "body": body.decode(),
        }
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        end = self.process.stdout.readline().strip()
        assert end in {KILLED, LIVED}, f"a worker ended with {end!r}: {self.log.read_text()[-3000:]}"
        return end == KILLED


@contextmanager
def open_nursery(log: Path) -> Iterator[Nursery]:
    """Keep the process for as long as the block lasts."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.faults.mortal"]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output, cwd=REPOSITORY, text=True
        )
        with process:
            yield Nursery(process, log)
