"""Timer triggers, runs by hand, and how the host starts and stops."""

import json
import signal
import time
from collections.abc import Callable

import pytest

from local.child import ChildError
from local.host.process import HostProcess

StartApp = Callable[..., HostProcess]
TICK = """
    import json, logging, time

    @app.timer_trigger(schedule="%SCHEDULE%", arg_name="timer", run_on_startup=RUN_ON_STARTUP)
    def tick(timer: func.TimerRequest, context: func.Context) -> None:
        logging.info("tick %s", json.dumps([timer.past_due, timer.schedule_status, context.function_name]))
        time.sleep(SLEEP)
        logging.info("tock")
"""


def make_tick(sleep_s: float = 0, *, run_on_startup: bool = False) -> str:
    return TICK.replace("SLEEP", str(sleep_s)).replace("RUN_ON_STARTUP", str(run_on_startup))


def wait_for_output(host: HostProcess, text: str, count: int = 1) -> None:
    deadline = time.monotonic() + 15
    while host.child.output().count(text) < count:
        assert time.monotonic() < deadline, host.child.output()
        time.sleep(0.05)


def test_a_timer_fires_when_due_and_never_twice_at_once(start_app: StartApp) -> None:
    host = start_app(make_tick(sleep_s=1.5), SCHEDULE="* * * * * *")
    wait_for_output(host, "tock", 2)
    marks = [line.split()[1] for line in host.child.output().splitlines() if " tick " in line or line.endswith(" tock")]
    assert marks[:4] == ["tick", "tock", "tick", "tock"]


def test_the_payload_is_that_of_the_real_host(start_app: StartApp) -> None:
    host = start_app(make_tick(), SCHEDULE="0 0 * * * *")
    wait_for_output(host, "The next occurrence of the 'tick' schedule")
    assert host.run_function("tick").succeeded
    line = next(line for line in host.child.output().splitlines() if " tick [" in line)
    past_due, status, name = json.loads(line[line.index("tick [") + 5 :])
    assert (past_due, name) == (False, "tick")
    assert set(status) == {"Last", "Next", "LastUpdated"}
    assert status["Next"].endswith(":00:00+00:00")


def test_timers_can_be_left_to_the_test(start_app: StartApp) -> None:
    host = start_app(make_tick(), "--timers", "off", SCHEDULE="* * * * * *")
    time.sleep(1.5)
    assert " tick " not in host.child.output()
    assert host.run_function("tick").succeeded
    assert host.child.output().count(" tick ") == 1


def test_run_on_startup_is_honoured_and_warned_of(start_app: StartApp) -> None:
    host = start_app(make_tick(run_on_startup=True), SCHEDULE="0 0 0 1 1 *")
    wait_for_output(host, "tock")
    assert "WARNING 'tick' has run_on_startup" in host.child.output()


def test_a_failing_run_by_hand_says_why(start_app: StartApp) -> None:
    code = """
        @app.queue_trigger(arg_name="msg", queue_name="work", connection="AzureWebJobsStorage")
        def work(msg: func.QueueMessage) -> None:
            raise ValueError(msg.get_body().decode())
    """
    result = start_app(code).run_function("work", "the input")
    assert not result.succeeded
    assert result.result.startswith("Result: Failure\nException: ValueError: the input")


def test_a_function_without_a_return_binding_must_return_none(start_app: StartApp) -> None:
    code = """
        @app.timer_trigger(schedule="0 0 0 1 1 *", arg_name="timer")
        def tick(timer: func.TimerRequest) -> None:
            return 1
    """
    assert "returned a non-None value" in start_app(code).run_function("tick").result


def test_a_stop_waits_for_what_runs(start_app: StartApp) -> None:
    host = start_app(make_tick(sleep_s=1.5, run_on_startup=True), SCHEDULE="0 0 0 1 1 *", grace_s=5)
    wait_for_output(host, " tick ")
    host.child.stop()
    assert "Executed 'Functions.tick' (Succeeded" in host.child.output()
    assert host.child.process.returncode == 0


def test_a_stop_does_not_wait_for_ever(start_app: StartApp) -> None:
    host = start_app(make_tick(sleep_s=60, run_on_startup=True), SCHEDULE="0 0 0 1 1 *", grace_s=1)
    wait_for_output(host, " tick ")
    started = time.monotonic()
    host.child.process.send_signal(signal.SIGTERM)
    host.child.process.wait(10)
    assert time.monotonic() - started < 6
    assert "did not end within 1.0 s" in host.child.output()


@pytest.mark.parametrize(
    ("code", "settings", "message"),
    [
        ("import does_not_exist", {}, "This app has NO functions, one mistake is enough: importing"),
        (make_tick(), {"AzureFunctionsJobHost__extensions__queues__batchSize": "99"}, "batchsize must be a number"),
    ],
)
def test_an_app_that_cannot_run_says_why(
    start_app: StartApp, code: str, settings: dict[str, str], message: str
) -> None:
    with pytest.raises(ChildError, match=message.replace("(", r"\(")):
        start_app(code, **settings)
