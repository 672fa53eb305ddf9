"""The lock on a message: how long, renewed how, and what becomes of it when a host dies or a renewal is lost."""

import os
import signal
from collections.abc import Callable

import psutil
from azure.storage.queue import QueueServiceClient

from local.host.process import HostProcess
from tests.contract.host.conftest import Door
from tests.contract.host.sample_app import count_messages, send, wait_for, wait_for_log

StartApp = Callable[..., HostProcess]


def test_a_batch_is_received_and_hidden_for_ten_minutes(
    start_work: StartApp, queues: QueueServiceClient, door: Door
) -> None:
    host = start_work(storage=door.storage)
    send(queues, "hello")
    wait_for_log(host, "end of <hello>")
    assert "numofmessages=16" in door.queries("GET", "/work/messages")[0]
    assert "visibilitytimeout=600" in door.queries("GET", "/work/messages")[0]


def test_a_long_run_keeps_its_message_to_itself_each_renewal_with_the_newest_receipt(
    start_work: StartApp, queues: QueueServiceClient, door: Door
) -> None:
    host = start_work("--lock-seconds", "2", storage=door.storage)
    send(queues, "sleep 3.5")
    wait_for_log(host, "end of <sleep 3.5>")
    wait_for(lambda: count_messages(queues) == 0)
    assert "run 2 of" not in host.child.output()
    renewals = [call for call in door.door.log.since(0) if call.method == "PUT" and "/messages/" in call.path]
    assert len(renewals) >= 3
    assert {call.status for call in renewals} == {204}
    assert len({call.query for call in renewals}) == len(renewals), "each with another receipt"


def test_after_a_lost_renewal_the_same_host_runs_the_message_twice_at_once(
    start_work: StartApp, queues: QueueServiceClient, door: Door
) -> None:
    host = start_work("--lock-seconds", "2", storage=door.storage)
    door.answer("PUT", "/work/messages/", 404, "MessageNotFound")
    send(queues, "sleep 4")
    wait_for_log(host, "end of <sleep 4>", 2, timeout_s=30)
    log = host.child.output()
    assert log.index("run 2 of <sleep 4>") < log.index("end of <sleep 4>")
    assert len(door.queries("PUT", "")) <= 2 * 3, "after the first one that is lost there is no other"
    assert "Host is shutting down" not in log, "the first one's DELETE fails silently"


def test_a_killed_hosts_message_comes_back_when_its_lock_ends(start_work: StartApp, queues: QueueServiceClient) -> None:
    host = start_work("--lock-seconds", "2")
    send(queues, "sleep 60")
    wait_for_log(host, "run 1 of <sleep 60>")
    host.child.kill()
    again = start_work("--lock-seconds", "2", grace_s=0.1)
    wait_for_log(again, "run 2 of <sleep 60>")


def test_a_stop_waits_for_what_runs_and_still_deletes(start_work: StartApp, queues: QueueServiceClient) -> None:
    host = start_work(grace_s=10)
    send(queues, "sleep 2")
    wait_for_log(host, "run 1 of <sleep 2>")
    host.child.stop()
    assert "Executed 'Functions.work' (Succeeded" in host.child.output()
    assert count_messages(queues) == 0


def test_the_worker_of_a_host_that_is_killed_alone_ends_its_work(
    start_work: StartApp, queues: QueueServiceClient
) -> None:
    host = start_work(grace_s=10)
    send(queues, "sleep 2")
    wait_for_log(host, "run 1 of <sleep 2>")
    (process,) = psutil.Process(host.child.process.pid).children()
    os.kill(process.pid, signal.SIGKILL)
    wait_for_log(host, "end of <sleep 2>")
    assert count_messages(queues) == 1, "nobody deletes its message"


def test_messages_are_looked_for_again_at_once_after_a_find_and_less_and_less_often_in_vain(
    start_work: StartApp, queues: QueueServiceClient, door: Door
) -> None:
    host = start_work(storage=door.storage, AzureFunctionsJobHost__extensions__queues__maxPollingInterval="00:00:10")
    wait_for(lambda: len(door.pauses_s("GET", "/work/messages")) >= 5)
    in_vain = door.pauses_s("GET", "/work/messages")
    assert all(pause_s >= 0.1 * 1.6**number for number, pause_s in enumerate(in_vain))
    send(queues, "hello")
    wait_for_log(host, "end of <hello>")
    wait_for(lambda: len(door.pauses_s("GET", "/work/messages")) >= len(in_vain) + 2)
    assert min(door.pauses_s("GET", "/work/messages")[len(in_vain) :]) < in_vain[-1] / 2
