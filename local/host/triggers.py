"""The listeners of an app's timer and queue functions, wired to its settings and storage.

One function that cannot be started, because of its schedule, its queue's name, a setting or its route, is in error, and
only that one. Measured with host 4.1037.
"""

import logging
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from local.host.app_settings import STORAGE, SettingError, connect_blobs, connect_queues, is_disabled, resolve
from local.host.config import HostConfig
from local.host.dispatcher import Dispatcher
from local.host.host_json import QueueOptions
from local.host.http.route import find_conflict
from local.host.lifetime import Lifetime
from local.host.queues.listener import QueueListener
from local.host.queues.payload import make_manual_value
from local.host.queues.processor import POISON_SUFFIX, MessageProcessor
from local.host.queues.settings import QueueSettings
from local.host.timers.listener import TimerListener
from local.host.timers.ncrontab import Schedule, ScheduleError
from local.host.timers.store import BlobTimerStore, MemoryTimerStore, TimerStore
from local.host.worker.messages import FunctionMetadata

if TYPE_CHECKING:
    from local.host.http.admin import StartRun

MANUAL_REASON = "This function was programmatically called via the host APIs."
# Source: learn.microsoft.com "Naming queues and metadata".
_QUEUE_NAME = re.compile(r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*")
_log = logging.getLogger("host")


class Triggers:
    """All triggers of an app: those that listen, those that are called, and those that are in error."""

    def __init__(
        self,
        functions: Sequence[FunctionMetadata],
        config: HostConfig,
        queue_options: QueueOptions,
        dispatcher: Dispatcher,
        lifetime: Lifetime,
    ) -> None:
        self._config, self._dispatcher = config, dispatcher
        self._queue_settings = QueueSettings(queue_options, config.lock_s, config.storage_patience_s, lifetime.fail)
        self._storages: dict[str, QueueServiceClient] = {}
        self._blobs = self._connect_blobs()
        self.listeners: list[TimerListener | QueueListener] = []
        self.manual_runs: dict[str, StartRun] = {}
        self.http: dict[str, FunctionMetadata] = {}
        self.errors: dict[str, str] = {}
        for function in functions:
            self._add(function)

    def stop(self) -> None:
        """Receive and fire nothing more."""
        for listener in self.listeners:
            listener.stop()

    def close(self) -> None:
        """Close the storage clients."""
        for storage in self._storages.values():
            storage.close()
        if self._blobs is not None:
            self._blobs.close()

    def _add(self, function: FunctionMetadata) -> None:
        add: dict[str, Callable[[FunctionMetadata], None]] = {
            "timerTrigger": self._add_timer,
            "queueTrigger": self._add_queue,
            "httpTrigger": self._add_http,
        }
        try:
            add[function.trigger["type"]](function)
        except (SettingError, ScheduleError) as error:
            self.errors[function.name] = str(error)
            _log.error("The '%s' function is in error: %s", function.name, error)

    def _add_timer(self, function: FunctionMetadata) -> None:
        schedule = Schedule(resolve(function.trigger["schedule"], self._config.settings))
        store = self._make_store(function.name)
        timer = TimerListener(function, schedule, self._dispatcher, store, lock_s=self._config.timer_lock_s)
        self.manual_runs[function.name] = timer.run_by_hand
        self._listen(function, timer, is_wanted=self._config.timers)

    def _add_queue(self, function: FunctionMetadata) -> None:
        name = resolve(function.trigger["queueName"], self._config.settings).lower()
        if _QUEUE_NAME.fullmatch(name) is None:
            raise SettingError(f"Microsoft.Azure.WebJobs.Host: {name!r} is no name for a queue.")
        service = self._connect(function.trigger.get("connection") or STORAGE)
        queue = service.get_queue_client(name)
        poison = None if name.endswith(POISON_SUFFIX) else service.get_queue_client(name + POISON_SUFFIX)
        processor = MessageProcessor(function, queue, poison, self._dispatcher, self._queue_settings)
        listener = QueueListener(queue, processor, self._queue_settings)
        self.manual_runs[function.name] = partial(self._run_queue, function.name)
        self._listen(function, listener, is_wanted=self._config.queues)

    def _add_http(self, function: FunctionMetadata) -> None:
        taken = {
            name: (other.trigger["route"], other.trigger.get("methods") or ()) for name, other in self.http.items()
        }
        conflict = find_conflict(function.trigger["route"], function.trigger.get("methods") or (), taken)
        if conflict:
            raise SettingError(conflict)
        if not self._is_disabled(function):
            self.http[function.name] = function

    def _listen(self, function: FunctionMetadata, listener: TimerListener | QueueListener, *, is_wanted: bool) -> None:
        if not self._is_disabled(function) and is_wanted:
            self.listeners.append(listener)

    def _is_disabled(self, function: FunctionMetadata) -> bool:
        found = is_disabled(function.name, self._config.settings)
        if found:
            _log.info("Function '%s' is disabled", function.name)
        return found

    def _connect(self, connection: str) -> QueueServiceClient:
        if connection not in self._storages:
            self._storages[connection] = connect_queues(connection, self._config.settings)
        return self._storages[connection]

    def _connect_blobs(self) -> BlobServiceClient | None:
        try:
            return connect_blobs(self._config.settings)
        except SettingError as error:
            _log.warning("Timers keep no status and no lock: %s", error)
            return None

    def _make_store(self, function: str) -> TimerStore:
        if self._blobs is None:
            return MemoryTimerStore()
        return BlobTimerStore(self._blobs, self._config.host_id, function, self._config.timer_lock_s)

    def _run_queue(self, function: str, text: str) -> None:
        self._dispatcher.submit(function, lambda: make_manual_value(text), MANUAL_REASON)
