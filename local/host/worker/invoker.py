"""Runs functions as the worker does: in one thread pool, or on the event loop when they are async."""

import asyncio
import contextvars
import logging
import os
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from local.host.log import current_invocation
from local.host.worker.bindings import decode, encode
from local.host.worker.context import InvocationContext, thread_local
from local.host.worker.indexing import IndexedFunction
from local.host.worker.loop import WorkerLoop
from local.host.worker.messages import HttpAnswer, Invocation, Result

THREADS_SETTING = "PYTHON_THREADPOOL_THREAD_COUNT"
DEFAULT_THREADS = 1000
"""Measured with worker 4.34."""

_log = logging.getLogger("worker")


class Invoker:
    """Runs invocations, many at once, and tells how each ended."""

    def __init__(
        self, functions: Mapping[str, IndexedFunction], loop: WorkerLoop, tell: Callable[[Result], None]
    ) -> None:
        self._functions, self._loop, self._tell = functions, loop, tell
        threads = int(os.environ.get(THREADS_SETTING) or DEFAULT_THREADS)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="worker")

    def start(self, invocation: Invocation) -> None:
        """Start an invocation; its result is told when it has ended."""
        context = contextvars.copy_context()
        context.run(current_invocation.set, (invocation.function, invocation.invocation_id))
        self._pool.submit(context.run, self._run, invocation)

    def finish(self) -> None:
        """Wait for all that runs."""
        self._pool.shutdown(wait=True)

    def _run(self, invocation: Invocation) -> None:
        try:
            answer = self._call(self._functions[invocation.function], invocation)
            result = Result(invocation.invocation_id, answer=answer)
        except SystemExit as error:
            # In Azure too it ends the whole worker, with all that runs in it.
            os._exit(error.code if isinstance(error.code, int) else 1)
        except asyncio.CancelledError:
            _log.warning("'%s' raised CancelledError: the worker answers nothing at all", invocation.function)
            return
        except BaseException as error:  # noqa: BLE001 - whatever a function raises is its result
            result = Result(invocation.invocation_id, error=describe(error))
        self._tell(result)

    def _call(self, function: IndexedFunction, invocation: Invocation) -> HttpAnswer | None:
        signature = function.signature
        trigger = signature.trigger
        arguments = {trigger["name"]: decode(trigger["type"], invocation.value, signature.trigger_annotation)}
        if signature.wants_context:
            arguments["context"] = InvocationContext(function, invocation.invocation_id)
        thread_local.invocation_id = invocation.invocation_id
        returned = (
            self._loop.submit(function.call, arguments).result() if function.is_async else function.call(**arguments)
        )
        if signature.returns:
            return encode(returned, signature.return_annotation)
        if returned is not None:
            raise RuntimeError(f"function {function.name!r} without a $return binding returned a non-None value")
        return None


def describe(error: BaseException) -> str:
    """Say it as the worker says it to the host."""
    stack = "".join(traceback.format_tb(error.__traceback__))
    return f"Exception: {type(error).__name__}: {error}\nStack: {stack}"
