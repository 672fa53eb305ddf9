"""Reading JSON that may be anything: what is not as expected counts as not there."""

import json
from typing import Any

import pytest

from sync_core.http.json_reading import integer, member, objects, text, texts


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"a": {"b": "x"}}, "x"),
        ({"a": {"b": 7}}, "7"),
        ({"a": {"b": 1.5}}, "1.5"),
        ({"a": {"b": True}}, ""),
        ({"a": {"b": None}}, ""),
        ({"a": {"b": {"c": 1}}}, ""),
        ({"a": {"b": ["x"]}}, ""),
        ({"a": ["b"]}, ""),
        ({"a": "b"}, ""),
        ({}, ""),
        (None, ""),
        ("a", ""),
    ],
)
def test_a_text_is_a_text_or_a_number_at_its_path(body: Any, expected: str) -> None:
    assert text(body, "a", "b") == expected


def test_half_a_character_is_no_reason_to_fail_later() -> None:
    found = text(json.loads('{"name": "Konto \\ud83d.csv"}'), "name")
    assert found == "Konto \N{REPLACEMENT CHARACTER}.csv"
    assert texts({"l": [json.loads('"\\udc00"')]}, "l") == ("\N{REPLACEMENT CHARACTER}",)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        ("7", 7),
        ("-7", -7),
        ("--7", None),
        (1.5, None),
        ("²", None),
        ("9" * 5000, None),
        (True, None),
        ([], None),
    ],
)
def test_an_integer_may_be_written_as_text(value: Any, expected: int | None) -> None:
    assert integer({"n": value}, "n") == expected


@pytest.mark.parametrize("value", [None, "x", {"a": 1}, 7])
def test_what_is_no_list_is_an_empty_one(value: Any) -> None:
    assert list(objects({"l": value}, "l")) == []
    assert texts({"l": value}, "l") == ()


def test_lists_keep_what_is_of_the_wanted_kind() -> None:
    mixed = {"l": [{"a": 1}, "x", None, ["y"], "z"]}
    assert list(objects(mixed, "l")) == [{"a": 1}]
    assert texts(mixed, "l") == ("x", "z")


def test_a_member_without_a_path_is_the_body() -> None:
    assert member({"a": 1}) == {"a": 1}
