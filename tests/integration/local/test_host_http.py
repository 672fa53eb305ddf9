"""HTTP triggers, keys and the admin routes over real HTTP."""

from collections.abc import Callable

import pytest
import requests

from local.host.process import HostProcess

StartApp = Callable[..., HostProcess]
APP = """
    import json

    @app.route("echo/{name}", methods=["POST"])
    def echo(req: func.HttpRequest) -> func.HttpResponse:
        seen = {
            "method": req.method,
            "headers": dict(req.headers),
            "params": dict(req.params),
            "route": dict(req.route_params),
            "body": req.get_body().hex(),
        }
        return func.HttpResponse(json.dumps(seen), status_code=201, mimetype="application/json", headers={"x-own": "1"})

    @app.route("free", methods=["GET", "HEAD"], auth_level=func.AuthLevel.ANONYMOUS)
    async def free(req: func.HttpRequest) -> str:
        return "free"

    @app.route("closed", auth_level=func.AuthLevel.ADMIN)
    def closed(req: func.HttpRequest) -> str:
        return "closed"

    @app.route("broken", auth_level=func.AuthLevel.ANONYMOUS)
    def broken(req: func.HttpRequest) -> func.HttpResponse:
        raise RuntimeError("not for the caller's eyes")

    @app.route("wrong", auth_level=func.AuthLevel.ANONYMOUS)
    def wrong(req: func.HttpRequest) -> func.HttpResponse:
        return {"a": "dict"}

    @app.timer_trigger(schedule="0 0 0 1 1 *", arg_name="timer")
    def yearly(timer: func.TimerRequest) -> None: ...
"""


@pytest.fixture
def host(start_app: StartApp) -> HostProcess:
    return start_app(APP)


def test_requests_and_answers_are_passed_on_and_keys_are_asked_for(host: HostProcess) -> None:
    answer = host.call("POST", "echo/Ann?q=1", data=b"\x00\xff", headers={"X-Signature": "abc"})
    seen = answer.json()
    assert (answer.status_code, answer.headers["x-own"]) == (201, "1")
    assert answer.headers["content-type"].startswith("application/json")
    assert (seen["method"], seen["route"], seen["params"], seen["body"]) == (
        "POST",
        {"name": "Ann"},
        {"q": "1"},
        "00ff",
    )
    assert seen["headers"]["x-signature"] == "abc"

    assert host.call("POST", "echo/Ann", key=None).status_code == 401
    assert host.call("POST", "echo/Ann", key="wrong").status_code == 401
    assert host.call("POST", "echo/Ann?code=local-function-key", key=None).status_code == 201
    assert host.call("GET", "closed").status_code == 401
    assert host.call("GET", "closed", key="local-master-key").text == "closed"

    assert host.call("GET", "free", key=None).text == "free"
    assert host.call("HEAD", "free", key=None).status_code == 200
    assert host.call("POST", "free").status_code == 404
    assert host.call("GET", "nowhere").status_code == 404
    assert requests.get(f"{host.url}/free", timeout=5).status_code == 404


def test_an_unhandled_exception_or_a_wrong_return_is_an_empty_500(host: HostProcess) -> None:
    for path in ("broken", "wrong"):
        answer = host.call("GET", path)
        assert (answer.status_code, answer.content) == (500, b"")
    assert "Exception: RuntimeError: not for the caller's eyes" in host.child.output()
    assert "unsupported type 'http' for Python type 'dict'" in host.child.output()


def test_admin_routes_want_the_master_key_and_tell_what_is_there(host: HostProcess) -> None:
    headers = {"x-functions-key": "local-master-key"}
    assert requests.get(f"{host.url}/admin/host/status", timeout=5).status_code == 401
    assert requests.get(f"{host.url}/admin/host/status", headers=headers, timeout=5).json()["state"] == "Running"
    functions = requests.get(f"{host.url}/admin/functions", headers=headers, timeout=5).json()
    assert [function["name"] for function in functions] == ["echo", "free", "closed", "broken", "wrong", "yearly"]
    assert functions[-1]["config"]["bindings"][0]["schedule"] == "0 0 0 1 1 *"

    run = requests.post(f"{host.url}/admin/functions/free", headers=headers, json={}, timeout=5)
    assert run.status_code == 400
    assert requests.post(f"{host.url}/admin/functions/none", headers=headers, json={}, timeout=5).status_code == 404
    assert host.run_function("yearly").succeeded


def test_the_route_prefix_of_host_json_is_respected(start_app: StartApp) -> None:
    host = start_app(APP, AzureFunctionsJobHost__extensions__http__routePrefix="")
    assert requests.get(f"{host.url}/free", timeout=5).text == "free"
