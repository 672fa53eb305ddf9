"""What someone without a key can see, and can make the app pay for."""

import ast
import inspect
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from local.host.process import HostProcess, start_host
from local.service import REPOSITORY
from local.stack import make_environment
from sync_core import __version__
from sync_core.app import App
from sync_core.app.triggers import health
from sync_core.ledger import request_ledger
from sync_core.storage.connection import INTERACTIVE
from tests.kit.estate import Estate
from tests.kit.settings import settings_of

CLOSED = "http://127.0.0.1:9"
SECRET = "s33d"
DEFAULT = "func.AuthLevel.FUNCTION"
HEALTH = {"status", "failing", "version"}
CHECKS = {"settings", "storage", "discovery"}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """The app with settings that are all wrong, and full of secrets."""
    settings = {"CLUEDIN_URL": f"https://user:{SECRET}@x.example", "CLUEDIN_PASSWORD": SECRET, "SYNC_TERM": ""}
    storage = f"AccountName=acct;AccountKey={SECRET};QueueEndpoint=http://127.0.0.1:9/acct"
    environment = make_environment(CLOSED, CLOSED, CLOSED, storage, settings)
    log = tmp_path_factory.mktemp("host") / "host.log"
    with start_host(Path(REPOSITORY), environment, log, arguments=["--timers", "off", "--queues", "off"]) as process:
        yield process


def routes() -> dict[str, str]:
    """Return the routes of the app with what opens them; not imported, since it can be indexed only once a process."""
    tree = ast.parse((REPOSITORY / "function_app.py").read_text(encoding="utf-8"))
    found = [
        {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "app.route"
    ]
    return {ast.literal_eval(each["route"]): each.get("auth_level", DEFAULT) for each in found}


def test_only_health_is_open() -> None:
    source = (REPOSITORY / "function_app.py").read_text("utf-8")
    assert f"app = func.FunctionApp(http_auth_level={DEFAULT})" in source
    assert f"WEB = func.AuthLevel.ANONYMOUS if PEOPLE_SIGN_IN else {DEFAULT}" in source
    assert len(routes()) >= 3
    assert {route for route, level in routes().items() if level not in {DEFAULT, "WEB"}} == {"health"}


@pytest.mark.parametrize("key", [None, "", "guess", "x" * 8000])
def test_without_a_key_nothing_else_answers_and_the_app_does_not_even_run(host: HostProcess, key: str | None) -> None:
    before = host.child.output()
    for route in routes().keys() - {"health"}:
        for method in ("GET", "HEAD", "POST"):
            answer = host.call(method, route, key=key)
            assert answer.status_code in {401, 404}
            assert answer.content == b""
    assert host.child.output() == before


def test_health_names_what_fails_and_nothing_else(host: HostProcess) -> None:
    answer = host.call("GET", "health", key=None)
    said = answer.json()
    assert (answer.status_code, said) == (503, _unhealthy("settings"))
    for parts in ("?code=x&name=y", "?failing=<script>", "/../status", "/%2e%2e/status"):
        other = requests.get(f"{host.url}/api/health{parts}", timeout=10)
        assert other.content in {answer.content, b""}
    assert not {name.lower() for name in answer.headers} & {"x-powered-by", "set-cookie", "x-aspnet-version"}
    assert SECRET not in host.child.output()


def test_health_tells_nothing_of_names_errors_and_addresses(small_estate: Estate) -> None:
    small_estate.purview_fault(".", times=None, status=500, body="internal host 10.1.2.3 is down")
    with pytest.raises(Exception, match="10"):
        small_estate.app.discover_assets.run()
    said = json.loads(small_estate.app.health.answer().body)
    assert said == _unhealthy("discovery")
    assert said.keys() == HEALTH
    assert set(said["failing"]) <= CHECKS


def test_a_call_of_health_costs_four_reads_of_storage_and_asks_no_service(small_estate: Estate) -> None:
    small_estate.tick()
    since = small_estate.purview.log.last_seq, small_estate.cluedin.log.last_seq
    with request_ledger() as requests_made:
        assert small_estate.app.health.answer().status == 200
    assert dict(requests_made) == {"storage": 4}
    assert (small_estate.purview.log.last_seq, small_estate.cluedin.log.last_seq) == since


def test_health_holds_no_thread_for_long_when_storage_is_silent() -> None:
    assert (INTERACTIVE.retries + 1) * INTERACTIVE.timeout_s < 10
    assert ".impatient." in inspect.getsource(health)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/acct"
        storage = f"AccountName=acct;AccountKey=a2V5;QueueEndpoint={url};TableEndpoint={url}"
        app = App(settings_of(CLOSED, CLOSED, storage), patience=replace(INTERACTIVE, timeout_s=0.2))
        started = time.monotonic()
        answer = app.health.answer()
    assert json.loads(answer.body) == _unhealthy("storage")
    assert time.monotonic() - started < 3


def _unhealthy(failing: str) -> dict[str, object]:
    return {"status": "unhealthy", "failing": [failing], "version": __version__}
