"""What CluedIn tells of a data set in its various moods, and what follows."""

from typing import Any

import pytest

from local.simulation.faults import Effect, Fault, Match
from sync_core.lineage.record import DataSetStatus
from tests.kit.lineage_bench import LineageBench
from tests.kit.lineage_graph import ROOT

GET_DATA_SET = "inbound.dataSet$"


@pytest.fixture
def data_set_id(bench: LineageBench) -> str:
    """A processed data set that was not pushed yet."""
    return bench.load(bench.sync_asset(), failed=4)


def fault(bench: LineageBench, operation: str, *, times: int | None = None, **effect: Any) -> None:
    match = Match(operation=operation)
    bench.cluedin.faults.add(Fault(match=match, effect=Effect.model_validate(effect), times=times))


def refuse(bench: LineageBench, operation: str, message: str, code: str = "INTERNAL_SERVER_ERROR") -> None:
    error = {"message": message, "extensions": {"code": code}}
    fault(bench, operation, status=200, body={"errors": [error], "data": None})


@pytest.mark.parametrize("version", ["4.4.0", "4.0.0"])
def test_older_and_newer_servers_tell_enough(bench: LineageBench, data_set_id: str, version: str) -> None:
    bench.cluedin.patch_switches({"server_version": version})

    assert bench.push(data_set_id).status is DataSetStatus.PUSHED

    assert len(bench.graph().nodes) == 7


def test_without_statistics_the_counts_of_the_last_processing_are_taken(bench: LineageBench, data_set_id: str) -> None:
    bench.cluedin.patch_switches({"processing_delay_s": 3600})
    with bench.cluedin.store.lock:
        bench.cluedin.store.submissions.clear()
        bench.cluedin.process(bench.cluedin.store.data_set(data_set_id), failed=9, calls_webhook=False)

    bench.push(data_set_id)

    attributes = bench.graph().own[f"{ROOT}/datasets/{data_set_id}"].attributes
    assert (attributes["totalRecords"], attributes["failedRecords"]) == (1000, 9)


def test_without_statistics_and_submissions_the_records_that_were_loaded_are_counted(
    bench: LineageBench, data_set_id: str
) -> None:
    with bench.cluedin.store.lock:
        bench.cluedin.store.submissions.clear()

    bench.push(data_set_id)

    attributes = bench.graph().own[f"{ROOT}/datasets/{data_set_id}"].attributes
    assert attributes["totalRecords"] == 1000
    assert "failedRecords" not in attributes or attributes["failedRecords"] is None


def test_the_submissions_of_a_data_set_without_a_mapping_are_not_asked_for(
    bench: LineageBench, data_set_id: str
) -> None:
    bench.unmap(data_set_id)
    since = bench.cluedin.log.last_seq

    assert bench.push(data_set_id).status is DataSetStatus.NOT_MAPPED

    asked = [str(record.operation) for record in bench.cluedin.log.since(since)]
    assert not any("getAnnotationSubmissions" in operation for operation in asked)


@pytest.mark.parametrize(
    "effect",
    [
        {"status": 200, "body": {"errors": [{"message": "Object reference not set"}], "data": None}},
        {"status": 200, "body": {"errors": [{"message": "no", "extensions": {"code": "FORBIDDEN"}}], "data": None}},
        {"status": 503},
    ],
    ids=["an error without a status", "no right to it", "a failure"],
)
def test_counts_that_cluedin_does_not_give_hold_no_lineage_up(
    bench: LineageBench, data_set_id: str, effect: dict[str, Any]
) -> None:
    with bench.cluedin.store.lock:
        bench.cluedin.store.submissions.clear()
    fault(bench, "preparation.getAnnotationSubmissions", **effect)

    assert bench.push(data_set_id).status is DataSetStatus.PUSHED


def test_submissions_that_always_fail_hold_no_lineage_up(bench: LineageBench) -> None:
    bench.cluedin.patch_switches({"submissions": "failing"})
    mapped, unmapped = bench.load(source := bench.sync_asset()), bench.load(source, "New.csv", mapping={}, records=0)
    with bench.cluedin.store.lock:
        bench.cluedin.store.submissions.clear()

    assert bench.push(mapped).status is DataSetStatus.PUSHED
    assert bench.push(unmapped).status is DataSetStatus.NOT_MAPPED


@pytest.mark.parametrize("operation", ["preparation.annotation$", "preparation.getAnnotationSubmissions"])
def test_a_server_that_does_not_tell_details_gives_the_lineage_without_them(
    bench: LineageBench, data_set_id: str, operation: str
) -> None:
    bench.cluedin.store.submissions.clear()
    fault(bench, operation, status=400, body={"errors": [{"message": "400: Bad Request"}]})

    assert bench.push(data_set_id).status is DataSetStatus.PUSHED

    assert bench.graph().nodes[-1] == ("cluedin_golden_records", "Customer")


def test_a_data_set_that_is_missing_in_other_words_is_unknown(bench: LineageBench, data_set_id: str) -> None:
    for message in ("Data set 925268EC not found", "DataSet does not exist", "404: Not Found", "There is no data set"):
        refuse(bench, GET_DATA_SET, message)

        bench.look_until_the_grace_is_over(data_set_id)
        assert bench.record(data_set_id).status is DataSetStatus.UNKNOWN, message
        bench.cluedin.faults.clear()


def test_a_back_end_that_fails_is_no_missing_data_set(bench: LineageBench, data_set_id: str) -> None:
    for message in ("500: Internal Server Error", "503: service not found"):
        refuse(bench, GET_DATA_SET, message)

        assert len(bench.push_failing(data_set_id)) == 1, message
        assert bench.record(data_set_id).status is DataSetStatus.QUEUED
        bench.cluedin.faults.clear()


@pytest.mark.parametrize(
    "effect",
    [
        {"status": 503, "body": "The service was not found at its address."},
        {"status": 200, "body": {"data": {}}},
        {"status": 200, "body": {"data": {"inbound": None}}},
        {"status": 200, "body": "<html>Sign in</html>"},
    ],
    ids=["proxy", "no answer", "nothing inbound", "login page"],
)
def test_an_answer_that_is_none_is_no_missing_data_set(
    bench: LineageBench, data_set_id: str, effect: dict[str, Any]
) -> None:
    fault(bench, GET_DATA_SET, **effect)

    assert len(bench.push_failing(data_set_id)) == 1

    assert bench.record(data_set_id).status is DataSetStatus.QUEUED


def test_a_role_that_is_missing_in_cluedin_waits_for_a_person(bench: LineageBench, data_set_id: str) -> None:
    bench.cluedin.patch_switches({"forbidden_operations": ["inbound.dataSet"]})

    (delay_s,) = bench.push_failing(data_set_id)

    assert delay_s >= 120
    assert "role" in bench.record(data_set_id).last_error


@pytest.mark.parametrize("total", ["exact", "more", "less", "page", "absent"])
@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_the_last_processing_is_found_however_many_there_were(
    bench: LineageBench, data_set_id: str, order: str, total: str
) -> None:
    bench.cluedin.patch_switches(
        {"processing_delay_s": 3600, "submission_order": order, "total": total, "page_limit": 10}
    )
    with bench.cluedin.store.lock:
        bench.cluedin.store.submissions.clear()
        for failed in (*range(25), 99):
            bench.cluedin.process(bench.cluedin.store.data_set(data_set_id), failed=failed, calls_webhook=False)
            bench.cluedin.clock.advance(1)

    bench.push(data_set_id)

    assert bench.graph().own[f"{ROOT}/datasets/{data_set_id}"].attributes["failedRecords"] == 99
