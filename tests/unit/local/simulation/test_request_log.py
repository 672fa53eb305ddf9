import asyncio
import threading
from typing import Any

import requests
from starlette.types import Message

from local.simulation import make_app
from tests.unit.local.simulation.conftest import Counter

POST_COUNT = {"type": "http", "method": "POST", "path": "/count", "raw_path": b"/count", "query_string": b""}


def read_log(base_url: str, since: int = 0) -> list[dict[str, Any]]:
    answer = requests.get(f"{base_url}/_simulator/requests", params={"since": since}, timeout=5).json()
    records: list[dict[str, Any]] = answer["requests"]
    return records


def test_each_request_is_recorded_without_its_body(base_url: str) -> None:
    requests.post(f"{base_url}/count?a=b", data="secret", timeout=5)
    (record,) = read_log(base_url)
    assert {key: record[key] for key in ("seq", "method", "path", "query", "operation", "status", "concurrent")} == {
        "seq": 1,
        "method": "POST",
        "path": "/count",
        "query": "a=b",
        "operation": "Counter_Increase",
        "status": 200,
        "concurrent": 1,
    }
    assert record["at"].endswith("+00:00")
    assert "secret" not in str(record)


def test_bodies_are_recorded_when_switched_on(base_url: str) -> None:
    requests.patch(f"{base_url}/_simulator/switches", json={"record_bodies": True}, timeout=5)
    requests.post(f"{base_url}/count", data="hello", timeout=5)
    (record,) = read_log(base_url)
    assert record["request_body"] == "hello"
    assert record["response_body"] == '{"value":1,"got":"hello"}'


def test_admin_requests_are_not_recorded(base_url: str) -> None:
    requests.get(f"{base_url}/_simulator/state", timeout=5)
    assert read_log(base_url) == []


def test_what_no_route_matches_is_recorded_as_404_without_an_operation(base_url: str) -> None:
    requests.get(f"{base_url}/nowhere", timeout=5)
    (record,) = read_log(base_url)
    assert (record["status"], record["operation"]) == (404, None)


def test_since_shows_only_later_requests_and_numbers_go_on_after_clearing(base_url: str) -> None:
    requests.post(f"{base_url}/count", timeout=5)
    requests.post(f"{base_url}/count", timeout=5)
    assert [record["seq"] for record in read_log(base_url, since=1)] == [2]
    requests.delete(f"{base_url}/_simulator/requests", timeout=5)
    requests.post(f"{base_url}/count", timeout=5)
    assert [record["seq"] for record in read_log(base_url)] == [3]


def test_a_handler_may_name_its_operation(base_url: str) -> None:
    requests.post(f"{base_url}/count?as=Renamed", timeout=5)
    assert read_log(base_url)[0]["operation"] == "Renamed"


def test_requests_at_the_same_time_are_counted(base_url: str) -> None:
    slow = {"match": {"path": "count"}, "times": None, "effect": {"delay_s": 0.3}}
    requests.post(f"{base_url}/_simulator/faults", json=slow, timeout=5)
    threads = [threading.Thread(target=requests.post, args=(f"{base_url}/count",)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(record["concurrent"] for record in read_log(base_url)) == [1, 2, 3]


def test_who_has_an_answer_finds_the_request_in_the_log(counter: Counter) -> None:
    logged_at: dict[str, int] = {}

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        logged_at[message["type"]] = len(counter.log.since())

    app = make_app(counter.routes(), counter)
    asyncio.run(app({**POST_COUNT, "headers": []}, receive, send))

    assert logged_at == {"http.response.start": 0, "http.response.body": 1}


def test_a_request_under_way_when_the_log_is_cleared_is_not_in_it(base_url: str) -> None:
    slow = {"match": {"path": "count"}, "effect": {"delay_s": 0.3}}
    requests.post(f"{base_url}/_simulator/faults", json=slow, timeout=5)
    thread = threading.Thread(target=requests.post, args=(f"{base_url}/count",))
    thread.start()
    while requests.get(f"{base_url}/_simulator/faults", timeout=5).json()[0]["fired"] == 0:
        """Until it has arrived."""
    requests.delete(f"{base_url}/_simulator/requests", timeout=5)
    thread.join()
    assert read_log(base_url) == []
