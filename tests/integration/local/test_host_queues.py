"""Queue triggers on real Azurite queues: success, retry, poison, locks, base64, the metadata trap."""

import base64
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from azure.core.exceptions import ResourceExistsError
from azure.storage.queue import QueueServiceClient, TextBase64EncodePolicy

from local.host.process import HostProcess

StartApp = Callable[..., HostProcess]
FAST = {
    "AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "00:00:00",
    "AzureFunctionsJobHost__extensions__queues__maxPollingInterval": "00:00:00.2",
    "AzureFunctionsJobHost__extensions__queues__maxDequeueCount": "3",
}
# Each run leaves a line in the log: the count and the body. A body "fail" fails, a body "sleep N" takes its time.
APP = """
    import logging, time

    @app.queue_trigger(arg_name="msg", queue_name="%WORK_QUEUE%", connection="AzureWebJobsStorage")
    def work(msg: func.QueueMessage) -> None:
        text = msg.get_body().decode()
        logging.info("run %s of <%s> id <%s>", msg.dequeue_count, text, msg.id)
        if text.startswith("sleep"):
            time.sleep(float(text.split()[1]))
        if text.startswith("fail"):
            raise ValueError("as asked")
        logging.info("end of <%s>", text)
"""


@pytest.fixture
def start(start_app: StartApp, queues: QueueServiceClient) -> StartApp:
    """Start the app; its queue is there, for the host makes none."""

    def start(*arguments: str, **settings: str) -> HostProcess:
        with suppress(ResourceExistsError):
            queues.create_queue(settings.get("WORK_QUEUE", "work"))
        return start_app(APP, *arguments, **{"WORK_QUEUE": "work", **FAST, **settings})

    return start


def send(queues: QueueServiceClient, text: str, queue: str = "work") -> None:
    queues.get_queue_client(queue, message_encode_policy=TextBase64EncodePolicy()).send_message(text)


def wait_for(condition: Callable[[], Any], timeout_s: float = 15) -> Any:
    deadline = time.monotonic() + timeout_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)
    return found


def count_messages(queues: QueueServiceClient, queue: str) -> int:
    return queues.get_queue_client(queue).get_queue_properties().approximate_message_count or 0


def read_poison(queues: QueueServiceClient) -> list[str]:
    if "work-poison" not in [queue.name for queue in queues.list_queues()]:
        return []
    return [message.content for message in queues.get_queue_client("work-poison").peek_messages(32)]


def test_a_message_is_run_once_and_deleted(start: StartApp, queues: QueueServiceClient) -> None:
    host = start()
    send(queues, "hello")
    wait_for(lambda: "end of <hello>" in host.child.output())
    wait_for(lambda: count_messages(queues, "work") == 0)
    assert host.child.output().count("of <hello>") == 2
    assert "Executed 'Functions.work' (Succeeded" in host.child.output()


def test_a_failing_message_is_tried_as_often_as_allowed_and_then_poison(
    start: StartApp, queues: QueueServiceClient
) -> None:
    host = start()
    send(queues, "fail")
    poison = wait_for(lambda: read_poison(queues))
    assert [base64.b64decode(content).decode() for content in poison] == ["fail"]
    assert [f"run {count} of <fail>" in host.child.output() for count in (1, 2, 3, 4)] == [True, True, True, False]
    assert "Result: Failure\nException: ValueError: as asked" in host.child.output()
    wait_for(lambda: count_messages(queues, "work") == 0)


def test_the_time_between_tries_is_that_of_host_json(start: StartApp, queues: QueueServiceClient) -> None:
    host = start(AzureFunctionsJobHost__extensions__queues__visibilityTimeout="00:00:02")
    send(queues, "fail")
    started = wait_for(lambda: "run 1 of <fail>" in host.child.output() and time.monotonic())
    wait_for(lambda: "run 2 of <fail>" in host.child.output())
    assert time.monotonic() - started > 1.5


def test_what_is_not_base64_is_poison_without_a_run(start: StartApp, queues: QueueServiceClient) -> None:
    host = start()
    queues.get_queue_client("work").send_message('{"plain": "text"}')
    assert wait_for(lambda: read_poison(queues)) == ['{"plain": "text"}']
    assert "Executing" not in host.child.output()


def test_a_body_that_breaks_the_metadata_fails_every_time_before_our_code(
    start: StartApp, queues: QueueServiceClient
) -> None:
    host = start()
    send(queues, json.dumps({"dequeueCount": "many"}))
    wait_for(lambda: read_poison(queues))
    assert "run 1 of" not in host.child.output()
    assert host.child.output().count("'DequeueCount' in trigger metadata") >= 3


def test_a_body_with_an_id_replaces_the_messages_id(start: StartApp, queues: QueueServiceClient) -> None:
    host = start()
    send(queues, json.dumps({"id": "mine"}))
    wait_for(lambda: "id <mine>" in host.child.output())


def test_a_long_run_keeps_its_message_to_itself(start: StartApp, queues: QueueServiceClient) -> None:
    host = start("--lock-seconds", "2")
    send(queues, "sleep 3")
    wait_for(lambda: "end of <sleep 3>" in host.child.output())
    assert "run 2 of" not in host.child.output()
    wait_for(lambda: count_messages(queues, "work") == 0)


def test_a_killed_hosts_message_comes_back_when_its_lock_ends(start: StartApp, queues: QueueServiceClient) -> None:
    host = start("--lock-seconds", "2")
    send(queues, "sleep 60")
    wait_for(lambda: "run 1 of <sleep 60>" in host.child.output())
    host.child.kill()
    again = start("--lock-seconds", "2")
    wait_for(lambda: "run 2 of <sleep 60>" in again.child.output())


def test_a_message_received_too_often_is_poison_without_a_run(start: StartApp, queues: QueueServiceClient) -> None:
    queues.create_queue("work")
    send(queues, "hello")
    for _ in range(3):
        list(queues.get_queue_client("work").receive_messages(visibility_timeout=1))
        time.sleep(1.1)
    host = start()
    wait_for(lambda: read_poison(queues))
    assert "run" not in host.child.output().split("Host started")[1].replace("running", "")


def test_a_poison_queue_has_no_poison_queue_and_its_failing_message_no_end(
    start: StartApp, queues: QueueServiceClient
) -> None:
    host = start("--lock-seconds", "1", WORK_QUEUE="work-poison")
    send(queues, "fail", "work-poison")
    wait_for(lambda: "run 5 of <fail>" in host.child.output())
    assert [queue.name for queue in queues.list_queues()] == ["work-poison"]


def test_messages_are_processed_in_parallel(start: StartApp, queues: QueueServiceClient) -> None:
    host = start()
    for _ in range(4):
        send(queues, "sleep 1")
    wait_for(lambda: "run 1 of" in host.child.output())
    started = time.monotonic()
    wait_for(lambda: host.child.output().count("end of") == 4)
    assert time.monotonic() - started < 3
