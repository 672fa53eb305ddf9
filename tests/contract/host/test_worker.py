"""The worker is a process of its own: it dies alone, is replaced, and takes along what ran in it.

Measured with host 4.1037 and worker 4.34.
"""

import os
import re
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from azure.storage.queue import QueueServiceClient

from local.host.process import HostProcess
from tests.contract.host.sample_app import read_queue, send, wait_for, wait_for_log

StartApp = Callable[..., HostProcess]
RECYCLED = "Exceeded language worker restart retry count for runtime:python."
APP = """
    import asyncio, logging, os, sys, threading, time

    @app.route("pid", auth_level=func.AuthLevel.ANONYMOUS)
    def pid(req: func.HttpRequest) -> str:
        print("asked for its id")
        return str(os.getpid())

    @app.route("sleep/{seconds}", auth_level=func.AuthLevel.ANONYMOUS)
    def sleep(req: func.HttpRequest) -> str:
        logging.info("sleeping")
        time.sleep(float(req.route_params["seconds"]))
        return "slept"

    @app.route("exit", auth_level=func.AuthLevel.ANONYMOUS)
    def leave(req: func.HttpRequest) -> str:
        sys.exit(3)

    @app.route("threads", auth_level=func.AuthLevel.ANONYMOUS)
    def threads(req: func.HttpRequest) -> str:
        time.sleep(2)
        return str(sum(thread.name.startswith("worker_") for thread in threading.enumerate()))
"""


def kill_worker(host: HostProcess) -> None:
    os.kill(int(host.call("GET", "pid").text), signal.SIGKILL)


def test_a_dead_worker_fails_its_calls_and_is_replaced_within_a_second(start_app: StartApp) -> None:
    host = start_app(APP)
    before = host.call("GET", "pid").text
    with ThreadPoolExecutor() as callers:
        call = callers.submit(host.call, "GET", "sleep/60")
        wait_for_log(host, "sleeping")
        os.kill(int(before), signal.SIGKILL)
        assert (call.result().status_code, call.result().content) == (500, b"")
        assert host.call("GET", "pid").text != before
    assert re.search(r"Language Worker Process exited\. Pid=\d+\.\npython exited with code 137", host.child.output())


def test_a_message_in_a_dead_worker_is_back_at_once_with_a_try_less(
    start_work: StartApp, queues: QueueServiceClient
) -> None:
    host = start_work(AzureFunctionsJobHost__extensions__queues__maxDequeueCount="2")
    send(queues, "die")
    wait_for_log(host, "run 2 of <die>")
    wait_for_log(host, "Moving message to queue 'work-poison'")
    wait_for(lambda: len(read_queue(queues)) == 1)
    assert host.child.is_running


def test_the_third_death_recycles_the_host(start_work: StartApp, queues: QueueServiceClient) -> None:
    host = start_work(AzureFunctionsJobHost__extensions__queues__maxDequeueCount="3")
    send(queues, "die")
    wait_for_log(host, RECYCLED)
    wait_for_log(host, "listens on", 2)
    send(queues, "hello")
    wait_for_log(host, "end of <hello>")
    assert host.child.output().count("Language Worker Process exited.") == 3
    (process,) = psutil.Process(host.child.process.pid).children()
    assert len(process.children()) == 1, "the dead are buried, the new host has one worker"


def test_sys_exit_in_a_function_ends_the_worker(start_app: StartApp) -> None:
    host = start_app(APP)
    assert host.call("GET", "exit").status_code == 500
    assert "python exited with code 3" in host.child.output()
    assert host.call("GET", "pid").status_code == 200


def test_a_function_that_takes_too_long_takes_the_worker_and_its_neighbours_along(start_app: StartApp) -> None:
    host = start_app(APP, AzureFunctionsJobHost__functionTimeout="00:00:02")
    before = host.call("GET", "pid").text
    with ThreadPoolExecutor() as callers:
        started = time.monotonic()
        slow = callers.submit(host.call, "GET", "sleep/60")
        time.sleep(2.5)
        neighbour = callers.submit(host.call, "GET", "sleep/50")
        answers = [call.result() for call in (slow, neighbour)]
        lasted_s = time.monotonic() - started
    assert [(answer.status_code, answer.content) for answer in answers] == [(500, b"")] * 2
    assert 3.5 < lasted_s < 8, "the neighbour went with its worker, two seconds after the limit"
    assert host.call("GET", "pid").text != before
    log = host.child.output()
    assert re.search(r"Timeout value of 00:00:02 exceeded by function 'Functions\.sleep' \(Id: '[0-9a-f-]+'\)\.", log)
    assert "A function timeout has occurred. Restarting worker process executing invocationId" in log
    assert "Language Worker Process exited." not in log, "this is no death that counts"


def test_the_time_limit_of_functions_can_be_left_out(start_app: StartApp) -> None:
    host = start_app(APP, "--function-timeout", "off", AzureFunctionsJobHost__functionTimeout="00:00:01")
    assert host.call("GET", "sleep/4").text == "slept"


@pytest.mark.parametrize(("settings", "at_once"), [({}, 40), ({"PYTHON_THREADPOOL_THREAD_COUNT": "4"}, 4)])
def test_functions_run_in_a_thousand_threads_unless_a_setting_says_otherwise(
    start_app: StartApp, settings: dict[str, str], at_once: int
) -> None:
    host = start_app(APP, **settings)
    with ThreadPoolExecutor(at_once) as callers:
        counts = list(callers.map(lambda _: int(host.call("GET", "threads").text), range(at_once)))
    assert max(counts) == at_once


def test_host_and_worker_are_two_processes(start_app: StartApp) -> None:
    host = start_app(APP)
    (process,) = psutil.Process(host.child.process.pid).children()
    assert [worker.pid for worker in process.children()] == [int(host.call("GET", "pid").text)]
    assert "asked for its id" in host.child.output(), "what an app prints is in the log at once"


def test_calls_while_a_new_worker_starts_wait_for_it(start_app: StartApp) -> None:
    host = start_app(APP)
    kill_worker(host)
    answers: list[int] = []
    callers = [threading.Thread(target=lambda: answers.append(host.call("GET", "pid").status_code)) for _ in range(5)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert host.call("GET", "pid").status_code == 200
    assert set(answers) <= {200, 500}


def test_a_message_that_kills_its_worker_fails_its_neighbours_too(
    start_work: StartApp, queues: QueueServiceClient
) -> None:
    host = start_work(AzureFunctionsJobHost__extensions__queues__visibilityTimeout="00:00:30")
    send(queues, "sleep 60")
    wait_for_log(host, "run 1 of <sleep 60>")
    send(queues, "die")
    wait_for_log(host, "Executed 'Functions.work' (Failed", 2)
    assert host.child.output().count("Microsoft.Azure.WebJobs.Script: python exited with code 137") == 2
