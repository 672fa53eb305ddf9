"""The function app as a child process: on Core Tools where it is installed, on our own host where it is not."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import requests

from local.child import Child, start_child, wait_until_ready
from local.host.http.access import DEFAULT_MASTER_KEY
from local.host.process import start_host
from local.service import choose_port

HostKind = Literal["core-tools", "own"]
_CORE_TOOLS_START_S = 180  # the first start downloads the extension bundle


@dataclass(frozen=True)
class AppProcess:
    """The running app."""

    url: str
    kind: HostKind
    child: Child


def choose_host_kind() -> HostKind:
    """Prefer Microsoft's own host."""
    return "core-tools" if shutil.which("func") else "own"


@contextmanager
def run_app(
    kind: HostKind, app_dir: Path, environment: Mapping[str, str], log: Path, *, port: int
) -> Iterator[AppProcess]:
    """Run the app for as long as the block lasts.

    Raises:
        ChildError: the app did not start; the message has the end of its log.
    """
    if kind == "core-tools":
        with _run_core_tools(app_dir, environment, log, port) as app:
            yield app
        return
    with start_host(app_dir, environment, log, arguments=["--port", str(port)]) as host:
        yield AppProcess(host.url, "own", host.child)


@contextmanager
def _run_core_tools(app_dir: Path, environment: Mapping[str, str], log: Path, port: int) -> Iterator[AppProcess]:
    port = choose_port(port)
    # `func` takes the interpreter from PATH: ours, so that the app finds what is installed here.
    path = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"
    settings = {"FUNCTIONS_WORKER_RUNTIME": "python", "FUNCTIONS_CORE_TOOLS_TELEMETRY_OPTOUT": "1", "PATH": path}
    command = ["func", "start", "--port", str(port)]
    child = start_child("Core Tools", command, log=log, env={**environment, **settings}, cwd=app_dir, grace_s=15)
    app = AppProcess(f"http://127.0.0.1:{port}", "core-tools", child)
    try:
        wait_until_ready(child, lambda: _is_running(app.url), timeout_s=_CORE_TOOLS_START_S)
        yield app
    finally:
        child.stop()


def _is_running(url: str) -> bool:
    try:
        answer = requests.get(f"{url}/admin/host/status", headers={"x-functions-key": DEFAULT_MASTER_KEY}, timeout=5)
        return answer.ok and answer.json().get("state") == "Running"
    except (requests.RequestException, ValueError):
        return False  # it does not listen yet, or not with JSON
