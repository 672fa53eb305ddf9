"""Answers that come in parts are put together as if they had come at once."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sync_core.commands import show
from sync_core.commands.desk import act_until_done
from sync_core.commands.exits import WrongRequestError
from sync_core.commands.parts import ask_in_parts, merge_examinations, merge_explanations, merge_plans
from sync_core.commands.plans import read_plan
from sync_core.errors import TransientError

BLOCK = "\N{FULL BLOCK}"
NOTE = {"cause": "renamed", "weight": "note", "what": "It was renamed.", "evidence": "", "fix": ""}
TAG = {"cause": "tagOnColumn", "weight": "inTheWay", "what": "On its column.", "evidence": "'Sku'", "fix": "Tag it."}


class Parts:
    """A desk that answers one part after the other, each asked for by the page token of the one before."""

    def __init__(self, *parts: Mapping[str, Any]) -> None:
        self._parts = parts
        self.asked: list[Mapping[str, Any]] = []

    def ask(self, query: Mapping[str, str]) -> dict[str, Any]:
        self.asked.append(query)
        number = len(self.asked) - 1
        assert query.get("next", "0") == str(number)
        return {**self._parts[number], "next": str(number + 1) if number + 1 < len(self._parts) else None}

    def act(self, order: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(order)
        return dict(self._parts[len(self.asked) - 1])


def explained(guid: str, *findings: Mapping[str, Any], is_whole: bool = True) -> dict[str, Any]:
    is_well = TAG not in findings
    first = findings[0] if findings else None
    names = {"name": guid, "qualifiedName": f"q://{guid}", "type": "table"}
    return {**names, "guid": guid, "isWell": is_well, "isWhole": is_whole, "first": first, "findings": list(findings)}


def part(*assets: Mapping[str, Any], findings: Any = (), first: Any = None) -> dict[str, Any]:
    return {"asked": "a", "first": first, "findings": list(findings), "assets": list(assets)}


def test_an_examination_in_parts_is_one() -> None:
    desk = Parts(
        {"isWell": True, "findings": [1]}, {"isWell": False, "findings": [2]}, {"isWell": True, "findings": []}
    )
    found = ask_in_parts(desk, {"examine": "true"}, merge_examinations)
    assert found == {"isWell": False, "findings": [1, 2]}


def test_an_asset_that_is_explained_in_parts_is_one() -> None:
    desk = Parts(
        part(explained("a", NOTE, is_whole=False), first=NOTE),
        part(explained("a", TAG), explained("b"), first=TAG),
    )
    found = ask_in_parts(desk, {"explain": "x"}, merge_explanations)
    a, b = found["assets"]
    assert (a["findings"], a["isWell"], a["isWhole"], b["isWell"]) == ([NOTE, TAG], False, True, True)
    assert found["first"] == a["first"] == TAG
    assert not show.is_explained_well(found)
    told = [line.lead + line.text for line in show.explanation(found)]
    assert told[:3] == ["inTheWay tagOnColumn a (q://a, table): On its column.", "    'Sku'", "    Tag it."]


def test_what_is_no_data_asset_is_not_meant_where_something_else_has_the_name() -> None:
    process = {**explained("process", TAG), "isLeftOut": True}
    begun = {**explained("process", NOTE, is_whole=False), "isLeftOut": True}
    for parts in (
        [part(explained("report"), process)],
        [part(explained("report"), begun), part(explained("process", TAG))],
    ):
        found = ask_in_parts(Parts(part(), *parts), {"explain": "x"}, merge_explanations)
        assert show.is_explained_well(found)
        assert found["first"] is None
    alone = ask_in_parts(Parts(part(), part(process)), {"explain": "x"}, merge_explanations)
    assert not show.is_explained_well(alone)
    assert (alone["first"], alone["about"]) == (TAG, "process")


def test_what_names_no_asset_is_not_well() -> None:
    found = ask_in_parts(Parts(part(findings=[TAG], first=TAG)), {"explain": "x"}, merge_explanations)
    assert not show.is_explained_well(found)
    assert len([line for line in show.explanation(found) if "On its column" in line.text]) == 1


PLAN: dict[str, Any] = {
    "asked": "configured",
    "keywords": ["Sync"],
    "terms": ["the classic term Sync"],
    "counts": {"create": 3, "keep": 1},
    "leftOut": [{"type": "column", "why": "it is a column", "assets": 2}],
    "assets": [
        {"act": "create", "guid": "a", "name": "A", "qualifiedName": "q://a", "groupName": "A : q://a", "isClash": True}
    ],
    "requests": {"cluedin": 9},
    "seconds": {"cluedin": 4.0},
    "governed": 1,
    "wouldBeGoverned": 2,
    "notes": ["It is paused."],
}


def test_a_plan_in_parts_adds_up_and_is_told_with_bars() -> None:
    whole = ask_in_parts(Parts(PLAN, PLAN), {"plan": "configured"}, merge_plans)
    assert (whole["counts"], len(whole["assets"])) == ({"create": 6, "keep": 2}, 2)
    told = [line.lead + line.text for line in show.plan(whole)]
    for line in (
        "Keywords: Sync",
        f"  create        {BLOCK * 40} 6",
        f"  keep          {BLOCK * 13} 2",
        "Left out: 4 of type column: it is a column",
        "Requests for these: 18 cluedin; about 8 s at the pace of now",
        "Governed in the Unified Catalog: 2 are, 4 more would be",
        "It is paused.",
        "create A (q://a) as group 'A : q://a', as another group has its plain name",
    ):
        assert line in told


@pytest.mark.parametrize("text", ["", "[]", "{}", "nothing"])
def test_a_file_that_is_no_plan_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text, encoding="utf-8")
    for path in (file, tmp_path / "elsewhere.json"):
        with pytest.raises(WrongRequestError, match="is no plan that "):
            read_plan(path)


def test_a_plan_of_a_version_that_knew_other_acts_is_said_to_be_that(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({"asked": "a", "new": 1, "assets": [{"act": "merge", "guid": "g"}]}), encoding="utf-8")
    with pytest.raises(WrongRequestError, match=r"assets\.0\.act: .* Another version of the app may have saved it"):
        read_plan(file)


def test_an_order_is_given_again_until_nothing_is_left_or_nothing_gets_less() -> None:
    desk = Parts(
        {"done": 5, "left": 3, "refused": []}, {"done": 2, "left": 1, "refused": ["x"]}, {"done": 0, "left": 1}
    )
    assert act_until_done(desk, {"action": "replay"})["done"] == 7
    assert len(desk.asked) == 3


def test_a_part_of_a_plan_is_not_compared(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({"asked": "a", "next": "token"}), encoding="utf-8")
    with pytest.raises(WrongRequestError, match="part of a plan"):
        read_plan(file)


class Failing(Parts):
    """Answers a part behind the first after some failures."""

    def __init__(self, failures: int) -> None:
        super().__init__(PLAN, PLAN)
        self._failures = failures

    def ask(self, query: Mapping[str, str]) -> dict[str, Any]:
        if query.get("next") and self._failures:
            self._failures -= 1
            raise TransientError("It ended.")
        return super().ask(query)


def test_a_part_that_fails_is_asked_for_again_and_then_the_answer_is_none() -> None:
    pauses = list[float]()
    whole = ask_in_parts(Failing(3), {"plan": "a"}, merge_plans, pauses.append)
    assert whole["counts"] == {"create": 6, "keep": 2}
    assert pauses == [2, 10, 30]
    with pytest.raises(TransientError, match="It ended"):
        ask_in_parts(Failing(4), {"plan": "a"}, merge_plans, pauses.append)
