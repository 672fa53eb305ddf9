"""How texts of others, moments and counts are told."""

from datetime import timedelta

import pytest

from sync_core.operations.dashboard.words import (
    Moment,
    duration,
    fitting,
    lines,
    relative,
    shortened,
    tame,
    to_moment,
)
from tests.unit.sync_core.builders import NOW


def test_a_moment_of_the_same_day_is_told_by_its_time_and_an_older_one_by_its_date() -> None:
    assert to_moment(NOW, NOW) == Moment("2026-03-04T05:06:07+00:00", "05:06:07", "now")
    yesterday = to_moment(NOW - timedelta(days=1), NOW)
    assert yesterday == Moment("2026-03-03T05:06:07+00:00", "2026-03-03 05:06", "1\u00a0d ago")
    assert to_moment(None, NOW) is None


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.4, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (200_000, "2 d")]
)
def test_a_duration_is_told_in_its_largest_unit(seconds: float, told: str) -> None:
    assert duration(timedelta(seconds=seconds)) == told.replace(" ", "\u00a0")


def test_what_comes_and_what_was_are_told_apart() -> None:
    minute = timedelta(minutes=1)
    assert (relative(NOW + minute, NOW), relative(NOW - minute, NOW)) == ("in 1\u00a0min", "1\u00a0min ago")


def test_a_long_text_is_cut_and_a_control_character_is_shown() -> None:
    assert shortened("a" * 121) == "a" * 120 + "…"
    assert shortened("a\u202eb\x00") == "a\\u202eb\\x00"


def test_the_problems_of_one_error_are_lines_of_their_own() -> None:
    assert lines("Settings are wrong\n- A: no\r\n- B: no") == ("Settings are wrong", "A: no\\r", "B: no")
    assert lines("") == ()
    assert len(lines("x" * 5000)[0]) < 1300


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Customers", "Customers"),
        ("Customers of Contoso", "Customers…"),
        ("名前名前名前名前", "名前名前…"),
        ("e\u0301" * 30, "e\u0301" * 9 + "…"),
        ("", ""),
    ],
)
def test_a_text_is_cut_to_the_room_that_it_has(text: str, shown: str) -> None:
    assert fitting(text, 10) == shown


def test_what_is_drawn_as_one_character_is_not_cut_in_two() -> None:
    family = "👩\u200d👩\u200d👧"
    assert fitting(f"{family} family name", 4) == "…"
    assert fitting(f"ab{family}", 5) == "ab…"


def test_a_letter_has_no_tower_of_accents() -> None:
    tower = "a" + "\u0301" * 5000 + "b"
    for told in (tame(tower), shortened(tower), fitting(tower, 10)):
        assert told == "a" + "\u0301" * 4 + "b"
    assert lines(tower) == ("a" + "\u0301" * 4 + "…",)
    assert len(fitting("\u200d" * 5000, 10)) < 300
    assert tame("Việt Nam, हिन्दी, שָׁלוֹם") == "Việt Nam, हिन्दी, שָׁלוֹם"
