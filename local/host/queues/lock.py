"""The lock on a received message: its visibility timeout, renewed for as long as the function runs."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from azure.core.exceptions import AzureError
from azure.storage.queue import QueueClient, QueueMessage

from local.host.queues.settings import QueueSettings
from local.host.queues.storage import call_patiently, is_lost_message

_log = logging.getLogger("host")


class MessageLock:
    """Holds a message; `pop_receipt` is the current one, which every renewal changes."""

    def __init__(self, queue: QueueClient, message: QueueMessage, settings: QueueSettings) -> None:
        self._queue, self._message, self._settings = queue, message, settings
        self._released = threading.Event()
        self.pop_receipt = str(message.pop_receipt)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Renew at half time for as long as the block lasts."""
        thread = threading.Thread(target=self._renew, name=f"lock {self._message.id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._released.set()
            thread.join()

    def _renew(self) -> None:
        """A lock that is lost is not renewed any more, and the run goes on: the message may run twice at once."""
        while not self._released.wait(self._settings.lock_s / 2):
            try:
                self.hide_for(self._settings.lock_s)
            except AzureError as error:
                if not is_lost_message(error):
                    self._settings.fail(error)
                return

    def hide_for(self, visibility_s: float) -> None:
        """Make the message invisible for that long from now on; whole seconds are all that queues know."""
        timeout_s = max(0, round(visibility_s))
        updated = call_patiently(
            lambda: self._queue.update_message(self._message.id, self.pop_receipt, visibility_timeout=timeout_s),
            self._settings.patience_s,
        )
        self.pop_receipt = str(updated.pop_receipt)

    def delete(self) -> None:
        """Delete the message."""
        call_patiently(
            lambda: self._queue.delete_message(self._message.id, self.pop_receipt), self._settings.patience_s
        )
