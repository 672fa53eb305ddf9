"""Indexes and invokes an app through Microsoft's own worker library, `azure-functions-runtime` (Python 3.13 and later).

What passes here is indexed and decoded by the very code that runs in Azure; only the messages between host and worker
are stand-ins. The library keeps one app per process; what the app's script imports stays imported.
"""

import asyncio
import os
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import azure_functions_runtime as runtime

from local.host.http.payload import HttpCall, make_http_value
from local.host.protos import Message, Protos, StatusResult, to_typed_data
from local.host.queues.payload import make_manual_value
from local.host.timers.payload import NEVER, ScheduleStatus, make_timer_value
from local.host.worker.indexing import DEFAULT_SCRIPT, SCRIPT_SETTING
from local.host.worker.messages import TriggerValue


class WorkerRefusedError(RuntimeError):
    """The worker did not index the app."""


@dataclass(frozen=True)
class WorkerResult:
    """How the worker says that an invocation ended."""

    succeeded: bool
    error: str | None
    status_code: int | None
    headers: Mapping[str, str]
    body: bytes


class WorkerLibrary:
    """A worker with an indexed app."""

    def __init__(self, runner: asyncio.Runner, functions: Mapping[str, Any]) -> None:
        self._runner, self._functions = runner, functions

    @property
    def functions(self) -> Mapping[str, Any]:
        """The metadata of each function, by name; `raw_bindings` are JSON texts as in function.json."""
        return self._functions

    def run_timer(self, name: str, trace_parent: str = "") -> WorkerResult:
        """Run a timer function as if it were due, under the trace that the host gives it."""
        value = make_timer_value(ScheduleStatus(NEVER, NEVER, NEVER), is_past_due=False)
        return self._invoke(name, value, trace_parent)

    def run_queue(self, name: str, body: str, trace_parent: str = "") -> WorkerResult:
        """Run a queue function with a message, under the trace that the host gives it."""
        return self._invoke(name, make_manual_value(body), trace_parent)

    def run_http(self, name: str, call: HttpCall, trace_parent: str = "") -> WorkerResult:
        """Run an HTTP function under the trace that the host gives it; nobody asks for keys here."""
        return self._invoke(name, make_http_value(call), trace_parent)

    def _invoke(self, name: str, value: TriggerValue, trace_parent: str = "") -> WorkerResult:
        function = self._functions[name]
        trigger = next(key for key, info in function.bindings.items() if info.type.endswith("Trigger"))
        request = Message(
            invocation_id=str(uuid.uuid4()),
            function_id=function.function_id,
            input_data=[Message(name=trigger, data=to_typed_data(value.data), WhichOneof=lambda _: "data")],
            trigger_metadata={key: to_typed_data(datum) for key, datum in value.metadata.items()},
            trace_context=Message(trace_parent=trace_parent, trace_state="", attributes={}),
            retry_context=Message(retry_count=0, max_retry_count=0, exception=None),
        )
        return _to_result(self._runner.run(_send(runtime.invocation_request, invocation_request=request)))


@contextmanager
def start_worker(app_dir: Path) -> Iterator[WorkerLibrary]:
    """Index an app with Microsoft's library.

    Raises:
        WorkerRefusedError: it has no functions; the message is the library's.
    """
    if str(app_dir) not in sys.path:
        sys.path.append(str(app_dir))
    _forget_script()
    runtime.start_threadpool_executor()
    try:
        with asyncio.Runner() as runner:
            yield WorkerLibrary(runner, runner.run(_index(app_dir)))
    finally:
        runtime.stop_threadpool_executor()
        _forget_script()


def _forget_script() -> None:
    """Have the script imported anew: an app can be indexed only once."""
    sys.modules.pop(Path(os.environ.get(SCRIPT_SETTING, DEFAULT_SCRIPT)).stem, None)


async def _index(app_dir: Path) -> dict[str, Any]:
    init = Message(capabilities={}, function_app_directory=os.fspath(app_dir))
    _check(await _send(runtime.worker_init_request, worker_init_request=init))
    answer = await _send(runtime.functions_metadata_request, functions_metadata_request=Message())
    functions = {metadata.name: metadata for metadata in answer.function_metadata_results or []}
    for metadata in functions.values():
        load = Message(function_id=metadata.function_id, metadata=metadata)
        _check(await _send(runtime.function_load_request, function_load_request=load))
    return functions


async def _send(handler: Any, **message: Message) -> Any:
    request = SimpleNamespace(request=Message(**message), properties={"protos": Protos(), "host": "127.0.0.1"})
    return await handler(request)


def _check(answer: Any) -> None:
    if answer.result.status != StatusResult.Success:
        raise WorkerRefusedError(answer.result.exception.message)


def _to_result(answer: Any) -> WorkerResult:
    succeeded = answer.result.status == StatusResult.Success
    returned = getattr(answer, "return_value", None)
    http = getattr(returned, "http", None)
    return WorkerResult(
        succeeded=succeeded,
        error=None if succeeded else answer.result.exception.message,
        status_code=int(http.status_code) if http else None,
        headers=http.headers if http else {},
        body=http.body.bytes if http else getattr(returned, "string", "").encode(),
    )
