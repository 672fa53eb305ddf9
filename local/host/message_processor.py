"""What becomes of one received message: run and deleted, tried again later, or moved to the poison queue.

Source: azure-sdk-for-net QueueProcessor.cs.
"""

import logging

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueClient, QueueMessage

from local.host.host_json import QueueOptions
from local.host.indexing import IndexedFunction
from local.host.invoker import Invoker, Outcome
from local.host.message_lock import MessageLock
from local.host.queue_payload import UndecodableMessageError, decode_body, make_queue_value

POISON_SUFFIX = "-poison"
_log = logging.getLogger("host")


class MessageProcessor:
    """Processes the messages of one queue with one function."""

    def __init__(
        self,
        function: IndexedFunction,
        queue: QueueClient,
        poison_queue: QueueClient | None,
        options: QueueOptions,
        invoker: Invoker,
    ) -> None:
        self._function, self._queue, self._poison_queue = function, queue, poison_queue
        self._options, self._invoker = options, invoker

    def process(self, message: QueueMessage, lock_s: float) -> None:
        """Take a message from its receipt to its end."""
        lock = MessageLock(self._queue, message, lock_s)
        if self._count(message) > self._options.max_dequeue_count:
            # Whoever had it last died before it could say so; do not let it kill the next one.
            self._give_up(message, lock, f"was received {message.dequeue_count} times")
            return
        try:
            body = decode_body(message.content, self._options.message_encoding)
        except UndecodableMessageError as error:
            self._give_up(message, lock, f"cannot be read: {error}")
            return
        with lock.held():
            outcome = self._run(message, body)
        self._complete(message, lock, outcome)

    def _run(self, message: QueueMessage, body: str) -> Outcome:
        reason = f"New queue message detected on '{self._queue.queue_name}'."
        future = self._invoker.submit(self._function, lambda: make_queue_value(message, body), reason)
        _log.info(
            "Trigger Details: MessageId: %s, DequeueCount: %s, InsertionTime: %s",
            *(message.id, message.dequeue_count, message.inserted_on),
        )
        return future.result()

    def _complete(self, message: QueueMessage, lock: MessageLock, outcome: Outcome) -> None:
        if outcome.succeeded:
            self._delete(message, lock)
        elif self._poison_queue is None:
            # A poison queue has no poison queue. The message stays invisible until its lock ends, and is not run any
            # more once it was received more often than allowed.
            _log.warning("Message %s stays in %s until its lock ends", message.id, self._queue.queue_name)
        elif self._count(message) >= self._options.max_dequeue_count:
            self._give_up(message, lock, f"has reached MaxDequeueCount of {self._options.max_dequeue_count}")
        else:
            lock.hide_for(self._options.visibility_timeout_s)

    def _give_up(self, message: QueueMessage, lock: MessageLock, reason: str) -> None:
        if self._poison_queue is None:
            _log.warning("Message %s of %s %s and is left alone", message.id, self._queue.queue_name, reason)
            return
        _log.warning("Message %s %s. Moving it to '%s'.", message.id, reason, self._poison_queue.queue_name)
        self._send_to_poison_queue(self._poison_queue, message.content)
        self._delete(message, lock)

    def _send_to_poison_queue(self, poison_queue: QueueClient, content: str) -> None:
        try:
            poison_queue.send_message(content)
        except ResourceNotFoundError:
            ensure_queue(poison_queue)
            poison_queue.send_message(content)

    def _delete(self, message: QueueMessage, lock: MessageLock) -> None:
        try:
            lock.delete()
        except ResourceNotFoundError:
            # The lock was lost meanwhile and somebody else has, or had, this message.
            _log.warning("Message %s was no longer ours to delete", message.id)

    @staticmethod
    def _count(message: QueueMessage) -> int:
        return int(message.dequeue_count or 0)


def ensure_queue(queue: QueueClient) -> None:
    """Make the queue when it is missing."""
    try:
        queue.create_queue()
    except ResourceExistsError:
        _log.debug("The queue %s is there already", queue.queue_name)
