"""How the host starts and stops, and what it answers when it cannot run the app. Measured with host 4.1037."""

import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import requests

from local.child import ChildError
from local.host.process import HostProcess
from tests.contract.host.sample_app import run_sample, wait_for_log, write_sample

if TYPE_CHECKING:
    from pathlib import Path

StartApp = Callable[..., HostProcess]
QUEUES = "AzureFunctionsJobHost__extensions__queues__"
GOOD = """
    import time

    @app.route("good", auth_level=func.AuthLevel.ANONYMOUS)
    def good(req: func.HttpRequest) -> str:
        time.sleep(float(req.params.get("sleep", 0)))
        return "good"
"""
BROKEN_APPS = {
    "import": "import does_not_exist",
    "syntax": "def broken(:",
    "twin": GOOD.replace("\n    ", "\n") * 2,
    "annotation": '@app.route("x")\ndef x(req: int) -> str: ...',
    "second app": "other = func.FunctionApp()",
}
# tests/unit/local/host/test_host_json.py has each value that is refused.
BROKEN_HOSTS = ['{"version": "2.0", "extensions": {"queues": {"batchSize": 33}}}', '{"version": ']


def make_good(extra: str = "") -> str:
    return GOOD.replace("\n    ", "\n") + extra


def test_a_stop_waits_for_what_runs(start_app: StartApp) -> None:
    host = start_app(make_good(), grace_s=8)
    with pytest.raises(requests.ReadTimeout):
        host.call("GET", "good?sleep=1.5", timeout_s=0.5)
    host.child.stop()
    assert "Executed 'Functions.good' (Succeeded" in host.child.output()
    assert host.child.process.returncode == 0


def test_a_stop_does_not_wait_for_ever(start_app: StartApp) -> None:
    host = start_app(make_good(), grace_s=1)
    with pytest.raises(requests.ReadTimeout):
        host.call("GET", "good?sleep=60", timeout_s=0.5)
    started = time.monotonic()
    host.child.process.send_signal(signal.SIGTERM)
    host.child.process.wait(15)
    assert time.monotonic() - started < 8
    assert "did not end within 1.0 s" in host.child.output()


@pytest.mark.parametrize(
    ("code", "settings", "message"),
    [
        ("import does_not_exist", {}, "This app has NO functions, one mistake is enough: importing"),
        (make_good(), {f"{QUEUES}batchSize": "99"}, "batchsize must be a number"),
        (make_good().replace('"good"', '"{good"'), {}, "takes one whole parameter per segment"),
    ],
)
def test_on_a_laptop_an_app_that_cannot_run_says_why_and_ends(
    start_app: StartApp, code: str, settings: dict[str, str], message: str
) -> None:
    with pytest.raises(ChildError, match=message):
        start_app(code, **settings)


@pytest.mark.parametrize("code", BROKEN_APPS.values(), ids=BROKEN_APPS)
def test_one_mistake_in_the_app_and_every_address_is_404(start_app: StartApp, code: str) -> None:
    host = start_app(make_good(code) if code != BROKEN_APPS["twin"] else code, "--broken-app", "serve")
    assert host.call("GET", "good").status_code == 404
    assert "This app has NO functions" in host.child.output()


def test_one_mistake_in_host_json_or_a_route_template_and_the_whole_host_is_down(
    storage: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    apps = [(make_good(), host_json) for host_json in BROKEN_HOSTS]
    apps.append((make_good().replace('"good"', '"{good"'), '{"version": "2.0"}'))
    for code, host_json in apps:
        folder: Path = write_sample(tmp_path_factory.mktemp("app"), code, host_json)
        with ExitStack() as parts:
            host = parts.enter_context(run_sample(folder, storage, "--broken-app", "serve"))
            answer = host.call("GET", "good")
        assert (answer.status_code, answer.text) == (503, "Function host is not running."), host_json


def test_a_host_that_dies_of_something_is_there_again_at_the_same_address(start_app: StartApp) -> None:
    code = make_good('\n@app.route("die", auth_level=func.AuthLevel.ANONYMOUS)\n') + (
        "def die(req: func.HttpRequest) -> str:\n    import os\n    os._exit(1)\n"
    )
    host = start_app(code)
    assert [host.call("GET", "die").status_code for _ in range(3)] == [500] * 3
    wait_for_log(host, "listens on", 2)
    assert host.call("GET", "good").text == "good"
