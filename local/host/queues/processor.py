"""What becomes of one received message: run and deleted, tried again later, or moved to the poison queue.

Source: azure-sdk-for-net QueueProcessor.cs; measured on Storage.Queues 5.3.10.
"""

import logging
from collections.abc import Callable
from contextlib import suppress

from azure.core.exceptions import AzureError, ResourceExistsError
from azure.storage.queue import QueueClient, QueueMessage

from local.host.dispatcher import Dispatcher
from local.host.queues.lock import MessageLock
from local.host.queues.payload import UndecodableMessageError, decode_body, make_queue_value
from local.host.queues.settings import QueueSettings
from local.host.queues.storage import call_patiently, is_lost_message, is_missing_queue
from local.host.run import Outcome
from local.host.worker.messages import FunctionMetadata

POISON_SUFFIX = "-poison"
_log = logging.getLogger("host")


class MessageProcessor:
    """Processes the messages of one queue with one function; a queue called `*-poison` has no poison queue."""

    def __init__(
        self,
        function: FunctionMetadata,
        queue: QueueClient,
        poison_queue: QueueClient | None,
        dispatcher: Dispatcher,
        settings: QueueSettings,
    ) -> None:
        self._function, self._queue, self._poison_queue = function, queue, poison_queue
        self._dispatcher, self._settings, self._options = dispatcher, settings, settings.options
        self._is_binary = str(function.trigger.get("dataType", "")).lower() == "binary"

    def process(self, message: QueueMessage) -> None:
        """Take a message from its receipt to its end.

        Raises:
            AzureError: storage answered what the host does not expect.
        """
        lock = MessageLock(self._queue, message, self._settings)
        try:
            body = decode_body(message.content, self._options.message_encoding)
        except UndecodableMessageError:
            _log.error("Message decoding has failed! Check MessageEncoding settings.")
            self._give_up(message, lock)
            return
        if self._poison_queue is not None and self._count(message) > self._options.max_dequeue_count:
            # Whoever had it last died before it could say so; do not let it kill the next one.
            self._give_up(message, lock)
            return
        with lock.held():
            outcome = self._run(message, body)
        self._complete(message, lock, outcome)

    def _run(self, message: QueueMessage, body: bytes) -> Outcome:
        reason = f"New queue message detected on '{self._queue.queue_name}'."
        future = self._dispatcher.submit(
            self._function.name, lambda: make_queue_value(message, body, is_binary=self._is_binary), reason
        )
        _log.info(
            "Trigger Details: MessageId: %s, DequeueCount: %s, InsertionTime: %s",
            *(message.id, message.dequeue_count, message.inserted_on),
        )
        return future.result()

    def _complete(self, message: QueueMessage, lock: MessageLock, outcome: Outcome) -> None:
        if outcome.succeeded:
            _expecting_loss(lock.delete)
        elif self._poison_queue is None:
            # It stays hidden until its lock ends and is run again, until it expires: there is no count that stops it.
            _log.debug("Message %s stays in %s until its lock ends", message.id, self._queue.queue_name)
        elif self._count(message) >= self._options.max_dequeue_count:
            self._give_up(message, lock)
        else:
            _expecting_loss(lambda: lock.hide_for(self._options.visibility_timeout_s))

    def _give_up(self, message: QueueMessage, lock: MessageLock) -> None:
        """Copy it to the poison queue, byte for byte, with seven days to live; a poison message is left where it is."""
        poison_queue = self._poison_queue
        if poison_queue is None:
            return
        text = "Message has reached MaxDequeueCount of %s. Moving message to queue '%s'."
        _log.warning(text, self._options.max_dequeue_count, poison_queue.queue_name)
        call_patiently(lambda: self._send_to(poison_queue, message.content), self._settings.patience_s)
        _expecting_loss(lock.delete)

    @staticmethod
    def _send_to(poison_queue: QueueClient, content: str) -> None:
        try:
            poison_queue.send_message(content)
        except AzureError as error:
            if not is_missing_queue(error):
                raise
            with suppress(ResourceExistsError):
                poison_queue.create_queue()
            poison_queue.send_message(content)

    @staticmethod
    def _count(message: QueueMessage) -> int:
        return int(message.dequeue_count or 0)


def _expecting_loss(call: Callable[[], None]) -> None:
    """Settle a message; where it is somebody else's meanwhile, nothing is said about it."""
    try:
        call()
    except AzureError as error:
        if not is_lost_message(error):
            raise
