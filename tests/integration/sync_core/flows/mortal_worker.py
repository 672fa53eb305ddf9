"""A worker process that dies by SIGKILL before its n-th outgoing call, of whatever kind.

Run as `python -m tests.integration.sync_core.flows.mortal_worker N KEY CLUEDIN_URL STORAGE`; ends with 0 if it lived.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sync_core.clients.http import HttpDoor
from sync_core.domain.message import AssetMessage
from sync_core.state.queues import WorkQueue
from sync_core.state.table import Table
from tests.integration.sync_core.flows.bench import make_app

SHORT_CLAIM_S = 1


def die_before_call(number: int) -> None:
    """Count every outgoing call of this process, and die before the given one."""
    calls = iter(range(1, sys.maxsize))

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def count(*args: Any, **kwargs: Any) -> Any:
            if next(calls) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **kwargs)

        return count

    HttpDoor._exchange = counted(HttpDoor._exchange)  # type: ignore[method-assign]
    Table._do = counted(Table._do)  # type: ignore[method-assign]
    WorkQueue.send = counted(WorkQueue.send)  # type: ignore[method-assign]


def main() -> None:
    """Work off one message."""
    number, key, cluedin_url, storage = sys.argv[1:]
    worker = replace(make_app(cluedin_url, storage).create_data_source_group, claim_s=SHORT_CLAIM_S)
    die_before_call(int(number))
    worker.handle(AssetMessage(asset_key=key, run_id="run-1").to_json().encode())


if __name__ == "__main__":
    main()
