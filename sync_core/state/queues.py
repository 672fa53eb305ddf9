"""Sends work to the queues, in the encoding that the Functions host reads by default."""

import base64
from collections.abc import Callable
from contextlib import suppress

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueServiceClient, TextBase64EncodePolicy

from sync_core.domain.ledger import record_request
from sync_core.domain.message import Message
from sync_core.state.failures import STORAGE, is_missing_container, translated

NEVER_EXPIRES = -1
DRAIN_VISIBILITY_S = 300
LONGEST_DELAY_S = 7 * 24 * 3600 - 60  # the service allows seven days


class WorkQueue:
    """One queue. In Azure the template makes it; on a laptop it is made on first use."""

    def __init__(self, service: QueueServiceClient, name: str) -> None:
        self._name = name
        # Without this policy the host takes each message for damaged and drops it.
        self._client = service.get_queue_client(name, message_encode_policy=TextBase64EncodePolicy())

    def send(self, message: Message, delay_s: float = 0) -> None:
        """Put a message on the queue, invisible for `delay_s` seconds; it waits there without end.

        Raises:
            TransientError, ConfigError: storage does not take it; nothing is sent.
        """
        body = message.to_json()
        delay = round(min(max(delay_s, 0), LONGEST_DELAY_S))
        record_request(STORAGE)
        with translated(f"queue {self._name}"):
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

    def is_empty(self) -> bool:
        """Whether no message is there, hidden ones included: the service's count may be too high, never too low.

        Source: https://learn.microsoft.com/rest/api/storageservices/get-queue-metadata
        """
        record_request(STORAGE)
        with translated(f"queue {self._name}"):
            try:
                return not self._client.get_queue_properties().approximate_message_count
            except HttpResponseError as error:
                if not is_missing_container(error):
                    raise
        return True


class PoisonQueue:
    """A queue of messages that the host gave up; its own trigger gets to each only so often."""

    def __init__(self, service: QueueServiceClient, name: str) -> None:
        self._name = name
        self._client = service.get_queue_client(name, message_decode_policy=None)

    def drain(self, record: Callable[[bytes], None], most: int = 100) -> int:
        """Hand each visible message to `record` and delete it when that went well; return how many there were."""
        count = 0
        record_request(STORAGE)
        with translated(f"queue {self._name}"):
            try:
                for message in self._client.receive_messages(visibility_timeout=DRAIN_VISIBILITY_S, max_messages=most):
                    record(decode_body(message.content))
                    record_request(STORAGE)
                    with suppress(ResourceNotFoundError):  # another worker took it over and was faster
                        self._client.delete_message(message)
                    count += 1
            except HttpResponseError as error:
                if not is_missing_container(error):
                    raise
        return count


def decode_body(content: str) -> bytes:
    """Return a message's body: the host's messages are base64, what is none is taken as it is."""
    try:
        return base64.b64decode(content, validate=True)
    except ValueError:
        return content.encode()
