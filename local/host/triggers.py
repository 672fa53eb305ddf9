"""The listeners of an app's timer and queue functions, wired to its settings and storage."""

from collections.abc import Sequence
from functools import partial

from azure.storage.queue import QueueServiceClient

from local.host.admin import ManualRun
from local.host.app_settings import connect_queues, resolve
from local.host.config import HostConfig
from local.host.host_json import QueueOptions
from local.host.indexing import IndexedFunction
from local.host.invoker import Invoker, Outcome
from local.host.message_processor import POISON_SUFFIX, MessageProcessor
from local.host.ncrontab import Schedule
from local.host.queue_listener import QueueListener
from local.host.queue_payload import make_manual_value
from local.host.timer_listener import TimerListener

MANUAL_REASON = "This function was programmatically called via the host APIs."


class Triggers:
    """All timers and queues of an app."""

    def __init__(
        self, functions: Sequence[IndexedFunction], config: HostConfig, queue_options: QueueOptions, invoker: Invoker
    ) -> None:
        self._config, self._queue_options, self._invoker = config, queue_options, invoker
        self._storages: dict[str, QueueServiceClient] = {}
        self._queue_functions = _select(functions, "queueTrigger")
        self._timers = {function.name: self._make_timer(function) for function in _select(functions, "timerTrigger")}
        self._queues = [self._make_queue(function) for function in self._queue_functions]

    def active(self) -> Sequence[TimerListener | QueueListener]:
        """Return the listeners that the configuration wants to run."""
        timers = list(self._timers.values()) if self._config.timers else []
        return [*timers, *(self._queues if self._config.queues else [])]

    def manual_runs(self) -> dict[str, ManualRun]:
        """Return how to run each function by hand."""
        timers: dict[str, ManualRun] = {name: partial(_run_timer, timer) for name, timer in self._timers.items()}
        queues: dict[str, ManualRun] = {
            function.name: partial(self._run_queue, function) for function in self._queue_functions
        }
        return timers | queues

    def close(self) -> None:
        """Close the storage clients."""
        for storage in self._storages.values():
            storage.close()

    def _make_timer(self, function: IndexedFunction) -> TimerListener:
        schedule = Schedule(resolve(function.trigger["schedule"], self._config.settings))
        return TimerListener(function, schedule, self._invoker)

    def _make_queue(self, function: IndexedFunction) -> QueueListener:
        name = resolve(function.trigger["queueName"], self._config.settings)
        service = self._connect(function.trigger.get("connection") or "AzureWebJobsStorage")
        queue = service.get_queue_client(name)
        poison = None if name.endswith(POISON_SUFFIX) else service.get_queue_client(name + POISON_SUFFIX)
        processor = MessageProcessor(function, queue, poison, self._queue_options, self._invoker)
        return QueueListener(queue, processor, self._queue_options, self._config.lock_s)

    def _connect(self, connection: str) -> QueueServiceClient:
        if connection not in self._storages:
            self._storages[connection] = connect_queues(connection, self._config.settings)
        return self._storages[connection]

    def _run_queue(self, function: IndexedFunction, text: str) -> Outcome:
        return self._invoker.submit(function, lambda: make_manual_value(text), MANUAL_REASON).result()


def _run_timer(timer: TimerListener, _: str) -> Outcome:
    return timer.run_now(MANUAL_REASON)


def _select(functions: Sequence[IndexedFunction], trigger_type: str) -> list[IndexedFunction]:
    return [function for function in functions if function.trigger["type"] == trigger_type]
