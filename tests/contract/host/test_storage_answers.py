"""What storage may answer: some answers end the whole host, as the real one ends; it is then started again.

Measured on WebJobs 3.0.48 and Storage.Queues 5.3.10 behind a proxy.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from azure.storage.queue import QueueServiceClient

from local.host.process import HostProcess
from tests.contract.host.conftest import Door
from tests.contract.host.sample_app import count_messages, send, wait_for, wait_for_log

pytestmark = pytest.mark.faults

StartApp = Callable[..., HostProcess]
DOWN = "An unhandled exception has occurred. Host is shutting down."
RECEIVE, MESSAGE, POISON = ("GET", "/work/messages$"), "/work/messages/", ("POST", "/work-poison/messages")
PATIENCE = ("--storage-patience-seconds", "1")


@dataclass(frozen=True)
class Case:
    """What storage answers to which call, and the message that leads there."""

    method: str
    path: str
    status: int
    body: str = ""


@pytest.mark.parametrize(
    "case",
    [
        Case(*RECEIVE, 400),
        Case(*RECEIVE, 403),
        Case(*RECEIVE, 429),
        Case("DELETE", MESSAGE, 500, "hello"),
        Case("DELETE", MESSAGE, 403, "hello"),
        Case("PUT", MESSAGE, 500, "fail"),
        Case("PUT", MESSAGE, 403, "sleep 3"),
        Case(*POISON, 403, "fail"),
    ],
    ids=str,
)
def test_an_unexpected_answer_ends_the_host(
    start_work: StartApp, queues: QueueServiceClient, door: Door, case: Case
) -> None:
    door.answer(case.method, case.path, case.status, times=40)
    host = start_work(*PATIENCE, "--lock-seconds", "4", storage=door.storage)
    if case.body:
        send(queues, case.body)
    wait_for_log(host, DOWN)
    wait_for_log(host, "listens on", 2)


def test_broken_connections_end_the_host_when_they_last(start_work: StartApp, door: Door) -> None:
    door.drop(*RECEIVE)
    host = start_work(*PATIENCE, storage=door.storage)
    wait_for_log(host, DOWN)


@pytest.mark.parametrize(
    ("status", "code"),
    [(500, "InternalError"), (503, "ServerBusy"), (404, "QueueNotFound"), (409, "QueueBeingDeleted")],
)
def test_some_answers_to_a_receive_are_survived(
    start_work: StartApp, queues: QueueServiceClient, door: Door, status: int, code: str
) -> None:
    door.answer(*RECEIVE, status, code, times=6)
    host = start_work(*PATIENCE, storage=door.storage)
    send(queues, "hello")
    wait_for_log(host, "end of <hello>")
    assert DOWN not in host.child.output()


def test_what_ran_in_a_host_that_ended_is_hidden_until_its_lock_ends(
    start_work: StartApp, queues: QueueServiceClient, door: Door
) -> None:
    host = start_work(*PATIENCE, "--lock-seconds", "6", storage=door.storage, grace_s=0.1)
    send(queues, "sleep 60")
    wait_for_log(host, "run 1 of <sleep 60>")
    received = time.monotonic()
    door.answer(*RECEIVE, 403, times=1)
    wait_for_log(host, DOWN)
    wait_for_log(host, "run 2 of <sleep 60>")
    assert time.monotonic() - received > 2.5, "nobody gave it back"


def test_throttling_for_a_moment_is_waited_out(start_work: StartApp, queues: QueueServiceClient, door: Door) -> None:
    door.answer("DELETE", MESSAGE, 429, times=2)
    host = start_work("--storage-patience-seconds", "10", storage=door.storage)
    send(queues, "hello")
    wait_for(lambda: "end of <hello>" in host.child.output() and count_messages(queues) == 0)
    assert DOWN not in host.child.output()
