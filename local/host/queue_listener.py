"""Receives the messages of one queue in batches and has them processed in parallel, as host.json allows."""

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.queue import QueueClient, QueueMessage

from local.host.config import LOCK_S
from local.host.host_json import QueueOptions
from local.host.message_processor import MessageProcessor, ensure_queue

_FIRST_POLLING_INTERVAL_S = 0.1
_log = logging.getLogger("host")


class QueueListener:
    """Polls one queue, with a growing interval while it is empty."""

    def __init__(
        self, queue: QueueClient, processor: MessageProcessor, options: QueueOptions, lock_s: float = LOCK_S
    ) -> None:
        self._queue, self._processor, self._options, self._lock_s = queue, processor, options, lock_s
        self._stopped = threading.Event()
        self._under_way = 0
        self._changed = threading.Condition()
        self._pool = ThreadPoolExecutor(options.parallel, thread_name_prefix=f"queue {queue.queue_name}")
        self._thread = threading.Thread(target=self._poll, name=f"poll {queue.queue_name}", daemon=True)

    def start(self) -> None:
        """Make the queue when it is missing, and begin to poll."""
        ensure_queue(self._queue)
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
                interval_s = min(interval_s * 2, self._options.max_polling_interval_s)

    def _receive(self) -> list[QueueMessage]:
        size = self._options.batch_size
        try:
            pages = self._queue.receive_messages(
                messages_per_page=size, max_messages=size, visibility_timeout=max(1, round(self._lock_s))
            )
            return list(pages)
        except ResourceNotFoundError:
            _log.warning("The queue %s has gone; making it anew", self._queue.queue_name)
            ensure_queue(self._queue)
        except AzureError as error:
            _log.error("Receiving from %s failed, will try again: %s", self._queue.queue_name, error)
        return []

    def _process(self, message: QueueMessage) -> None:
        with self._counted():
            try:
                self._processor.process(message, self._lock_s)
            except (AzureError, RuntimeError):
                # Storage failed us, or the host is stopping: the message comes back when its lock ends.
                _log.exception("Message %s could not be settled", message.id)

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
        threshold = self._options.new_batch_threshold
        with self._changed:
            self._changed.wait_for(lambda: self._under_way <= threshold or self._stopped.is_set())
