"""The webhook over real storage: what it keeps, what that costs, and what it says when storage is away."""

import json
import logging
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from azure.storage.queue import QueueServiceClient

from sync_core.answer import HttpAnswer
from sync_core.lineage.record import DataSetStatus
from sync_core.runs.run_log import RunLog
from tests.kit.lineage_bench import LineageBench, NewBench
from tests.kit.services import identity_at, use_identity

DATA_SET_ID = "925268ec-8908-44e2-8d0c-d83fe50937d0"
HEADERS = {"Content-Type": "application/json"}
STORAGE_LOG = "azure.core.pipeline.policies.http_logging_policy"
CALLER_GIVES_UP_S = 10  # docs/vendors/cluedin.md, 4.4


OTHER_ID = "55036a5c-7406-4f21-aea5-4861ec5a58dc"


def post(bench: LineageBench, **members: Any) -> HttpAnswer:
    body = json.dumps({"dataSetId": DATA_SET_ID, **members}).encode()
    return bench.app.impatient.data_set_processed.answer(HEADERS, body)


def test_an_acknowledgement_costs_two_storage_operations_and_asks_nobody_else(
    bench: LineageBench, caplog: pytest.LogCaptureFixture
) -> None:
    post(bench, eventId="the first one makes table and queue", dataSetId=OTHER_ID)
    caplog.set_level(logging.INFO, STORAGE_LOG)

    costs = []
    for event_id in ("evt_1", "evt_1", "evt_2"):
        caplog.clear()
        assert post(bench, eventId=event_id).status == 202
        costs.append(len([record for record in caplog.records if "Request URL" in record.getMessage()]))

    # Receipt with job, and the message; that it is known; and beside a job that is outstanding, no message.
    assert costs == [2, 3, 4]

    assert bench.cluedin.log.since(0) == bench.purview.log.since(0) == []


def test_an_event_is_recognised_by_every_process_and_after_a_restart(bench: LineageBench, new_bench: NewBench) -> None:
    assert json.loads(post(bench, eventId="evt_1").body)["status"] == "accepted"

    assert json.loads(post(new_bench(), eventId="evt_1").body)["status"] == "duplicate"


def test_the_message_on_the_queue_leads_to_the_data_set(bench: LineageBench) -> None:
    post(bench, eventId="evt_1")

    (job,) = bench.outstanding()
    assert job.key == DATA_SET_ID
    assert bench.work() == 1
    assert bench.record(DATA_SET_ID).status is DataSetStatus.QUEUED  # CluedIn does not show it; one look is no proof


def test_a_delivery_that_was_kept_before_the_process_died_is_worked_off_within_two_ticks(
    bench: LineageBench, storage: str
) -> None:
    post(bench, eventId="evt_1")
    with QueueServiceClient.from_connection_string(storage) as queues:
        queues.get_queue_client("lineage-sync").clear_messages()

    for _ in range(2):
        bench.clock.advance(60)
        bench.app.wake_jobs[1].run(RunLog("run", bench.clock.now()))

    assert bench.work() == 1


def test_ids_of_any_characters_are_kept(bench: LineageBench) -> None:
    for event_id in ("/\\#?%", "\u0000\u0001", "\ufffe", "🚀", "'; drop table"):
        assert post(bench, eventId=event_id).status == 202
        assert json.loads(post(bench, eventId=event_id).body) == {"status": "duplicate", "deliveryId": event_id}


def test_a_blank_id_is_none_and_the_body_tells_deliveries_apart(bench: LineageBench) -> None:
    first, second = (json.loads(post(bench, eventId="\t\n ").body) for _ in range(2))
    assert (first["status"], second["status"]) == ("accepted", "duplicate")
    assert first["deliveryId"].startswith("body-")


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_storage_that_refuses_connections_is_answered_with_503_at_once(new_bench: NewBench) -> None:
    assert_asked_to_come_again(new_bench(at=storage_at(9)), within_s=3)


def test_storage_that_never_answers_is_answered_with_503_before_the_caller_gives_up(
    new_bench: NewBench, silent_port: int
) -> None:
    assert_asked_to_come_again(new_bench(at=storage_at(silent_port)), within_s=CALLER_GIVES_UP_S - 2)


@pytest.mark.timeout(30)  # not that of all tests: without the limit on the credential, it takes minutes
@pytest.mark.parametrize("credential", ["", "managedidentity"])
def test_an_identity_endpoint_that_never_answers_is_answered_with_503_before_the_caller_gives_up(
    new_bench: NewBench, silent_port: int, monkeypatch: pytest.MonkeyPatch, credential: str
) -> None:
    use_identity(monkeypatch, identity_at(f"http://127.0.0.1:{silent_port}"))
    address = f"https://127.0.0.1:{silent_port}"
    identity = {
        "AzureWebJobsStorage__tableServiceUri": address,
        "AzureWebJobsStorage__queueServiceUri": address,
        **({"AzureWebJobsStorage__credential": credential} if credential else {}),
    }

    assert_asked_to_come_again(new_bench(at="", **identity), within_s=CALLER_GIVES_UP_S - 2)


def assert_asked_to_come_again(bench: LineageBench, *, within_s: float) -> None:
    started = time.monotonic()

    answer = post(bench, eventId="evt_1")

    assert (answer.status, answer.media_type) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    assert time.monotonic() - started < within_s


def storage_at(port: int) -> str:
    address = f"http://127.0.0.1:{port}/away"
    return (
        f"DefaultEndpointsProtocol=http;AccountName=away;AccountKey=dGVzdA==;TableEndpoint={address};"
        f"QueueEndpoint={address};BlobEndpoint={address};"
    )
