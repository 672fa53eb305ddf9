"""Hands invocations to the worker, and starts a new worker when one dies or a function takes too long.

Source: azure-functions-host RpcFunctionInvocationDispatcher.cs, WebScriptHostExceptionHandler.cs. Measured with host
4.1037: what runs in a dead worker fails, a new worker is there within half a second, the third death ends the host.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait

from local.host.run import Outcome, Run
from local.host.worker.messages import (
    FunctionMetadata,
    Indexed,
    IndexingError,
    Invocation,
    Refused,
    Result,
    TriggerValue,
)
from local.host.worker_process import WorkerProcess

MOST_DEATHS = 3
DEATHS_WITHIN_S = 30 * 60
"""Source: WorkerConstants.cs: after so long without a death the earlier ones are forgotten."""

_log = logging.getLogger("host")


class Dispatcher:
    """The worker of the moment, and what runs in it."""

    def __init__(self, start_worker: Callable[[], WorkerProcess], recycle: Callable[[], None]) -> None:
        self._start_worker, self._recycle = start_worker, recycle
        self._lock = threading.Lock()
        self._worker = start_worker()
        self._is_ready = False
        self._is_closed = False
        self._is_being_replaced = False
        self._runs: dict[str, tuple[Run, Invocation]] = {}
        self._deaths_s: list[float] = []

    def start(self) -> Sequence[FunctionMetadata]:
        """Wait until the worker has indexed the app.

        Raises:
            IndexingError: the app has no functions.
        """
        match self._worker.receive():
            case Indexed(functions):
                self._is_ready = True
                threading.Thread(target=self._listen, args=(self._worker,), name="worker", daemon=True).start()
                return functions
            case Refused(reason):
                raise IndexingError(reason)
            case _:
                raise IndexingError(f"the worker ended with exit code {self._worker.wait()} while it indexed the app")

    def submit(self, function: str, value: Callable[[], TriggerValue], reason: str) -> Future[Outcome]:
        """Start an invocation; while a new worker starts, it waits. An error in making the value is its end."""
        run = Run(function, reason)
        run.begin()
        try:
            invocation = Invocation(run.invocation_id, function, value())
        except Exception as error:  # noqa: BLE001 - whatever it is, the trigger must hear of the end
            run.end(str(error) or type(error).__name__)
            return run.future
        with self._lock:
            self._runs[run.invocation_id] = run, invocation
            if self._is_ready:
                self._send(run, invocation)
        return run.future

    def runs(self) -> list[Run]:
        """Return what is under way."""
        with self._lock:
            return [run for run, _ in self._runs.values()]

    def wait_for_all(self, timeout_s: float | None) -> bool:
        """Wait until nothing is under way; False when the time is over."""
        return not wait([run.future for run in self.runs()], timeout_s).not_done

    def is_known(self, run: Run) -> bool:
        """Whether the worker still owes an answer, wanted or not."""
        with self._lock:
            return run.invocation_id in self._runs

    def replace_worker(self) -> None:
        """Kill the worker on purpose: this is no death that counts."""
        with self._lock:
            self._is_being_replaced = True
        self._worker.kill()

    def close(self) -> None:
        """Kill the worker; what ran in it has no end, and nobody hears of it."""
        with self._lock:
            self._is_closed = True
        self._worker.kill()
        self._worker.reap()

    def _send(self, run: Run, invocation: Invocation) -> None:
        run.is_sent = True
        if not self._worker.send(invocation):
            _log.debug("The worker has just died; %s ends with it", run.invocation_id)

    def _listen(self, worker: WorkerProcess) -> None:
        while (message := worker.receive()) is not None:
            match message:
                case Result(invocation_id, error, answer):
                    with self._lock:
                        run, _ = self._runs.pop(invocation_id)
                    run.end(f"Result: Failure\n{error}" if error else None, answer)
                case Indexed():
                    self._hand_over_what_waited()
                case Refused(reason):
                    _log.error("The new worker refuses the app: %s", reason)
        self._bury(worker)

    def _hand_over_what_waited(self) -> None:
        with self._lock:
            self._is_ready = True
            for run, invocation in self._runs.values():
                self._send(run, invocation)
        _log.info("Worker process started and initialized.")

    def _bury(self, worker: WorkerProcess) -> None:
        code = worker.wait()
        with self._lock:
            if self._is_closed:
                return
            self._is_ready = False
            lost = [run for run, _ in self._runs.values() if run.is_sent]
            for run in lost:
                del self._runs[run.invocation_id]
        self._start_again(worker, code)
        for run in lost:
            run.end(f"Microsoft.Azure.WebJobs.Script: python exited with code {code} (0x{code:X})")

    def _start_again(self, worker: WorkerProcess, code: int) -> None:
        if self._is_being_replaced:
            self._is_being_replaced = False
        elif not self._may_start_again(worker, code):
            self._recycle()
            return
        self._worker = self._start_worker()
        threading.Thread(target=self._listen, args=(self._worker,), name="worker", daemon=True).start()

    def _may_start_again(self, worker: WorkerProcess, code: int) -> bool:
        text = "Language Worker Process exited. Pid=%s.\npython exited with code %s (0x%X)."
        _log.error(text, worker.pid, code, code)
        now_s = time.monotonic()
        if self._deaths_s and now_s - self._deaths_s[-1] > DEATHS_WITHIN_S:
            self._deaths_s.clear()
        self._deaths_s.append(now_s)
        return len(self._deaths_s) < MOST_DEATHS
