"""Trace contexts that are carried, and what an attribute may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.telemetry.door import LONGEST_VALUE, safe_attributes, safely
from sync_core.telemetry.spans import UNHEARD
from sync_core.telemetry.traceparent import well_formed

GOOD = f"00-{'4bf92f3577b34da6a3ce929d0e0e4736'}-{'00f067aa0ba902b7'}-01"


def test_a_trace_context_is_taken_as_it_is() -> None:
    assert well_formed(GOOD) == GOOD


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        b"00",
        "",
        GOOD.upper(),
        f" {GOOD}",
        f"{GOOD}\n",
        f"{GOOD}-more",
        GOOD.replace("00-4", "ff-4"),
        f"00-{'0' * 32}-{'1' * 16}-01",
        f"00-{'1' * 32}-{'0' * 16}-01",
    ],
    ids=repr,
)
def test_whatever_else_counts_for_nothing(value: object) -> None:
    assert well_formed(value) is None


@given(st.text())
def test_no_text_is_refused(text: str) -> None:
    assert well_formed(text) in {None, text}


def test_an_attribute_holds_no_token_no_control_character_and_not_too_much() -> None:
    told = safe_attributes(
        {"a": "Bearer abcdefghijklmnopqrstuvwxyz", "b": "x\r\ny", "c": "n" * 1000, "d": ["\x00", "k"]}
    )
    assert told == {"a": "Bearer ***", "b": "x\\r\\ny", "c": "n" * LONGEST_VALUE, "d": ["\\x00", "k"]}


def test_what_is_empty_is_left_out_and_zero_is_not_empty() -> None:
    assert safe_attributes({"a": "", "b": 0, "c": "x"}) == {"b": 0, "c": "x"}


def test_a_failure_of_telemetry_goes_no_further() -> None:
    def fail() -> None:
        raise RuntimeError("the exporter")

    assert safely(fail) is None


def test_a_span_that_nobody_hears_takes_everything() -> None:
    UNHEARD.tell({"a": 1})
    UNHEARD.fail("Error")
    UNHEARD.link(GOOD)
    assert not UNHEARD.is_heard
