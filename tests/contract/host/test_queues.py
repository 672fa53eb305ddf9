"""Queue triggers on real Azurite queues: success, retry, poison, encodings, the metadata trap.

Each test keeps a row of what was measured on the real listener (Storage.Queues 5.3.10) and the real host (4.1037).
"""

import base64
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from azure.storage.queue import QueueServiceClient

from local.host.process import HostProcess
from tests.contract.host.sample_app import (
    WORK,
    count_messages,
    make_queue,
    read_queue,
    send,
    send_raw,
    wait_for,
    wait_for_log,
)

StartApp = Callable[..., HostProcess]
BINARY = """
    import logging

    @app.queue_trigger(arg_name="msg", queue_name="work", connection="AzureWebJobsStorage", data_type="binary")
    def work(msg: func.QueueMessage) -> None:
        logging.info("got %s", msg.get_body().hex())
"""


def test_a_message_is_run_once_and_deleted(start_work: StartApp, queues: QueueServiceClient) -> None:
    host = start_work()
    send(queues, "hello")
    wait_for_log(host, "end of <hello>")
    wait_for(lambda: count_messages(queues) == 0)
    assert host.child.output().count("of <hello>") == 2
    assert "Executed 'Functions.work' (Succeeded" in host.child.output()


def test_a_failing_message_is_tried_as_often_as_allowed_and_then_poison_byte_for_byte(
    start_work: StartApp, queues: QueueServiceClient
) -> None:
    host = start_work()
    sent = " ".join(base64.b64encode("fail ✓".encode()).decode())
    queues.get_queue_client("work").send_message(sent, time_to_live=-1)
    assert wait_for(lambda: read_queue(queues)) == [sent]
    assert [f"run {count} of <fail ✓>" in host.child.output() for count in (1, 2, 3, 4)] == [True, True, True, False]
    assert "Result: Failure\nException: ValueError: as asked\nStack:" in host.child.output()
    assert "Message has reached MaxDequeueCount of 3. Moving message to queue 'work-poison'." in host.child.output()
    wait_for(lambda: count_messages(queues) == 0)
    (poison,) = queues.get_queue_client("work-poison").receive_messages()
    assert poison.dequeue_count == 1
    assert poison.expires_on is not None
    assert abs(poison.expires_on - datetime.now(UTC) - timedelta(days=7)) < timedelta(minutes=1)


def test_the_time_between_tries_is_that_of_host_json(start_work: StartApp, queues: QueueServiceClient) -> None:
    host = start_work(AzureFunctionsJobHost__extensions__queues__visibilityTimeout="00:00:02")
    send(queues, "fail")
    started = wait_for(lambda: "run 1 of <fail>" in host.child.output() and time.monotonic())
    wait_for_log(host, "run 2 of <fail>")
    assert time.monotonic() - started > 1.5


def test_what_is_not_base64_is_poison_without_a_run(start_work: StartApp, queues: QueueServiceClient) -> None:
    host = start_work()
    send_raw(queues, '{"plain": "text"}')
    assert wait_for(lambda: read_queue(queues)) == ['{"plain": "text"}']
    assert "Executing" not in host.child.output()
    log = host.child.output()
    assert log.index("Message decoding has failed!") < log.index("Message has reached MaxDequeueCount of 3.")


def test_what_is_not_utf_8_fails_in_every_try_before_our_code(start_work: StartApp, queues: QueueServiceClient) -> None:
    host = start_work()
    send(queues, b"\xff\xfe")
    wait_for(lambda: read_queue(queues))
    assert " run " not in host.child.output()
    assert host.child.output().count("Unable to translate bytes [FF] at index 0") == 3


def test_bound_as_binary_anything_runs(start_app: StartApp, queues: QueueServiceClient) -> None:
    make_queue(queues)
    host = start_app(BINARY)
    send(queues, b"\xff\xfe")
    wait_for_log(host, "got fffe")


def test_an_empty_message_and_base64_with_a_blank_run(start_work: StartApp, queues: QueueServiceClient) -> None:
    host = start_work()
    send(queues, "")
    send_raw(queues, "aGVs bG8=")
    wait_for_log(host, "run 1 of <>")
    wait_for_log(host, "run 1 of <hello>")


@pytest.mark.parametrize("body", [{"dequeueCount": "many"}, {"insertiontime": "2026-11-29T10:00:00Z"}])
def test_a_body_that_breaks_the_metadata_fails_every_time_before_our_code(
    start_work: StartApp, queues: QueueServiceClient, body: dict[str, str]
) -> None:
    host = start_work()
    send(queues, json.dumps(body))
    wait_for(lambda: read_queue(queues))
    assert " run " not in host.child.output()
    assert host.child.output().count("Executed 'Functions.work' (Failed") == 3


@pytest.mark.parametrize("body", ["[" * 20_000, '{"a":' * 5_000 + "1" + "}" * 5_000, '{"x": "2026-13-45T00:00:00"}'])
def test_a_body_that_can_hardly_be_read_runs_and_ends(
    start_work: StartApp, queues: QueueServiceClient, body: str
) -> None:
    host = start_work()
    send(queues, body)
    wait_for_log(host, "Executed 'Functions.work' (Succeeded")
    wait_for(lambda: count_messages(queues) == 0)


def test_a_body_replaces_the_messages_own_id_and_count(start_work: StartApp, queues: QueueServiceClient) -> None:
    host = start_work()
    send(queues, json.dumps({"ID": "mine", "dequeuecount": 77}))
    wait_for_log(host, "id <mine>")
    assert "run 77 of" in host.child.output()


def test_a_message_received_too_often_is_poison_without_a_run(start_work: StartApp, queues: QueueServiceClient) -> None:
    make_queue(queues)
    send(queues, "hello")
    for _ in range(3):
        list(queues.get_queue_client("work").receive_messages(visibility_timeout=1))
        time.sleep(1.1)
    host = start_work()
    wait_for(lambda: read_queue(queues))
    assert "Executing" not in host.child.output()


def test_a_poison_queue_has_no_poison_queue_and_its_failing_message_no_end(
    start_work: StartApp, queues: QueueServiceClient
) -> None:
    host = start_work("--lock-seconds", "1", queue="work-poison")
    send(queues, "fail", "work-poison")
    wait_for_log(host, "run 5 of <fail>")
    assert [queue.name for queue in queues.list_queues()] == ["work-poison"]


def test_what_is_not_base64_in_a_poison_queue_never_runs_and_stays_hidden_between_two_looks(
    start_work: StartApp, queues: QueueServiceClient
) -> None:
    host = start_work("--lock-seconds", "2", queue="work-poison")
    send_raw(queues, "not base64!", "work-poison")
    wait_for_log(host, "Message decoding has failed!", 2)
    assert "Executing" not in host.child.output()
    assert count_messages(queues, "work-poison") == 1
    assert read_queue(queues, "work-poison") == []


def test_at_most_a_batch_and_the_threshold_run_at_once(start_work: StartApp, queues: QueueServiceClient) -> None:
    make_queue(queues)
    for number in range(14):
        send(queues, f"sleep 3 {number}")
    host = start_work(
        AzureFunctionsJobHost__extensions__queues__batchSize="7",
        AzureFunctionsJobHost__extensions__queues__newBatchThreshold="3",
    )
    wait_for_log(host, "run 1 of", 7)
    time.sleep(1)
    assert host.child.output().count("run 1 of") == 7, "no new batch while more than the threshold run"
    wait_for_log(host, "run 1 of", 14)
    running = most_at_once(host.child.output())
    assert 7 <= running <= 10


def most_at_once(log: str) -> int:
    running = most = 0
    for line in log.splitlines():
        running += ("run 1 of" in line) - ("end of" in line)
        most = max(most, running)
    return most


def test_a_missing_queue_is_never_made_and_worked_on_once_it_is_there(
    start_app: StartApp, queues: QueueServiceClient
) -> None:
    host = start_app(
        WORK, WORK_QUEUE="work", AzureFunctionsJobHost__extensions__queues__maxPollingInterval="00:00:00.5"
    )
    time.sleep(1.5)
    assert list(queues.list_queues()) == []
    make_queue(queues)
    send(queues, "late")
    wait_for_log(host, "end of <late>")
    queues.delete_queue("work")
    time.sleep(1.5)
    assert list(queues.list_queues()) == []
    make_queue(queues)
    send(queues, "again")
    wait_for_log(host, "end of <again>")
