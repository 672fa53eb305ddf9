"""`functionTimeout` of host.json: a function that takes too long fails, and takes the worker with all its runs along.

Measured with host 4.1037: the run itself fails at once; if it goes on for two more seconds, the worker is killed.
"""

import logging
import threading
import time
from datetime import timedelta

from local.host.dispatcher import Dispatcher
from local.host.run import Run

GRACE_S = 2
_WATCH_S = 0.1

_log = logging.getLogger("host")


class FunctionTimeout:
    """Watches what runs."""

    def __init__(self, dispatcher: Dispatcher, timeout_s: float) -> None:
        self._dispatcher, self._timeout_s = dispatcher, timeout_s
        self._condemned: dict[Run, float] = {}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="function timeout", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Watch no more."""
        self._closed.set()

    def _watch(self) -> None:
        while not self._closed.wait(_WATCH_S):
            now_s = time.monotonic()
            for run in self._dispatcher.runs():
                if not run.future.done() and now_s - run.started_s > self._timeout_s:
                    self._fail(run)
                    self._condemned[run] = now_s + GRACE_S
            for run in [run for run, end_s in self._condemned.items() if end_s <= now_s]:
                del self._condemned[run]
                self._end_worker_of(run)

    def _fail(self, run: Run) -> None:
        limit = str(timedelta(seconds=self._timeout_s)).zfill(8)
        text = "Timeout value of %s exceeded by function 'Functions.%s' (Id: '%s'). Initiating cancellation."
        _log.error(text, limit, run.function, run.invocation_id)
        run.end(f"Microsoft.Azure.WebJobs.Host: Timeout value of {limit} was exceeded by function: {run.function}.")

    def _end_worker_of(self, run: Run) -> None:
        if not self._dispatcher.is_known(run):
            return  # it has ended meanwhile
        text = "A function timeout has occurred. Restarting worker process executing invocationId '%s'."
        _log.warning(text, run.invocation_id)
        self._dispatcher.replace_worker()
        _log.warning("Restart of language worker process(es) completed.")
