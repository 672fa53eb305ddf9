"""The four queues on the test's clock: which messages are due, and what the host does with one that fails."""

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueClient, QueueMessage, QueueServiceClient

from local.simulation import Clock
from sync_core.storage.names import POISON_SUFFIX, QUEUES
from tests.kit.virtual import DUE_AT

POISON = tuple(queue + POISON_SUFFIX for queue in QUEUES)  # no function listens to these
LANES = (*QUEUES, *POISON)
MOST_TRIES = 5  # host.json, maxDequeueCount
RETRY_AFTER = timedelta(seconds=30)  # host.json, visibilityTimeout
TRIES = "tries"
HIDDEN_S = 600
PAGE = 32


@dataclass(frozen=True)
class Delivery:
    """A message in the hands of the host."""

    lane: str
    body: bytes
    message: QueueMessage

    @property
    def envelope(self) -> dict[str, Any]:
        """Return the message's members; none where it is no object."""
        with suppress(ValueError):
            found = json.loads(self.body)
            if isinstance(found, dict):
                return found
        return {}

    def is_due(self, now: datetime) -> bool:
        """Whether it may be seen by now."""
        due_at = self.envelope.get(DUE_AT)
        return due_at is None or datetime.fromisoformat(due_at) <= now

    @property
    def tries(self) -> int:
        """How often it failed."""
        envelope = self.envelope
        return int(envelope.get(TRIES, 0)) if envelope else int(self.message.dequeue_count or 1) - 1


@dataclass
class Lanes:
    """The queues as the host sees them."""

    queues: QueueServiceClient
    clock: Clock
    _clients: dict[str, QueueClient] = field(default_factory=dict)

    def receive_due(self) -> list[Delivery]:
        """Take all messages that are due; the others stay."""
        due: list[Delivery] = []
        for lane in QUEUES:
            for delivery in list(self._receive(lane)):
                if delivery.is_due(self.clock.now()):
                    due.append(delivery)
                else:
                    self.release(delivery)
        return due

    def count(self) -> int:
        """Return how many messages there are, due or not. None may be in the host's hands."""
        return sum(self._client(lane).get_queue_properties().approximate_message_count or 0 for lane in LANES)

    def send(self, lane: str, body: bytes) -> None:
        """Put a message on a queue, whatever it holds."""
        self._client(lane).send_message(base64.b64encode(body).decode())

    def clear(self) -> None:
        """Lose all messages."""
        for lane in LANES:
            self._client(lane).clear_messages()

    def delete(self, delivery: Delivery) -> None:
        """The function ended well."""
        self._client(delivery.lane).delete_message(delivery.message)

    def release(self, delivery: Delivery) -> None:
        """The message is there again at once, as if no one had taken it."""
        self._client(delivery.lane).update_message(delivery.message, visibility_timeout=0)

    def fail(self, delivery: Delivery) -> None:
        """The function failed: the message comes again, or is poison."""
        tries = delivery.tries + 1
        if tries >= MOST_TRIES:
            self.send(delivery.lane + POISON_SUFFIX, _without_marks(delivery))
            self.delete(delivery)
            return
        due_at = self.clock.now() + RETRY_AFTER
        body = json.dumps({**delivery.envelope, TRIES: tries, DUE_AT: due_at.isoformat()}).encode()
        content = base64.b64encode(body).decode() if delivery.envelope else None
        self._client(delivery.lane).update_message(delivery.message, visibility_timeout=0, content=content)

    def _receive(self, lane: str) -> Iterator[Delivery]:
        pages = self._client(lane).receive_messages(messages_per_page=PAGE, visibility_timeout=HIDDEN_S)
        with suppress(ResourceNotFoundError):
            for message in pages:
                yield Delivery(lane, base64.b64decode(message.content), message)

    def _client(self, lane: str) -> QueueClient:
        if lane not in self._clients:
            self._clients[lane] = self.queues.get_queue_client(lane)
            with suppress(ResourceExistsError):
                self._clients[lane].create_queue()
        return self._clients[lane]


def _without_marks(delivery: Delivery) -> bytes:
    members = {name: value for name, value in delivery.envelope.items() if name not in {TRIES, DUE_AT}}
    return json.dumps(members).encode() if members else delivery.body
