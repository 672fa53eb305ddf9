"""How long an answer asks to be left alone, by seconds or by a date."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.http.retry_after import LONGEST_RETRY_AFTER_S, parse_retry_after

ANSWERED = "Wed, 04 Mar 2026 05:06:07 GMT"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("5", 5.0),
        (" 2.5 ", 2.5),
        ("999999", LONGEST_RETRY_AFTER_S),
        ("Wed, 04 Mar 2026 05:06:37 GMT", 30.0),
        ("Wed, 04 Mar 2026 06:06:37 +0100", 30.0),
        ("Wed, 04 Mar 2026 05:00:00 GMT", 0.0),
        ("Wed, 04 Mar 2099 05:00:00 GMT", LONGEST_RETRY_AFTER_S),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("Mon, 01 Jan 99999 00:00:00 GMT", None),
    ],
)
def test_a_pause_is_asked_for_in_seconds_or_until_a_date(value: str, seconds: float | None) -> None:
    assert parse_retry_after({"Retry-After": value, "Date": ANSWERED}) == seconds


@given(st.text(st.characters(max_codepoint=255)) | st.datetimes().map(lambda at: at.strftime("%a, %d %b %Y %X %z")))
def test_any_pause_header_is_understood_or_left_alone(value: str) -> None:
    seconds = parse_retry_after({"Retry-After": value, "Date": ANSWERED})
    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER_S


def test_without_a_pause_header_no_pause_was_asked_for() -> None:
    assert parse_retry_after({}) is None
    assert parse_retry_after({"Date": ANSWERED}) is None


def test_a_date_in_an_answer_that_does_not_tell_its_own_counts_from_now() -> None:
    until = (datetime.now(UTC) + timedelta(seconds=100)).strftime("%a, %d %b %Y %X GMT")
    assert parse_retry_after({"Retry-After": until}) == pytest.approx(100, abs=30)


def test_a_date_counts_by_the_clock_of_the_service() -> None:
    ahead = {"Retry-After": "Wed, 04 Mar 2099 05:06:37 GMT", "Date": "Wed, 04 Mar 2099 05:06:07 GMT"}
    assert parse_retry_after(ahead) == 30
