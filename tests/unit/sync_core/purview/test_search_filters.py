"""The search filters: documented operators only, and windows that leave no gap."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.lineage.graph.types import entity_types
from sync_core.purview.asset_types import OWN_PREFIX
from sync_core.purview.search_filters import OWN_TYPES, Window, everything_but_own, since, within

CONDITIONS = everything_but_own("abc123")


def operators(condition: Any) -> Iterator[str]:
    if isinstance(condition, dict):
        yield from (value for key, value in condition.items() if key == "operator")
        for value in condition.values():
            yield from operators(value)
    if isinstance(condition, list):
        for value in condition:
            yield from operators(value)


def test_what_we_write_ourselves_is_left_out() -> None:
    assert {"not": {"collectionId": "abc123"}} in CONDITIONS
    assert {"not": {"objectType": "Glossary terms"}} in CONDITIONS
    assert all({"not": {"entityType": name}} in CONDITIONS for name in OWN_TYPES)
    assert all(name.startswith(OWN_PREFIX) for name in OWN_TYPES)


def test_every_type_that_lineage_registers_is_left_out() -> None:
    assert {definition["name"] for definition in entity_types()} == set(OWN_TYPES)


def test_a_collection_that_holds_others_assets_too_is_searched() -> None:
    assert not any("collectionId" in condition["not"] for condition in everything_but_own(""))


def test_a_window_is_from_its_start_and_before_its_end() -> None:
    assert within([], "createTime", Window(10, 20)) == {
        "and": [
            {"not": {"createTime": {"operator": "lt", "timeThreshold": 10}}},
            {"createTime": {"operator": "lt", "timeThreshold": 20}},
        ]
    }


def test_an_open_window_asks_for_nothing_that_an_entity_without_a_time_could_fail() -> None:
    assert within([], "createTime", Window(10)) == since([], "createTime", 10)
    assert within(CONDITIONS, "createTime", Window(0)) == {"and": CONDITIONS}


def test_since_a_moment_has_no_end() -> None:
    assert since([], "updateTime", 10) == {"and": [{"not": {"updateTime": {"operator": "lt", "timeThreshold": 10}}}]}


def test_only_the_one_documented_operator_on_times_is_used() -> None:
    used = {*operators(within(CONDITIONS, "createTime", Window(1, 2))), *operators(since(CONDITIONS, "updateTime", 0))}
    assert used == {"lt"}


@given(st.integers(0, 2**41), st.integers(0, 2**41), st.booleans())
def test_the_halves_of_a_window_are_the_window(start_ms: int, length_ms: int, is_open: bool) -> None:  # noqa: FBT001
    window = Window(start_ms, None if is_open else start_ms + length_ms)
    halves = window.halves(now_ms=start_ms + length_ms)
    if halves is None:
        assert length_ms <= 1
        return
    first, second = halves
    assert (first.start_ms, first.end_ms, second.end_ms) == (window.start_ms, second.start_ms, window.end_ms)
    assert window.start_ms < second.start_ms < window.start_ms + length_ms


@pytest.mark.parametrize("length_ms", [2, 3, 10**12])
@pytest.mark.parametrize("is_open", [True, False])
def test_halving_a_window_comes_to_an_end(length_ms: int, is_open: bool) -> None:  # noqa: FBT001
    window, halvings = Window(0, None if is_open else length_ms), 0
    while halves := window.halves(now_ms=length_ms):
        window, halvings = halves[1], halvings + 1
    assert halvings <= 41
