"""HTTP triggers over real HTTP: bodies, keys, queries, routes, errors. Measured with host 4.1037."""

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from local.azurite import Azurite
from local.host.process import HostProcess
from tests.contract.host.sample_app import run_sample, write_sample

APP = """
    import json

    @app.route("echo/{name}", methods=["POST"])
    def echo(req: func.HttpRequest) -> func.HttpResponse:
        seen = {
            "method": req.method,
            "headers": dict(req.headers),
            "params": dict(req.params),
            "route": dict(req.route_params),
            "body": req.get_body().hex() if len(req.get_body()) < 100 else len(req.get_body()),
        }
        return func.HttpResponse(json.dumps(seen), status_code=201, mimetype="application/json", headers={"x-own": "1"})

    @app.route("second", methods=["GET"])
    def second(req: func.HttpRequest) -> str:
        return "second"

    @app.route("free", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    async def free(req: func.HttpRequest) -> str:
        return json.dumps(dict(req.params))

    @app.route("letters/{name:alpha?}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    def letters(req: func.HttpRequest) -> str:
        return "<" + req.route_params.get("name", "") + ">"

    @app.route("closed", auth_level=func.AuthLevel.ADMIN)
    def closed(req: func.HttpRequest) -> str:
        return "closed"

    @app.route("broken", auth_level=func.AuthLevel.ANONYMOUS)
    def broken(req: func.HttpRequest) -> func.HttpResponse:
        raise RuntimeError("not for the caller's eyes")

    @app.route("wrong", auth_level=func.AuthLevel.ANONYMOUS)
    def wrong(req: func.HttpRequest) -> func.HttpResponse:
        return {"a": "dict"}

    @app.route("none", auth_level=func.AuthLevel.ANONYMOUS)
    def none(req: func.HttpRequest) -> func.HttpResponse:
        return None

    @app.route("cookie", auth_level=func.AuthLevel.ANONYMOUS)
    def cookie(req: func.HttpRequest) -> func.HttpResponse:
        return func.HttpResponse("", headers={"Set-Cookie": "a=1; Path=/"})
"""
HOST, MASTER = "local-function-key", "local-master-key"


@pytest.fixture(scope="module")
def storage(azurite_server: Azurite, _unused_accounts: Iterator[str]) -> str:
    return azurite_server.connection_string(next(_unused_accounts))


@pytest.fixture(scope="module")
def host(storage: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    with run_sample(write_sample(tmp_path_factory.mktemp("app"), APP), storage) as host:
        yield host


def in_chunks(body: bytes) -> Iterator[bytes]:
    yield body


def echo(host: HostProcess, query: str = "", **options: Any) -> Any:
    answer = host.call("POST", f"echo/Ann{query}", **options)
    assert answer.status_code == 201, answer.status_code
    return answer.json()


def test_requests_and_answers_are_passed_on(host: HostProcess) -> None:
    answer = host.call("POST", "echo/Ann?q=1", data=b"\x00\xff", headers={"X-Signature": "abc"})
    seen = answer.json()
    assert (answer.status_code, answer.headers["x-own"]) == (201, "1")
    assert answer.headers["content-type"].startswith("application/json")
    expected = ("POST", {"name": "Ann"}, {"q": "1"}, "00ff")
    assert (seen["method"], seen["route"], seen["params"], seen["body"]) == expected
    assert seen["headers"]["x-signature"] == "abc"
    assert "a=1" in host.call("GET", "cookie").headers["set-cookie"]


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/octet-stream"])
def test_a_body_without_a_length_does_not_arrive(host: HostProcess, content_type: str) -> None:
    seen = echo(host, data=in_chunks(b'{"a": 1}'), headers={"Content-Type": content_type})
    assert seen["body"] == ""
    assert seen["headers"]["transfer-encoding"] == "chunked"


def test_a_platform_may_pass_such_bodies_on(storage: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = write_sample(tmp_path_factory.mktemp("app"), APP)
    with run_sample(folder, storage, "--chunked-bodies", "pass") as host:
        assert echo(host, data=in_chunks(b"ab"))["body"] == b"ab".hex()


def test_fifty_megabytes_are_accepted_and_more_than_a_hundred_are_an_empty_500(host: HostProcess) -> None:
    assert echo(host, data=bytes(50_000_000), timeout_s=60)["body"] == 50_000_000
    parts = urlsplit(host.url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=10) as connection:
        head = f"POST /api/echo/Ann?code={HOST} HTTP/1.1\r\nHost: h\r\nContent-Length: 104857601\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 500")


@pytest.mark.parametrize(
    ("key", "statuses"),
    [
        (None, (401, 401, 401, 200)),
        ("wrong", (401, 401, 401, 200)),
        (HOST, (201, 200, 401, 200)),
        (MASTER, (201, 200, 200, 200)),
        (f"{HOST}-of-echo", (201, 401, 401, 200)),
        (f"{HOST}-of-second", (401, 200, 401, 200)),
    ],
)
def test_each_key_opens_what_it_is_for(host: HostProcess, key: str | None, statuses: tuple[int, ...]) -> None:
    calls = (("POST", "echo/Ann"), ("GET", "second"), ("GET", "closed"), ("GET", "free"))
    answers = [host.call(method, path, key=key) for method, path in calls]
    assert tuple(answer.status_code for answer in answers) == statuses
    assert all(answer.content == b"" for answer in answers if answer.status_code == 401)


@pytest.mark.parametrize(
    ("query", "header", "status"),
    [
        (f"?code={HOST}", None, 200),
        (f"?CODE={HOST}", None, 200),
        ("?code=wrong", HOST, 200),
        (f"?code={HOST}", "wrong", 401),
        (f"?code={HOST}", "", 401),
        ("?code=", None, 401),
    ],
)
def test_the_header_wins_over_the_query_also_an_empty_one(
    host: HostProcess, query: str, header: str | None, status: int
) -> None:
    headers = {} if header is None else {"x-functions-key": header}
    assert requests.get(f"{host.url}/api/second{query}", headers=headers, timeout=5).status_code == status


def test_a_method_that_is_not_listed_is_404_before_any_look_at_a_key(host: HostProcess) -> None:
    assert host.call("POST", "second", key=None).status_code == 404
    assert host.call("HEAD", "free", key=None).status_code == 404
    assert host.call("GET", "nowhere").status_code == 404
    assert requests.get(f"{host.url}/free", timeout=5).status_code == 404


@pytest.mark.parametrize("path", ["broken", "wrong", "none"])
def test_an_exception_or_a_wrong_return_is_an_empty_500(host: HostProcess, path: str) -> None:
    answer = host.call("GET", path)
    assert (answer.status_code, answer.content) == (500, b"")


def test_the_log_tells_why_and_the_caller_does_not(host: HostProcess) -> None:
    host.call("GET", "broken")
    host.call("GET", "wrong")
    assert "Exception: RuntimeError: not for the caller's eyes" in host.child.output()
    assert "unsupported type 'http' for Python type 'dict'" in host.child.output()


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("?a=&b=1", {"b": "1"}),
        ("?a=1&A=2", {"a": "1,2"}),
        ("?a=1&a=2", {"a": "1,2"}),
        ("?a=&A=2", {"A": "2"}),
        ("?a", {}),
    ],
)
def test_empty_query_parameters_are_dropped_and_names_that_differ_by_case_are_one(
    host: HostProcess, query: str, seen: dict[str, str]
) -> None:
    assert json.loads(host.call("GET", f"free{query}").text) == seen


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("letters", "<>"),
        ("letters/abc", "<abc>"),
        ("LETTERS/Abc", "<Abc>"),
        ("letters/%61bc", "<abc>"),
        ("letters/a1", None),
        ("letters/a-b", None),
        ("letters/é", None),
    ],
)
def test_routes_match_as_in_asp_net(host: HostProcess, path: str, expected: str | None) -> None:
    answer = host.call("GET", path)
    assert (answer.status_code, answer.text or None) == (200 if expected else 404, expected)


def test_the_route_prefix_of_host_json_is_respected(storage: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = write_sample(tmp_path_factory.mktemp("app"), APP)
    no_prefix = {"AzureFunctionsJobHost__extensions__http__routePrefix": ""}
    with run_sample(folder, storage, settings=no_prefix) as host:
        assert requests.get(f"{host.url}/free", timeout=5).text == "{}"
