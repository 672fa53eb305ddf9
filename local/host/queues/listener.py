"""Receives the messages of one queue in batches and has them processed in parallel, as host.json allows.

Source: azure-sdk-for-net QueueListener.cs; measured on Storage.Queues 5.3.10. A missing queue is never made: it is
looked for with growing pauses.
"""

import logging
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from azure.core.exceptions import AzureError
from azure.storage.queue import QueueClient, QueueMessage

from local.host.queues.processor import MessageProcessor
from local.host.queues.settings import QueueSettings
from local.host.queues.storage import call_patiently, is_missing_queue, is_sick_server

_FIRST_POLLING_INTERVAL_S = 0.1
_log = logging.getLogger("host")


class QueueListener:
    """Polls one queue, with growing pauses while it is empty or missing."""

    def __init__(self, queue: QueueClient, processor: MessageProcessor, settings: QueueSettings) -> None:
        self._queue, self._processor = queue, processor
        self._settings, self._options = settings, settings.options
        self._stopped = threading.Event()
        self._under_way = 0
        self._changed = threading.Condition()
        self._pool = ThreadPoolExecutor(self._options.parallel, thread_name_prefix=f"queue {queue.queue_name}")
        self._thread = threading.Thread(target=self._poll, name=f"poll {queue.queue_name}", daemon=True)

    def start(self) -> None:
        """Begin to poll."""
        self._thread.start()

    def stop(self) -> None:
        """Receive no more messages."""
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()

    def join(self, timeout_s: float) -> None:
        """Wait for the messages under way; what is not done by then becomes visible again by itself."""
        deadline = time.monotonic() + timeout_s
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        with self._changed:
            self._changed.wait_for(lambda: self._under_way == 0, max(0.0, deadline - time.monotonic()))
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _poll(self) -> None:
        interval_s = _FIRST_POLLING_INTERVAL_S
        while not self._stopped.is_set():
            messages = self._receive()
            for message in messages:
                self._count(+1)
                self._pool.submit(self._process, message)
            if messages:
                interval_s = _FIRST_POLLING_INTERVAL_S
                self._wait_for_room()
            else:
                self._stopped.wait(interval_s)
                interval_s = min(interval_s * random.uniform(1.6, 2.4), self._options.max_polling_interval_s)  # noqa: S311 - jitter

    def _receive(self) -> list[QueueMessage]:
        try:
            return call_patiently(self._receive_page, self._settings.patience_s)
        except AzureError as error:
            if not is_missing_queue(error) and not is_sick_server(error):
                self._settings.fail(error)
                self._stopped.set()
        except Exception:  # noqa: BLE001 - told, and looked at again
            _log.exception("What stands in %s cannot be received", self._queue.queue_name)
        return []

    def _receive_page(self) -> list[QueueMessage]:
        """One request: a second page that fails would hide the messages of the first one."""
        pages = self._queue.receive_messages(
            messages_per_page=self._options.batch_size, visibility_timeout=max(1, round(self._settings.lock_s))
        ).by_page()
        return list(next(pages, ()))

    def _process(self, message: QueueMessage) -> None:
        with self._counted():
            try:
                self._processor.process(message)
            except AzureError as error:
                self._settings.fail(error)
            except Exception:  # noqa: BLE001 - nobody else hears of what fails in a pool
                _log.exception("Message %s of %s could not be processed", message.id, self._queue.queue_name)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._changed:
            self._under_way += change
            self._changed.notify_all()

    def _wait_for_room(self) -> None:
        """Until as few run as the threshold says."""
        threshold = self._options.new_batch_threshold
        with self._changed:
            self._changed.wait_for(lambda: self._under_way <= threshold or self._stopped.is_set())
