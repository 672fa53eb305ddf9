"""The app under Microsoft's own worker library, which is what runs it in Azure: indexed and invoked, Python 3.13 on."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueServiceClient, TextBase64DecodePolicy

import function_app
from local.cluedin.app import make_app as make_cluedin
from local.cluedin.driver import Driver
from local.demo.cluedin import fetch_groups
from local.host.http.payload import HttpCall
from local.identity import serve_identity
from local.purview import Purview
from local.purview import make_app as make_purview
from local.service import REPOSITORY
from local.simulation import serve
from local.stack import WEBHOOK_SECRET, make_environment
from sync_core.app import triggers
from tests.e2e.steps import ASSET_QUEUE
from tests.kit.telemetry import hearing

pytest.importorskip("azure_functions_runtime", reason="Microsoft's worker library needs Python 3.13")

from local.host.worker_library import start_worker

if TYPE_CHECKING:
    from local.host.worker_library import WorkerLibrary

DELIVERIES = "http://h/api/webhooks/cluedin/data-set-processed"
LINEAGE_QUEUE = "lineage-sync"
TAGGED = 18
# What deployments, alerts and CluedIn rely on.
TIMERS = {"discover_assets": "0 * * * * *", "reconcile": "0 */5 * * * *"}
QUEUES = {
    "create_data_source_group": "asset-sync",
    "push_lineage": "lineage-sync",
}
ROUTES = {
    "data_set_processed": ("webhooks/cluedin/data-set-processed", "function", {"GET", "HEAD", "POST"}),
    "status": ("status", "function", {"GET"}),
    "actions": ("actions", "function", {"POST"}),
    "dashboard": ("dashboard", "function", {"GET", "POST"}),
    "health": ("health", "anonymous", {"GET"}),
}


@pytest.fixture(scope="module")
def cluedin_url() -> Iterator[str]:
    with serve(make_cluedin()) as url:
        yield url


@pytest.fixture
def worker(cluedin_url: str, storage: str) -> Iterator["WorkerLibrary"]:
    """The repository's app, indexed, with the simulators and a storage account of its own around it."""
    purview = Purview()
    purview.seed({"name": "estate"})
    with ExitStack() as parts:
        purview_url = parts.enter_context(serve(make_purview(purview=purview)))
        identity = parts.enter_context(serve_identity())
        environment = make_environment(purview_url, cluedin_url, "", storage, identity)
        parts.enter_context(patch.dict("os.environ", environment, clear=True))
        triggers.this_process.cache_clear()
        yield parts.enter_context(start_worker(REPOSITORY))
    triggers.this_process.cache_clear()


def next_message(storage: str, name: str) -> str:
    """Take the next message of a queue."""
    with QueueServiceClient.from_connection_string(storage) as queues:
        queue = queues.get_queue_client(name, message_decode_policy=TextBase64DecodePolicy())
        return str(next(iter(queue.receive_messages(messages_per_page=1))).content)


def message_soon(storage: str, name: str) -> str:
    """Take the next message of a queue, which may follow the answer by a moment."""
    for _ in range(100):
        with suppress(StopIteration, ResourceNotFoundError):
            return next_message(storage, name)
        time.sleep(0.05)
    raise AssertionError(f"no message came to {name}")


def all_messages(storage: str, name: str) -> Iterator[str]:
    """Take messages of a queue until none is left, also those that come meanwhile."""
    with suppress(StopIteration):
        while True:
            yield next_message(storage, name)


def fetch_status(worker: "WorkerLibrary", **query: str) -> Any:
    """Return what `status` answers."""
    return json.loads(worker.run_http("status", HttpCall("GET", "http://h/api/status", query=query)).body)


def delivery(members: dict[str, str], secret: str = WEBHOOK_SECRET) -> HttpCall:
    """A call of the webhook."""
    body = json.dumps(members).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "x-cluedin-signature": signature}
    return HttpCall("POST", DELIVERIES, headers=headers, body=body)


def trigger_of(function: Any) -> dict[str, Any]:
    """Return the trigger's binding as in function.json."""
    bindings: list[dict[str, Any]] = [json.loads(text) for text in function.raw_bindings]
    (trigger,) = [binding for binding in bindings if binding["type"].endswith("Trigger")]
    return trigger


def test_the_library_finds_exactly_the_functions_of_the_app(worker: "WorkerLibrary") -> None:
    written = {function.get_function_name() for function in function_app.app.get_functions()}

    assert set(worker.functions) == written
    assert written == {*TIMERS, *QUEUES, *ROUTES}


def test_every_function_has_the_trigger_that_deployments_rely_on(worker: "WorkerLibrary") -> None:
    for name, function in worker.functions.items():
        trigger = trigger_of(function)
        match trigger["type"]:
            case "timerTrigger":
                assert trigger["schedule"] == TIMERS[name]
                assert not trigger["runOnStartup"]
            case "queueTrigger":
                assert (trigger["queueName"], trigger["connection"]) == (QUEUES[name], "AzureWebJobsStorage")
            case "httpTrigger":
                methods = {str(method).upper() for method in trigger["methods"]}
                assert (trigger["route"], trigger["authLevel"].lower(), methods) == ROUTES[name]
            case other:
                pytest.fail(f"{name} has a trigger of another kind: {other}")


def test_a_tick_a_message_the_status_the_page_and_the_health_work_through_the_library(
    worker: "WorkerLibrary", cluedin_url: str, storage: str
) -> None:
    assert worker.run_timer("discover_assets").succeeded
    message = next_message(storage, ASSET_QUEUE)
    first = worker.run_queue("create_data_source_group", message)
    again = worker.run_queue("create_data_source_group", message)
    assert (first.succeeded, again.succeeded) == (True, True), (first.error, again.error)
    assert len(fetch_groups(cluedin_url)) == TAGGED  # one message names them all

    status = worker.run_http("status", HttpCall("GET", "http://h/api/status", query={"state": "synced"}))
    assert (status.status_code, status.headers["content-type"]) == (200, "application/json")
    shown = json.loads(status.body)
    assert (shown["counts"]["synced"], shown["counts"]["queued"]) == (TAGGED, 0)
    assert len(shown["assets"]["items"]) == TAGGED
    page = worker.run_http("dashboard", HttpCall("GET", "http://h/api/dashboard", query={"state": "synced"}))
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert shown["assets"]["items"][0]["groupId"] in bytes(page.body).decode()
    health = worker.run_http("health", HttpCall("GET", "http://h/api/health"))
    assert (health.status_code, json.loads(health.body)["failing"]) == (200, [])


def test_a_delivery_and_its_lineage_work_through_the_library(
    worker: "WorkerLibrary", cluedin_url: str, storage: str
) -> None:
    assert worker.run_timer("discover_assets").succeeded
    for message in all_messages(storage, ASSET_QUEUE):
        assert worker.run_queue("create_data_source_group", message).succeeded
    asset = fetch_status(worker, state="synced")["assets"]["items"][0]
    data_set = Driver(cluedin_url).act(
        "/data-sets/load",
        data_source_id=int(asset["sourceId"]),
        name="Customers.csv",
        fields=["id"],
        records=10,
        mapping={"id": "account.id"},
        entity_type="/Account",
        webhook=False,
    )["data_set_id"]

    tested = worker.run_http("data_set_processed", HttpCall("HEAD", DELIVERIES))
    taken = worker.run_http("data_set_processed", delivery({"dataSetId": data_set, "eventId": "evt_1"}))
    refused = worker.run_http("data_set_processed", delivery({"dataSetId": "no guid"}))
    forged = worker.run_http("data_set_processed", delivery({"dataSetId": data_set}, "another secret"))

    answers = [answer.status_code for answer in (tested, taken, refused, forged)]
    assert answers == [200, 202, 400, 401]
    assert json.loads(taken.body) == {"status": "accepted", "deliveryId": "evt_1"}
    assert json.loads(refused.body)["field"] == "dataSetId"
    pushed = worker.run_queue("push_lineage", message_soon(storage, LINEAGE_QUEUE))
    assert pushed.succeeded, pushed.error
    (shown,) = fetch_status(worker)["dataSets"]["items"]
    assert (shown["status"], shown["name"], shown["lastError"]) == ("pushed", "Customers.csv", "")


def test_bad_messages_and_wrong_queries_are_answered_and_never_fail_the_function(worker: "WorkerLibrary") -> None:
    assert worker.run_queue("create_data_source_group", "no message of ours").succeeded
    assert worker.run_queue("push_lineage", "no message either").succeeded
    wrong = worker.run_http("status", HttpCall("GET", "http://h/api/status", query={"pageSize": "0"}))
    assert (wrong.status_code, wrong.headers["content-type"]) == (400, "application/problem+json")

    status = worker.run_http("status", HttpCall("GET", "http://h/api/status"))

    payloads = {dead_letter["payload"] for dead_letter in json.loads(status.body)["deadLetters"]}
    assert payloads == {"no message of ours", "no message either"}


def test_the_trace_that_the_host_gives_a_timer_goes_on_over_the_message(worker: "WorkerLibrary", storage: str) -> None:
    with hearing() as heard:
        assert worker.run_timer("discover_assets", f"00-{'a' * 32}-{'1' * 16}-01").succeeded
        message = next_message(storage, ASSET_QUEUE)
        assert worker.run_queue("create_data_source_group", message, f"00-{'b' * 32}-{'2' * 16}-01").succeeded

    told = [heard.span(name).get_span_context() for name in ("discover run", f"process {ASSET_QUEUE}", "asset jobs")]
    assert {f"{context.trace_id:x}" for context in told if context} == {"a" * 32}
    assert [f"{link.context.trace_id:x}" for link in heard.span(f"process {ASSET_QUEUE}").links] == ["b" * 32]


def test_the_trace_that_the_host_gives_a_delivery_goes_on_over_its_message(
    worker: "WorkerLibrary", storage: str
) -> None:
    with hearing() as heard:
        call = delivery({"dataSetId": "925268ec-8908-44e2-8d0c-d83fe50937d0"})
        assert worker.run_http("data_set_processed", call, f"00-{'c' * 32}-{'3' * 16}-01").status_code == 202
        assert worker.run_queue("push_lineage", message_soon(storage, LINEAGE_QUEUE)).succeeded

    told = [
        heard.span(name).get_span_context() for name in ("take delivery", f"process {LINEAGE_QUEUE}", "data_set job")
    ]
    assert {f"{context.trace_id:x}" for context in told if context} == {"c" * 32}
