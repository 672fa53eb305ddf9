"""Runs functions as the worker does: in one thread pool, or on the event loop when they are async."""

import contextvars
import logging
import os
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from local.host.bindings import Datum, TriggerValue, decode, encode
from local.host.context import InvocationContext, thread_local
from local.host.indexing import IndexedFunction
from local.host.log import current_invocation
from local.host.worker_loop import WorkerLoop

THREADS_SETTING = "PYTHON_THREADPOOL_THREAD_COUNT"

_log = logging.getLogger("host")


@dataclass(frozen=True)
class Outcome:
    """How an invocation ended."""

    invocation_id: str
    value: Datum | None
    error: BaseException | None

    @property
    def succeeded(self) -> bool:
        """Whether the function returned."""
        return self.error is None

    def describe(self) -> str:
        """Say it as the worker says it to the host."""
        if self.error is None:
            return "Result: Success"
        return f"Result: Failure\nException: {type(self.error).__name__}: {self.error}"


class Invoker:
    """Runs invocations and knows which are under way."""

    def __init__(self, loop: WorkerLoop) -> None:
        self._loop = loop
        threads = os.environ.get(THREADS_SETTING)
        self._pool = ThreadPoolExecutor(int(threads) if threads else None, thread_name_prefix="worker")
        self._under_way: set[Future[Outcome]] = set()

    def submit(self, function: IndexedFunction, value: Callable[[], TriggerValue], reason: str) -> Future[Outcome]:
        """Start an invocation; what goes wrong, also in making the value, is in its outcome."""
        invocation_id = str(uuid.uuid4())
        _log.info("Executing 'Functions.%s' (Reason='%s', Id=%s)", function.name, reason, invocation_id)
        context = contextvars.copy_context()
        context.run(current_invocation.set, (function.name, invocation_id))
        future = self._pool.submit(context.run, self._run, function, value, invocation_id)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def _run(self, function: IndexedFunction, value: Callable[[], TriggerValue], invocation_id: str) -> Outcome:
        started = time.perf_counter()
        try:
            outcome = Outcome(invocation_id, self._call(function, value(), invocation_id), None)
        except BaseException as error:  # noqa: BLE001 - sys.exit() too: in Azure it would end the whole worker
            outcome = Outcome(invocation_id, None, error)
        _log_end(function, outcome, (time.perf_counter() - started) * 1000)
        return outcome

    def _call(self, function: IndexedFunction, value: TriggerValue, invocation_id: str) -> Datum | None:
        signature = function.signature
        trigger = signature.trigger
        arguments = {trigger["name"]: decode(trigger["type"], value, signature.trigger_annotation)}
        if signature.wants_context:
            arguments["context"] = InvocationContext(function, invocation_id)
        thread_local.invocation_id = invocation_id
        returned = (
            self._loop.submit(function.call, arguments).result() if function.is_async else function.call(**arguments)
        )
        if signature.returns:
            return encode("http", returned, signature.return_annotation)
        if returned is not None:
            raise RuntimeError(f"function {function.name!r} without a $return binding returned a non-None value")
        return None

    def wait_for_all(self, timeout_s: float) -> bool:
        """Wait until nothing is under way; False when the time is over."""
        return not wait(set(self._under_way), timeout_s).not_done

    def close(self) -> None:
        """Take no more invocations, do not wait."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _log_end(function: IndexedFunction, outcome: Outcome, duration_ms: float) -> None:
    result = "Succeeded" if outcome.succeeded else "Failed"
    message = "Executed 'Functions.%s' (%s, Id=%s, Duration=%.0fms)"
    details = (function.name, result, outcome.invocation_id, duration_ms)
    if outcome.succeeded:
        _log.info(message, *details)
    else:
        _log.error(f"{message}\n%s", *details, outcome.describe(), exc_info=outcome.error)
