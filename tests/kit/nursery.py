"""Starts workers that are going to die, and tells how they ended."""

import json
import os
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
        return self._kill(function, die_before, settings, body, ahead_s=clock.offset_s)

    def kill_in_real_time(
        self, function: str, die_before: int, settings: Mapping[str, str], body: bytes = b"", *, claim_s: float
    ) -> bool:
        """The same where nobody moves the clock; its claims are short, so that the next worker need not wait long."""
        return self._kill(function, die_before, settings, body, claim_s=claim_s)

    def _kill(
        self,
        function: str,
        die_before: int,
        settings: Mapping[str, str],
        body: bytes,
        *,
        ahead_s: float = 0,
        claim_s: float = 0,
    ) -> bool:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        job = {
            "function": function,
            "die_before": die_before,
            "settings": dict(settings),
            "environment": {name: value for name, value in os.environ.items() if name.startswith("IDENTITY_")},
            "ahead_s": ahead_s,
            "claim_s": claim_s,
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
    command = [sys.executable, "-W", "ignore", "-m", "tests.kit.mortal"]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output, cwd=REPOSITORY, text=True
        )
        with process:
            yield Nursery(process, log)
