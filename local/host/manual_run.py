"""Run a function by hand, on our host or on Core Tools, and read in the host's log how it went.

The host answers such a request at once; only its log tells the end.
"""

import re
import time
from dataclasses import dataclass

import requests

from local.child import Child, ChildError
from local.host.http.access import DEFAULT_MASTER_KEY

_POLL_S = 0.02
_ID = r"(?P<id>[0-9a-f-]{36})"
_NEXT_LINE = re.compile(r"\n(?=\[\d{4}-)")


@dataclass(frozen=True)
class ManualRun:
    """How a run by hand ended; `result` is what the log says after its end, empty when it succeeded."""

    invocation_id: str
    succeeded: bool
    result: str


def run_by_hand(url: str, child: Child, name: str, text: str = "", timeout_s: float = 120) -> ManualRun:
    """Run a timer or queue function now and wait for its end; no two at once of the same function.

    Raises:
        ChildError: the host ended, or the run did not end in time.
        requests.HTTPError: the host knows no such function.
    """
    seen = child.log.stat().st_size
    answer = requests.post(
        f"{url}/admin/functions/{name}",
        json={"input": text},
        headers={"x-functions-key": DEFAULT_MASTER_KEY},
        timeout=timeout_s,
    )
    answer.raise_for_status()
    deadline = time.monotonic() + timeout_s
    while (run := find_run(_read(child, seen), name)) is None:
        if not child.is_running:
            raise ChildError(child.describe_death())
        if time.monotonic() > deadline:
            raise ChildError(f"{name} did not end within {timeout_s:.0f} s; its log is {child.log}")
        time.sleep(_POLL_S)
    return run


def find_run(log: str, name: str) -> ManualRun | None:
    """Find the first run by hand in a part of a host's log; None while it has no end."""
    begun = re.search(
        rf"Executing 'Functions\.{name}' \(Reason='This function was programmatically called[^\n]*Id={_ID}\)\n", log
    )
    if begun is None:
        return None
    end = re.compile(rf"Executed 'Functions\.{name}' \((?P<how>\w+), Id={begun['id']}[^\n]*\n")
    found = end.search(log, begun.end())
    if found is None:
        return None
    after = _NEXT_LINE.split("\n" + log[found.end() :], maxsplit=1)[0]
    return ManualRun(begun["id"], found["how"] == "Succeeded", after.strip())


def _read(child: Child, start: int) -> str:
    with child.log.open("rb") as log:
        log.seek(start)
        return log.read().decode("utf-8", errors="replace")
