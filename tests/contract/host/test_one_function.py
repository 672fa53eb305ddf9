"""One function that is disabled or in error leaves the others alone; a run by hand is answered at once.

Measured with host 4.1037.
"""

import time
from collections.abc import Callable

import pytest
import requests
from azure.storage.queue import QueueServiceClient

from local.host.process import HostProcess
from tests.contract.host.sample_app import FAST, count_messages, make_queue, send, wait_for_log

StartApp = Callable[..., HostProcess]
MASTER = {"x-functions-key": "local-master-key"}
APP = """
    import logging, time

    @app.timer_trigger(schedule="%SCHEDULE%", arg_name="timer")
    def tick(timer: func.TimerRequest) -> None:
        time.sleep(1)
        logging.info("ticked")

    @app.queue_trigger(arg_name="msg", queue_name="%WORK_QUEUE%", connection="WORK_STORAGE")
    def work(msg: func.QueueMessage) -> None:
        logging.info("worked on %s", msg.get_body().decode())

    @app.route("%ROUTE%", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    def other(req: func.HttpRequest) -> str:
        return "other"

    @app.route("health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    def health(req: func.HttpRequest) -> str:
        return "healthy"
"""
GOOD = {"SCHEDULE": "0 0 0 1 1 *", "WORK_QUEUE": "work", **FAST}


@pytest.fixture
def start(start_app: StartApp, storage: str, queues: QueueServiceClient) -> StartApp:
    def start(*arguments: str, route: str = "other", **settings: str) -> HostProcess:
        make_queue(queues)
        code = APP.replace("%ROUTE%", route)
        return start_app(code, *arguments, **{**GOOD, "WORK_STORAGE": storage, **settings})

    return start


@pytest.mark.parametrize(
    ("settings", "name", "reason"),
    [
        ({"SCHEDULE": "every night"}, "tick", "the schedule 'every night' must have six fields"),
        ({"SCHEDULE": "* * * * *"}, "tick", "the schedule '* * * * *' must have six fields"),
        ({"WORK_STORAGE": ""}, "work", "the connection 'WORK_STORAGE' is not set"),
        ({"WORK_STORAGE": "not one"}, "work", "the connection 'WORK_STORAGE' is no connection string"),
        ({"WORK_QUEUE": "Bad_Name!"}, "work", "'bad_name!' is no name for a queue"),
        ({"route": "admin/other"}, "other", "The specified route conflicts with one or more built in routes."),
    ],
)
def test_one_function_in_error_leaves_the_others_alone(
    start: StartApp, settings: dict[str, str], name: str, reason: str
) -> None:
    host = start(**settings)
    assert f"The '{name}' function is in error: " in host.child.output()
    assert reason in host.child.output()
    assert host.call("GET", "health").text == "healthy"
    answer = requests.get(f"{host.url}/admin/functions/{name}/status", headers=MASTER, timeout=5)
    assert reason in answer.json()["errors"][0]


def test_a_setting_that_is_not_there_disables_the_function_that_names_it(start_app: StartApp, storage: str) -> None:
    host = start_app(APP.replace("%ROUTE%", "other"), WORK_STORAGE=storage, WORK_QUEUE="work")
    assert "The 'tick' function is in error: Microsoft.Azure.WebJobs.Host: '%SCHEDULE%'" in host.child.output()
    assert host.call("GET", "health").text == "healthy"


def test_of_two_functions_of_one_route_the_second_is_in_error(start: StartApp) -> None:
    host = start(route="Health")
    assert "The 'health' function is in error: The route specified conflicts" in host.child.output()
    assert host.call("GET", "health").text == "other"


def test_a_disabled_function_is_silent_and_runs_by_hand_only(start: StartApp, queues: QueueServiceClient) -> None:
    disabled = {f"AzureWebJobs.{name}.Disabled": "true" for name in ("tick", "work", "other")}
    host = start(SCHEDULE="* * * * * *", **disabled)
    send(queues, "hello")
    time.sleep(2)
    assert "Executing" not in host.child.output()
    assert count_messages(queues) == 1
    assert host.call("GET", "other").status_code == 404
    assert host.call("GET", "health").text == "healthy"
    assert host.run_function("tick").succeeded
    assert host.run_function("work", "by hand").succeeded
    assert "worked on by hand" in host.child.output()


def test_a_run_by_hand_is_answered_before_it_ends(start: StartApp) -> None:
    host = start()
    answer = requests.post(f"{host.url}/admin/functions/tick", headers=MASTER, json={"input": ""}, timeout=5)
    assert (answer.status_code, answer.content) == (202, b"")
    assert "ticked" not in host.child.output()
    wait_for_log(host, "ticked")


def test_a_failing_run_by_hand_says_why_in_the_log_only(start_app: StartApp) -> None:
    code = """
        @app.queue_trigger(arg_name="msg", queue_name="work", connection="AzureWebJobsStorage")
        def work(msg: func.QueueMessage) -> None:
            raise ValueError(msg.get_body().decode())
    """
    run = start_app(code).run_function("work", "the input")
    assert not run.succeeded
    assert run.result.startswith("Result: Failure\nException: ValueError: the input\nStack:")


def test_a_drained_host_takes_nothing_new_and_ends_what_runs(start: StartApp, queues: QueueServiceClient) -> None:
    host = start(SCHEDULE="* * * * * *")
    wait_for_log(host, "Executing 'Functions.tick'")
    assert requests.post(f"{host.url}/admin/host/drain", timeout=5).status_code == 401
    assert requests.post(f"{host.url}/admin/host/drain", headers=MASTER, timeout=5).status_code == 202
    wait_for_log(host, "ticked")
    seen = host.child.output().count("Executing")
    send(queues, "hello")
    time.sleep(2)
    assert host.child.output().count("Executing") == seen
    assert [message.content for message in queues.get_queue_client("work").peek_messages()] != [], "nothing is hidden"
    assert host.call("GET", "health").text == "healthy"


def test_admin_routes_want_the_master_key_and_tell_what_is_there(start: StartApp) -> None:
    host = start()
    assert requests.get(f"{host.url}/admin/host/status", timeout=5).status_code == 401
    for key in ("local-function-key", "local-function-key-of-tick"):
        answer = requests.get(f"{host.url}/admin/host/status", headers={"x-functions-key": key}, timeout=5)
        assert answer.status_code == 401
    assert requests.get(f"{host.url}/admin/host/status", headers=MASTER, timeout=5).json()["state"] == "Running"
    functions = requests.get(f"{host.url}/admin/functions", headers=MASTER, timeout=5).json()
    assert [function["name"] for function in functions] == ["tick", "work", "other", "health"]
    assert functions[0]["config"]["bindings"][0]["schedule"] == "%SCHEDULE%"
    for name, status in {"health": 400, "none": 404}.items():
        run = requests.post(f"{host.url}/admin/functions/{name}", headers=MASTER, json={}, timeout=5)
        assert run.status_code == status
