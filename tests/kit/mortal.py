"""A process that dies by SIGKILL before its n-th outgoing call, whatever that call is: HTTP, table, queue or token.

`python -m tests.kit.mortal` reads one job a line, forks a worker for each, and prints how the worker ended. It has
the app imported already and no thread of its own, so that a worker starts at once.
"""

import http.client
import itertools
import json
import os
import signal
import sys
from dataclasses import replace
from typing import Any

import azure.identity  # noqa: F401 - slow to import, and every worker needs it

from local.simulation import Clock
from sync_core.app import App
from sync_core.settings import Settings
from tests.kit.parts import with_parts
from tests.kit.virtual import make_virtual_app


def die_before_call(number: int) -> None:
    """Count every outgoing request of this process, and die before the given one is sent."""
    calls = itertools.count(1)
    send = http.client.HTTPConnection.endheaders

    def counted(*args: Any, **kwargs: Any) -> None:
        if next(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        send(*args, **kwargs)

    http.client.HTTPConnection.endheaders = counted  # type: ignore[method-assign]


def work(job: dict[str, Any]) -> None:
    """Run one function of the app as the host would, on the test's clock or in real time."""
    os.environ.update(job["environment"])
    settings = Settings.model_validate(job["settings"])
    app = _in_real_time(settings, job["claim_s"]) if job["claim_s"] else _on_clock(settings, job["ahead_s"])
    die_before_call(job["die_before"])
    run(app, job["function"], job["body"].encode())


def _on_clock(settings: Settings, ahead_s: float) -> App:
    clock = Clock()
    clock.advance(ahead_s)
    return make_virtual_app(settings, clock)


def _in_real_time(settings: Settings, claim_s: float) -> App:
    app = App(settings)
    jobs = {name: replace(getattr(app, name), claim_s=claim_s) for name in ("asset_jobs", "data_set_jobs")}
    return with_parts(app, **jobs)


def run(app: App, function: str, body: bytes) -> None:
    """Call a function by its name in `function_app.py`."""
    match function:
        case "discover_assets":
            app.discover_assets.run()
        case "reconcile":
            app.reconcile.run()
        case "create_data_source_group":
            app.create_data_source_group.handle(body)
        case "push_lineage":
            app.push_lineage.handle(body)
        case "data_set_processed":
            assert (
                app.data_set_processed.answer({"content-type": "application/json"}, body).status == http.client.ACCEPTED
            )
        case _:
            raise ValueError(f"no function is called {function}")


def main() -> None:
    """Fork a worker for each job; print `killed`, or its exit code: 0 lived, 1 raised."""
    for line in sys.stdin:
        job = json.loads(line)
        pid = os.fork()
        if pid == 0:
            work(job)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        sys.stdout.write(f"{'killed' if killed else os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
