"""Worker processes that die by SIGKILL: the n-th before its n-th outgoing call, of whatever kind.

Run as
`python -m tests.integration.sync_core.provisioning.mortal_worker CLUEDIN_URL STORAGE KEY...`, one asset's key for each.
Ends with 0 when one of them lived to the end of its work, and prints which.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sync_core.http.client import HttpClient
from sync_core.jobs.message import AssetMessage
from sync_core.storage.queues import WorkQueue
from sync_core.storage.table import Table
from tests.integration.sync_core.bench import make_app

SHORT_CLAIM_S = 1
LIVED = 7


def die_before_call(number: int) -> None:
    """Count every outgoing call of this process, and die before the given one."""
    calls = iter(range(1, sys.maxsize))

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def count(*args: Any, **kwargs: Any) -> Any:
            if next(calls) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **kwargs)

        return count

    HttpClient._exchange = counted(HttpClient._exchange)  # type: ignore[method-assign]
    Table._do = counted(Table._do)  # type: ignore[method-assign]
    WorkQueue.send = counted(WorkQueue.send)  # type: ignore[method-assign]


def work(number: int, key: str, cluedin_url: str, storage: str) -> None:
    """Work off the asset's message and die before the given call, if it comes to that."""
    app = make_app(cluedin_url, storage)
    app.__dict__["asset_jobs"] = replace(app.asset_jobs, claim_s=SHORT_CLAIM_S)
    worker = app.create_data_source_group
    die_before_call(number)
    worker.handle(AssetMessage(asset_key=key, run_id="run-1").to_json().encode())


def main() -> int:
    """Let one worker after the other work on an asset of its own; print how many there were."""
    cluedin_url, storage, *keys = sys.argv[1:]
    for number, key in enumerate(keys, start=1):
        worker = os.fork()  # what takes long, the imports, is done once
        if not worker:
            work(number, key, cluedin_url, storage)
            os._exit(LIVED)
        code = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
        if code != -signal.SIGKILL:
            print(number)  # noqa: T201 - the test reads it
            return 0 if code == LIVED else 1
    return 1


if __name__ == "__main__":
    sys.exit(main())
