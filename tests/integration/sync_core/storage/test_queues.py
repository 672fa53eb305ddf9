"""Messages on real queues, as the Functions host will find them."""

import base64
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from azure.storage.queue import QueueClient

from sync_core.errors import StateError
from sync_core.jobs.message import AssetMessage
from sync_core.ledger import request_ledger
from sync_core.storage import queues
from sync_core.storage.connection import StorageConnection
from sync_core.storage.queues import PoisonQueue, WorkQueue
from tests.unit.sync_core.builders import make_record

MESSAGE = AssetMessage.of(make_record().key, run_id="run-1")


@pytest.fixture
def raw(connection: StorageConnection) -> QueueClient:
    """The queue as others see it, without any encoding of ours."""
    return connection.queues.get_queue_client("asset-sync")


@pytest.fixture
def queue(connection: StorageConnection) -> WorkQueue:
    return WorkQueue(connection.queues, "asset-sync")


def test_the_first_message_makes_the_queue(connection: StorageConnection, queue: WorkQueue) -> None:
    queue.send(MESSAGE)
    assert [made.name for made in connection.queues.list_queues()] == ["asset-sync"]


def test_many_threads_may_make_the_queue_at_once(queue: WorkQueue, raw: QueueClient) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(queue.send, [MESSAGE] * 8))
    assert raw.get_queue_properties().approximate_message_count == 8


def test_a_message_is_base64_as_the_host_expects_it(queue: WorkQueue, raw: QueueClient) -> None:
    queue.send(MESSAGE)
    (received,) = raw.receive_messages()
    body = base64.b64decode(received.content, validate=True)
    assert AssetMessage.from_json(body) == MESSAGE
    assert json.loads(body)["assets"][0]["key"] == make_record().key


def test_a_queue_is_idle_while_all_its_messages_are_hidden(queue: WorkQueue, raw: QueueClient) -> None:
    assert queue.is_idle()  # it does not exist yet
    queue.send(MESSAGE, delay_s=60)
    with request_ledger() as requests:
        assert queue.is_idle()
    assert requests == {"storage": 1}

    queue.send(MESSAGE)
    assert not queue.is_idle()
    (taken,) = raw.receive_messages(visibility_timeout=60)
    assert queue.is_idle()
    raw.delete_message(taken)


def test_a_message_never_expires(queue: WorkQueue, raw: QueueClient) -> None:
    queue.send(MESSAGE)
    (received,) = raw.receive_messages()
    assert received.expires_on is not None
    assert received.expires_on > datetime.now(UTC) + timedelta(days=1000)


def test_a_message_without_a_delay_is_there_at_once(queue: WorkQueue, raw: QueueClient) -> None:
    queue.send(MESSAGE)
    assert len(raw.peek_messages()) == 1


def test_a_delayed_message_is_hidden_until_then(queue: WorkQueue, raw: QueueClient) -> None:
    queue.send(MESSAGE, 1.4)
    assert raw.peek_messages() == []
    deadline = time.monotonic() + 5
    while not raw.peek_messages() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(raw.peek_messages()) == 1


def test_a_delay_is_at_most_what_the_service_allows(queue: WorkQueue, raw: QueueClient) -> None:
    queue.send(MESSAGE, 10**9)
    assert raw.get_queue_properties().approximate_message_count == 1
    assert raw.peek_messages() == []


def test_a_delay_in_the_past_is_none(queue: WorkQueue, raw: QueueClient) -> None:
    queue.send(MESSAGE, -5)
    assert len(raw.peek_messages()) == 1


def test_a_message_counts_as_one_storage_operation(queue: WorkQueue) -> None:
    queue.send(MESSAGE)
    with request_ledger() as counts:
        queue.send(MESSAGE)
    assert counts == Counter(storage=1)


def test_poison_messages_are_handed_over_and_gone(connection: StorageConnection, queue: WorkQueue) -> None:
    queue.send(MESSAGE)
    connection.queues.get_queue_client("asset-sync").send_message("{not base64}")
    bodies: list[bytes] = []
    poison = PoisonQueue(connection.queues, "asset-sync")
    assert poison.drain(bodies.append) == 2
    assert bodies == [MESSAGE.to_json().encode(), b"{not base64}"]
    assert poison.drain(bodies.append) == 0


def test_a_poison_message_that_could_not_be_recorded_stays(connection: StorageConnection, queue: WorkQueue) -> None:
    def refuse(body: bytes) -> None:
        raise StateError(body.decode())

    queue.send(MESSAGE)
    with pytest.raises(StateError):
        PoisonQueue(connection.queues, "asset-sync").drain(refuse)
    assert connection.queues.get_queue_client("asset-sync").get_queue_properties().approximate_message_count == 1


def test_a_poison_message_that_another_worker_deleted_meanwhile_is_no_failure(
    connection: StorageConnection, queue: WorkQueue, raw: QueueClient
) -> None:
    queue.send(MESSAGE)
    assert PoisonQueue(connection.queues, "asset-sync").drain(lambda _: raw.clear_messages()) == 1


def test_a_poison_message_that_another_worker_took_over_meanwhile_is_left_to_it(
    connection: StorageConnection, queue: WorkQueue, raw: QueueClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "DRAIN_VISIBILITY_S", 1)
    taken: list[object] = []

    def record_slowly(body: bytes) -> None:
        del body
        if not taken:
            time.sleep(1.2)
            taken.append(raw.receive_message())

    queue.send(MESSAGE)
    PoisonQueue(connection.queues, "asset-sync").drain(record_slowly)
    assert taken != [None]
    assert raw.get_queue_properties().approximate_message_count == 1


def test_a_poison_queue_that_is_not_there_is_empty(connection: StorageConnection) -> None:
    assert PoisonQueue(connection.queues, "asset-sync-poison").drain(lambda _: None) == 0
