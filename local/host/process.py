"""The host as a process of its own, for tests and the laptop run: fresh modules, own environment, can be killed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from local.child import Child
from local.host.http.access import DEFAULT_FUNCTION_KEY
from local.host.manual_run import ManualRun, run_by_hand
from local.service import Command, run_services

_KILL_AFTER_S = 3


@dataclass(frozen=True)
class HostProcess:
    """A running host; `child` has its log and can be killed."""

    url: str
    child: Child

    def run_function(self, name: str, text: str = "", *, timeout_s: float = 120) -> ManualRun:
        """Run a timer or queue function now and wait for its end."""
        return run_by_hand(self.url, self.child, name, text, timeout_s)

    def call(
        self,
        method: str,
        path: str,
        *,
        key: str | None = DEFAULT_FUNCTION_KEY,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 30,
        **options: Any,
    ) -> requests.Response:
        """Send an HTTP request to a function, `path` below `/api/`; `options` are those of `requests.request`."""
        sent = {**(headers or {}), **({"x-functions-key": key} if key else {})}
        return requests.request(method, f"{self.url}/api/{path}", headers=sent, timeout=timeout_s, **options)


@contextmanager
def start_host(
    app_dir: Path, environment: Mapping[str, str], log: Path, *, arguments: Sequence[str] = (), grace_s: float = 10
) -> Iterator[HostProcess]:
    """Run an app for as long as the block lasts.

    Args:
        app_dir: the folder of `function_app.py` and `host.json`.
        environment: the whole environment of the process.
        log: the file that gets its output.
        arguments: more of the command line, for example `["--timers", "off"]`; see `python -m local.host --help`.
        grace_s: how long the end of the block waits for what runs.

    Raises:
        ChildError: the host did not start; the message has the end of its log.
    """
    arguments = ["local.host", "--app-dir", str(app_dir), "--grace-seconds", str(grace_s), *arguments]
    command = Command("functions host", arguments, log, environment, grace_s + _KILL_AFTER_S)
    with run_services(command) as (service,):
        yield HostProcess(url=service.url, child=service.child)
