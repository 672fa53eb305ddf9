"""The lock on a received message: its visibility timeout, renewed for as long as the function runs."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from azure.core.exceptions import AzureError
from azure.storage.queue import QueueClient, QueueMessage

_log = logging.getLogger("host")


class MessageLock:
    """Holds a message; `pop_receipt` is the current one, which every renewal changes."""

    def __init__(self, queue: QueueClient, message: QueueMessage, visibility_s: float) -> None:
        self._queue, self._message, self._visibility_s = queue, message, visibility_s
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
        while not self._released.wait(self._visibility_s / 2):
            try:
                self.hide_for(self._visibility_s)
            except AzureError as error:
                # The run goes on, as in Azure; another instance may get the same message meanwhile.
                _log.warning("The lock on message %s could not be renewed: %s", self._message.id, error)

    def hide_for(self, visibility_s: float) -> None:
        """Make the message invisible for that long from now on; whole seconds are all that queues know."""
        updated = self._queue.update_message(
            self._message.id, self.pop_receipt, visibility_timeout=max(0, round(visibility_s))
        )
        self.pop_receipt = str(updated.pop_receipt)

    def delete(self) -> None:
        """Delete the message."""
        self._queue.delete_message(self._message.id, self.pop_receipt)
