"""`GET status?examine=`: what the doctor finds over HTTP, and that a GET writes nothing."""

import json
from dataclasses import replace
from typing import Any, cast

import pytest

from local.stack import TERM
from sync_core.app import triggers
from sync_core.errors import RejectedError
from sync_core.operations.doctor import Verdict, wants_examination
from sync_core.runtime import Runtime
from tests.kit.estate import Estate, NewEstate

TYPES = "Purview: the app's identity may register its types (Data Curator)"
GROUPS = "CluedIn: the service account can sign in and see data source groups"
READING = {"GET", "HEAD"}


@pytest.fixture
def estate(new_estate: NewEstate) -> Estate:
    return new_estate()


def examine(estate: Estate) -> dict[str, Any]:
    found = json.loads(estate.app.doctor.answer({}).body)
    return {one["check"]: one for one in found["findings"]}


def written(estate: Estate, since: int) -> list[str | None]:
    """What was asked of Purview that is no reading; a search and a query are POSTs that read."""
    asked = [one for one in estate.purview_log(since) if one.method not in READING]
    return [one.operation for one in asked if not str(one.operation).endswith("_Query")]


@pytest.mark.parametrize("value", ["true", "TRUE", "1", "yes", " on "])
def test_who_says_yes_gets_an_examination(value: str) -> None:
    assert wants_examination({"examine": value})


@pytest.mark.parametrize("query", [{}, *({"examine": no} for no in ("false", "False", "0", "no", "off", "", " "))])
def test_who_says_no_or_nothing_gets_none(query: dict[str, str]) -> None:
    assert not wants_examination(query)


@pytest.mark.parametrize("value", ["maybe", "2", "tru"])
def test_who_says_something_else_is_told_what_is_expected(value: str) -> None:
    with pytest.raises(RejectedError, match=f"examine is '{value}'; expected true or false"):
        wants_examination({"examine": value})


def test_an_examination_over_http_writes_nothing_to_purview(estate: Estate) -> None:
    since = estate.purview.log.last_seq

    types = examine(estate)[TYPES]

    assert written(estate, since) == []
    assert (types["verdict"], types["isWell"]) == (Verdict.OPEN, True)
    assert "cluedin_data_set" in types["detail"]


def test_types_that_are_registered_are_seen(estate: Estate) -> None:
    estate.app.doctor.types.register()
    assert examine(estate)[TYPES]["verdict"] == Verdict.PASS


def test_a_right_that_is_missing_is_named_over_http_too(estate: Estate) -> None:
    estate.purview.access.grant("*", {})
    findings = examine(estate).values()
    assert any("Data Reader" in one["detail"] for one in findings if one["verdict"] == Verdict.FAIL)


def test_a_change_of_the_settings_is_left_for_the_next_run_to_tell(new_estate: NewEstate) -> None:
    new_estate().tick()
    changed = new_estate(SYNC_TERM=TERM.partition("@")[0])
    examine(changed)
    changed.clock.advance(60)
    assert any("The settings changed" in note for note in changed.tick().notes)


def test_a_hundred_groups_are_enough_to_see_that_there_are_some(estate: Estate) -> None:
    for number in range(130):
        estate.add_foreign_group(f"group {number:03}")
    since = estate.cluedin.log.last_seq
    assert examine(estate)[GROUPS]["detail"].startswith("at least 100 groups")
    listed = [one for one in estate.cluedin.log.since(since) if one.operation == "inbound.dataSourceSets"]
    assert len(listed) <= 2


@pytest.mark.parametrize(("value", "status"), [("false", 200), ("0", 200), ("no", 200), ("perhaps", 400)])
def test_the_route_reads_it_so(estate: Estate, monkeypatch: pytest.MonkeyPatch, value: str, status: int) -> None:
    monkeypatch.setattr("sync_core.app.triggers.app", lambda: estate.app)
    since = estate.purview.log.last_seq
    answer = triggers.status({"examine": value})
    assert answer.status == status
    assert ("counts" in json.loads(answer.body)) == (status == 200)
    assert estate.purview_log(since) == []


def test_what_takes_long_is_examined_in_parts(estate: Estate) -> None:
    seconds = iter(range(0, 10_000, 2))
    slow = replace(estate.app, runtime=Runtime(now=estate.clock.now, monotonic=lambda: next(seconds)))
    query, checks, parts = {"examine": "true"}, list[str](), 0
    while query.get("next") is not None or not parts:
        found = json.loads(slow.doctor.answer(query).body)
        checks += [one["check"] for one in found["findings"]]
        query, parts = {"next": found["next"]}, parts + 1
    assert parts > 2
    assert checks == list(examine(estate))


def test_what_nobody_foresaw_is_a_finding(estate: Estate) -> None:
    found = json.loads(replace(estate.app.doctor, tables=[cast("Any", None)]).answer({}).body)
    (broken,) = [one for one in found["findings"] if one["verdict"] == Verdict.FAIL]
    assert "AttributeError" in broken["detail"]
