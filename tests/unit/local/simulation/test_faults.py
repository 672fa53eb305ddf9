import time
from typing import Any

import pytest
import requests
from pydantic import ValidationError

from local.simulation import Effect, Fault, FaultBook, Match


def arm(base_url: str, **fault: Any) -> int:
    answer = requests.post(f"{base_url}/_simulator/faults", json=fault, timeout=5)
    answer.raise_for_status()
    (fault_id,) = answer.json()["ids"]
    return int(fault_id)


def count(base_url: str) -> requests.Response:
    return requests.post(f"{base_url}/count", timeout=5)


def value(base_url: str) -> int:
    return int(requests.get(f"{base_url}/_simulator/state", timeout=5).json()["value"])


def test_a_status_fault_answers_in_place_of_the_operation(base_url: str) -> None:
    arm(base_url, effect={"status": 429, "headers": {"Retry-After": "7"}, "body": {"error": "slow down"}})
    struck = count(base_url)
    assert (struck.status_code, struck.headers["Retry-After"], struck.json()) == (429, "7", {"error": "slow down"})
    assert value(base_url) == 0
    assert count(base_url).status_code == 200


def test_a_body_of_text_is_sent_as_it_is_and_none_is_empty(base_url: str) -> None:
    arm(base_url, effect={"status": 502, "body": "<html>bad gateway</html>"})
    arm(base_url, effect={"status": 401})
    assert count(base_url).text == "<html>bad gateway</html>"
    assert count(base_url).content == b""


def test_skip_lets_the_first_pass_and_times_ends_it(base_url: str) -> None:
    arm(base_url, effect={"status": 500}, skip=1, times=2)
    assert [count(base_url).status_code for _ in range(5)] == [200, 500, 500, 200, 200]


def test_a_fault_without_end_lasts_until_it_is_lifted(base_url: str) -> None:
    fault_id = arm(base_url, effect={"status": 500}, times=None)
    assert [count(base_url).status_code for _ in range(3)] == [500, 500, 500]
    requests.delete(f"{base_url}/_simulator/faults", params={"id": fault_id}, timeout=5)
    assert count(base_url).status_code == 200


def test_dropping_before_breaks_the_connection_and_executes_nothing(base_url: str) -> None:
    arm(base_url, effect={"drop": "before"})
    with pytest.raises(requests.ConnectionError):
        count(base_url)
    assert value(base_url) == 0


def test_dropping_after_executes_and_loses_the_answer(base_url: str) -> None:
    arm(base_url, effect={"drop": "after"})
    with pytest.raises(requests.ConnectionError):
        count(base_url)
    assert value(base_url) == 1
    (record,) = requests.get(f"{base_url}/_simulator/requests", timeout=5).json()["requests"]
    assert (record["status"], record["fault"]) == (None, 1)


def test_a_connection_that_was_kept_alive_is_broken_too(base_url: str) -> None:
    with requests.Session() as session:
        session.post(f"{base_url}/count", timeout=5)
        arm(base_url, effect={"drop": "before"})
        with pytest.raises(requests.ConnectionError):
            session.post(f"{base_url}/count", timeout=5)
        assert session.post(f"{base_url}/count", timeout=5).json()["value"] == 2


def test_a_handler_may_lose_the_connection_itself(base_url: str) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{base_url}/lost", timeout=5)
    (record,) = requests.get(f"{base_url}/_simulator/requests", timeout=5).json()["requests"]
    assert (record["operation"], record["status"]) == ("Counter_Lose", None)


def test_a_delay_comes_before_the_ordinary_answer(base_url: str) -> None:
    arm(base_url, effect={"delay_s": 0.2})
    started = time.monotonic()
    assert count(base_url).json()["value"] == 1
    assert time.monotonic() - started >= 0.2


def test_admin_requests_are_never_faulted(base_url: str) -> None:
    arm(base_url, effect={"status": 500}, times=None)
    assert requests.get(f"{base_url}/_simulator/state", timeout=5).status_code == 200


def test_a_fault_reports_how_often_it_matched_and_fired(base_url: str) -> None:
    arm(base_url, match={"path": "^/count$"}, effect={"status": 500}, skip=1)
    for _ in range(3):
        count(base_url)
    (report,) = requests.get(f"{base_url}/_simulator/faults", timeout=5).json()
    assert (report["matched"], report["fired"]) == (2, 1)


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        (Match(), True),
        (Match(method="post"), True),
        (Match(method="GET"), False),
        (Match(path="^/count$"), True),
        (Match(path="^/coun$"), False),
        (Match(operation="Increase"), True),
        (Match(operation="^Increase"), False),
        (Match(method="POST", path="other"), False),
        (Match(url="guid=g1(&|$)"), True),
        (Match(url="guid=g3"), False),
        (Match(path="guid"), False),
        (Match(body='"id": "7"'), True),
        (Match(body='"id": "70"'), False),
    ],
)
def test_all_conditions_of_a_match_must_hold(match: Match, hit: bool) -> None:  # noqa: FBT001
    assert match.covers("POST", "/count", "Counter_Increase", "guid=g2&guid=g1", '{"id": "7"}') is hit


def test_a_probability_strikes_the_same_requests_for_the_same_seed() -> None:
    def struck(seed: int) -> list[bool]:
        book = FaultBook()
        book.add(Fault(effect=Effect(status=500), times=None, probability=0.3, seed=seed))
        return [book.strike("GET", "/", None) is not None for _ in range(200)]

    assert struck(1) == struck(1)
    assert struck(1) != struck(2)
    assert 30 < sum(struck(1)) < 90


@pytest.mark.parametrize("effect", [{}, {"status": 500, "drop": "before"}, {"drop": "sideways"}, {"stauts": 500}])
def test_an_effect_that_makes_no_sense_is_refused(effect: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Effect.model_validate(effect)


def test_a_broken_regular_expression_is_refused(base_url: str) -> None:
    fault = {"match": {"path": "("}, "effect": {"status": 500}}
    answer = requests.post(f"{base_url}/_simulator/faults", json=fault, timeout=5)
    assert answer.status_code == 400
    assert "regular expression" in answer.json()["error"]
