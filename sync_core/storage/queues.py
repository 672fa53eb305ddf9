"""Sends work to the queues, in the encoding that the Functions host reads by default."""

import base64
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Protocol

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueMessage, QueueServiceClient, TextBase64EncodePolicy

from sync_core.errors import ConfigError, ConflictError, TransientError
from sync_core.ledger import record_request
from sync_core.storage.failures import STORAGE, is_missing_container, translated

NEVER_EXPIRES = -1
DRAIN_VISIBILITY_S = 240  # over when the next reconciliation begins, five minutes later
MESSAGES_A_PAGE = 32  # the most that the service hands out at once
MOST_A_DRAIN = 500
LONGEST_DELAY_S = 7 * 24 * 3600 - 60  # the service allows seven days


class Sendable(Protocol):
    """What can be sent: the text that travels is its own business."""

    def to_json(self) -> str:
        """Return the text."""
        ...


class WorkQueue:
    """One queue. In Azure the template makes it; on a laptop it is made on first use."""

    def __init__(self, service: QueueServiceClient, name: str) -> None:
        self.name = name
        # Without this policy the host takes each message for damaged and drops it.
        self._client = service.get_queue_client(name, message_encode_policy=TextBase64EncodePolicy())

    def send(self, message: Sendable, delay_s: float = 0) -> None:
        """Put a message on the queue, invisible for `delay_s` seconds; it waits there without end.

        Raises:
            TransientError, ConfigError: storage does not take it; nothing is sent.
        """
        body = message.to_json()
        delay = round(min(max(delay_s, 0), LONGEST_DELAY_S))
        record_request(STORAGE)
        with translated(f"queue {self.name}"):
            try:
                self._client.send_message(body, visibility_timeout=delay, time_to_live=NEVER_EXPIRES)
            except HttpResponseError as error:
                if not is_missing_container(error):
                    raise
            else:
                return
            try:
                self._client.create_queue()
            except ResourceExistsError:
                record_request(STORAGE)  # another worker was faster
            self._client.send_message(body, visibility_timeout=delay, time_to_live=NEVER_EXPIRES)

    def is_idle(self) -> bool:
        """Whether no message waits to be taken: those that are hidden are in a worker's hands, or delayed."""
        record_request(STORAGE)
        with translated(f"queue {self.name}"):
            try:
                return not self._client.peek_messages(max_messages=1)
            except HttpResponseError as error:
                if not is_missing_container(error):
                    raise
        return True

    def peek_head(self) -> str:
        """Return what identifies the first message that waits, with how often it was taken; empty where none waits."""
        record_request(STORAGE)
        with translated(f"queue {self.name}"):
            try:
                waiting = self._client.peek_messages(max_messages=1)
            except HttpResponseError as error:
                if not is_missing_container(error):
                    raise
                return ""
        return "".join(f"{message.id} taken {message.dequeue_count}" for message in waiting)


class PoisonQueue:
    """A queue of messages that the host gave up. No function listens to it: reconcile empties it."""

    def __init__(self, service: QueueServiceClient, name: str) -> None:
        self._name = name
        self._client = service.get_queue_client(name, message_decode_policy=None)

    def drain(
        self, record: Callable[[bytes], None], has_time: Callable[[], bool] = lambda: True, most: int = MOST_A_DRAIN
    ) -> int:
        """Hand each message's body to `record` and delete it when that went well; return how many these were.

        What was received when time ends comes again a while later.

        Raises:
            TransientError, ConfigError: storage does not answer; what is left comes again.
            Exception: the first other failure of `record`, after all messages had their turn; its message stays.
        """
        failures: list[Exception] = []
        count = 0
        record_request(STORAGE)
        with translated(f"queue {self._name}"):
            for number, message in enumerate(self._receive(most)):
                if number and not has_time():
                    break
                try:
                    record(decode_body(message.content or ""))
                except (TransientError, ConfigError):
                    raise
                except Exception as error:  # noqa: BLE001  # also a bug must not hide the messages behind this one
                    failures.append(error)
                else:
                    self._delete(message)
                    count += 1
        if failures:
            raise failures[0]
        return count

    def _receive(self, most: int) -> Iterator[QueueMessage]:
        """Yield messages, each hidden until a run that died of it would be over, and the next one begins."""
        try:
            yield from self._client.receive_messages(
                messages_per_page=MESSAGES_A_PAGE, max_messages=most, visibility_timeout=DRAIN_VISIBILITY_S
            )
        except HttpResponseError as error:
            if not is_missing_container(error):
                raise

    def _delete(self, message: QueueMessage) -> None:
        record_request(STORAGE)
        # Another worker deleted it, or has it now, as it was visible again.
        with suppress(ResourceNotFoundError, ConflictError), translated(f"queue {self._name}"):
            self._client.delete_message(message)


def decode_body(content: str) -> bytes:
    """Return a message's body: the base64 of a text, as the host wants it, decoded; anything else as it stands."""
    try:
        body = base64.b64decode(content, validate=True)
        body.decode()
    except ValueError:
        return content.encode()
    return body
