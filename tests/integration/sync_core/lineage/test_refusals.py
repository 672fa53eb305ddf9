"""Purview refuses, is slow, asks to slow down, or loses an answer: the right consequence for each, nothing lost."""

import json
from itertools import pairwise
from typing import Any

import pytest

from sync_core.jobs.backoff import MOST_ATTEMPTS
from sync_core.lineage.record import DataSetStatus
from tests.kit.lineage_bench import FIND, LIST, WRITE, LineageBench
from tests.kit.lineage_graph import ROOT

pytestmark = pytest.mark.faults


def atlas(status: int, code: str) -> dict[str, Any]:
    return {"status": status, "body": {"requestId": "r", "errorCode": code, "errorMessage": "refused"}}


@pytest.fixture
def data_set_id(bench: LineageBench) -> str:
    """A processed data set that was not pushed yet."""
    return bench.load(bench.sync_asset())


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (atlas(400, "ATLAS-400-00-01A"), "rejected"),
        (atlas(400, "ATLAS-400-00-036"), "rejected"),
        (atlas(404, "ATLAS-404-00-007"), "rejected"),
        (atlas(404, "ATLAS-404-00-00A"), "not_found"),
    ],
    ids=["bad value", "process to process", "mandatory attribute as 404", "no such reference"],
)
def test_what_purview_refuses_becomes_a_dead_letter_and_the_delivery_says_so(
    bench: LineageBench, data_set_id: str, answer: dict[str, Any], cause: str
) -> None:
    bench.deliver(data_set_id, eventId="evt_1")
    bench.purview_fault(WRITE, times=None, **answer)

    bench.work()

    (dead_letter,) = bench.dead_letters()
    assert (dead_letter.queue, dead_letter.subject, dead_letter.cause_class) == ("lineage-sync", "Customers.csv", cause)
    assert answer["body"]["errorCode"] in dead_letter.cause
    assert json.loads(dead_letter.payload)["dataSetId"] == data_set_id
    assert bench.record(data_set_id).status is DataSetStatus.FAILED
    assert not bench.outstanding()
    assert not bench.graph().own


def test_what_was_refused_can_be_replayed_once_the_cause_is_gone(bench: LineageBench, data_set_id: str) -> None:
    bench.deliver(data_set_id, eventId="evt_1")
    bench.purview_fault(WRITE, times=1, **atlas(400, "ATLAS-400-00-01A"))
    bench.work()
    (dead_letter,) = bench.dead_letters()

    bench.app.dead_letters.replay(dead_letter.id)
    bench.work()

    record = bench.record(data_set_id)
    assert (record.status, record.attempts, record.last_error) == (DataSetStatus.PUSHED, 0, "")
    assert not bench.dead_letters()
    assert len(bench.graph().nodes) == 7


@pytest.mark.parametrize("shape", ["atlas_403", "gateway_403", "unauthorized"])
def test_a_missing_role_waits_for_a_person_and_is_said_with_its_remedy(
    bench: LineageBench, data_set_id: str, shape: str
) -> None:
    bench.purview.patch_switches({"access": shape})

    (delay_s,) = bench.push_failing(data_set_id)

    record = bench.record(data_set_id)
    assert (record.status, record.attempts, record.last_error_class) == (DataSetStatus.QUEUED, 1, "config")
    assert "Data Curator" in record.last_error or "tenant" in record.last_error
    assert delay_s >= 120
    bench.purview.patch_switches({"access": "granted"})
    assert bench.push(data_set_id).status is DataSetStatus.PUSHED


@pytest.mark.parametrize(
    "effect",
    [
        {"status": 408, "body": {"errorCode": "RequestTimeout"}},
        {"status": 500},
        {"status": 502, "body": "<html>Bad gateway</html>"},
        {"status": 503},
        {"drop": "before"},
        {"drop": "after"},
    ],
    ids=["408", "500", "502", "503", "connection broke", "answer was lost"],
)
def test_what_passes_is_tried_again_at_once_and_after_three_times_later(
    bench: LineageBench, data_set_id: str, effect: dict[str, Any]
) -> None:
    bench.purview_fault(WRITE, times=4, **effect)

    (delay_s,) = bench.push_failing(data_set_id)

    record = bench.record(data_set_id)
    assert (record.status, record.attempts, record.last_error_class) == (DataSetStatus.QUEUED, 1, "transient")
    assert 5 <= delay_s <= 8
    assert bench.push(data_set_id).status is DataSetStatus.PUSHED
    graph = bench.graph()
    assert (len(graph.nodes), len(graph.edges), graph.count("cluedin_data_set")) == (7, 6, 1)
    assert bench.record(data_set_id).attempts == 0


@pytest.mark.parametrize(
    "answer",
    [atlas(409, "ATLAS-409-00-004"), {"status": 409, "body": {"error": {"code": "Conflict", "message": "busy"}}}],
    ids=["Atlas", "gateway"],
)
def test_a_conflict_with_a_push_that_creates_the_same_golden_records_passes(
    bench: LineageBench, data_set_id: str, answer: dict[str, Any]
) -> None:
    bench.purview_fault(WRITE, times=1, **answer)

    (delay_s,) = bench.push_failing(data_set_id)

    assert 5 <= delay_s <= 8
    assert bench.record(data_set_id).last_error_class == "transient"
    assert bench.push(data_set_id).status is DataSetStatus.PUSHED


def test_a_request_to_slow_down_is_kept_by_all_and_counts_as_no_attempt(bench: LineageBench, data_set_id: str) -> None:
    bench.purview_fault(WRITE, times=1, status=429, headers={"Retry-After": "120"})
    other = bench.load("1", "Other.csv")

    (delay_s,) = bench.push_failing(data_set_id)
    since = bench.purview.log.last_seq, bench.cluedin.log.last_seq
    (other_delay_s,) = bench.push_failing(other)

    assert delay_s >= 120
    assert 100 < other_delay_s <= 180
    assert (bench.purview.log.last_seq, bench.cluedin.log.last_seq) == since
    assert bench.record(data_set_id).attempts == 0
    bench.clock.advance(121)
    assert bench.push(data_set_id).status is DataSetStatus.PUSHED


def test_a_pause_that_one_data_set_asks_for_is_its_own(bench: LineageBench, data_set_id: str) -> None:
    bench.purview_fault(WRITE, times=1, status=503, headers={"Retry-After": "3000"})
    other = bench.load("1", "Other.csv")

    assert bench.push_failing(data_set_id)[0] >= 3000
    assert bench.push(other).status is DataSetStatus.PUSHED
    assert bench.record(data_set_id).attempts == 1


def test_a_pause_that_each_data_set_asks_for_is_kept_by_all(bench: LineageBench, data_set_id: str) -> None:
    bench.purview_fault(WRITE, times=None, status=503, headers={"Retry-After": "120"})
    others = [bench.load("1", f"Other{number}.csv") for number in range(3)]

    for one in (data_set_id, *others[:2]):
        assert bench.push_failing(one)[0] >= 120
    since = bench.purview.log.last_seq
    assert 100 < bench.push_failing(others[2])[0] <= 180
    assert bench.purview.log.last_seq == since


def test_after_twelve_attempts_it_is_given_up(bench: LineageBench, data_set_id: str) -> None:
    bench.deliver(data_set_id, eventId="evt_1")
    bench.purview_fault(WRITE, times=None, status=503)

    delays = []
    for _ in range(MOST_ATTEMPTS):
        delays.append(bench.push_failing(data_set_id))
        bench.clock.advance(sum(delays[-1]))

    assert [len(each) for each in delays] == [1] * (MOST_ATTEMPTS - 1) + [0]
    # Every second one: chance adds up to a half. The last ones have reached the longest wait.
    assert all(later > earlier for (earlier,), (later,) in pairwise(delays[:8:2]))
    (dead_letter,) = bench.dead_letters()
    assert (dead_letter.cause_class, dead_letter.attempts) == ("exhausted_transient", MOST_ATTEMPTS)
    assert bench.record(data_set_id).status is DataSetStatus.FAILED
    assert not bench.outstanding()


def test_what_purview_took_but_does_not_show_is_not_called_pushed(bench: LineageBench, data_set_id: str) -> None:
    bench.purview_fault(FIND, skip=1, times=None, **atlas(404, "ATLAS-404-00-009"))
    bench.purview_fault(LIST, times=None, status=200, body={"entities": [], "referredEntities": {}})

    (delay_s,) = bench.push_failing(data_set_id)

    record = bench.record(data_set_id)
    assert (record.status, record.fingerprint) == (DataSetStatus.QUEUED, "")
    assert "does not show it" in record.last_error
    assert delay_s >= 5


def test_edges_that_purview_silently_drops_are_noticed(bench: LineageBench, data_set_id: str) -> None:
    """As on a type whose super type is not Process: the attributes are unknown there and vanish."""
    bench.push(data_set_id)
    pipeline = bench.graph().own[f"{ROOT}/datasets/{data_set_id}/pipeline"]
    for relationship in list(bench.purview.catalog.relationships_of(pipeline.guid)):
        bench.purview.relationships.delete(relationship.guid)
    bench.purview_fault(WRITE, times=None, status=200, body={"guidAssignments": {}})

    bench.push_failing(data_set_id)

    assert "edge between" in bench.record(data_set_id).last_error


def test_deleting_what_is_gone_already_is_no_failure(bench: LineageBench, data_set_id: str) -> None:
    bench.purview.patch_switches({"delete_unknown_guid": "not_found", "deletion": "hard"})
    bench.push(data_set_id)
    bench.remap(data_set_id, {"Email": "account.email"}, "/Account")
    bench.purview_fault("Entity_BulkDelete", times=1, drop="after")

    assert bench.push(data_set_id).status is DataSetStatus.PUSHED

    assert bench.graph().columns[f"{ROOT}/golden-records/Customer"] == []
