from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from local.cluedin.driver import Driver

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def started(*arguments: str) -> Iterator[str]:
    command = [sys.executable, "-m", "local.cluedin", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
        assert process.wait(10) == 0


def test_the_command_serves_an_estate_and_ends_cleanly() -> None:
    with started("--seed", "estate", "--webhook-url", "http://127.0.0.1:9/?code=x") as line:
        assert line.startswith("cluedin listens on http://127.0.0.1:")
        driver = Driver(line.rpartition(" ")[2])
        answer = driver.ask("{ inbound { dataSourceSets { total } } }")
        assert answer["inbound"]["dataSourceSets"]["total"] == 7
