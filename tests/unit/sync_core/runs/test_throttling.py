"""How long all instances leave a service alone, and how they come back."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from sync_core.runs.throttle import Throttle
from sync_core.runs.throttling import (
    FIRST_PAUSE_S,
    FORGIVEN_AFTER_S,
    GROWS_TWOFOLD_IN_S,
    LONGEST_PAUSE_S,
    LONGEST_SPREAD_S,
    SLOWEST_PER_S,
    learned_per_s,
    next_throttle,
    wait_s,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def ask(before: Throttle | None = None, *, age_s: float = 0, retry_after_s: float | None = None) -> Throttle:
    """A service asks for a pause, so long after it asked for the one before."""
    return next_throttle(before, age_s, "purview", retry_after_s, NOW)


def ask_again(times: int, retry_after_s: float | None = None) -> Throttle:
    """A service that asks for a pause, and again as soon as each one is over."""
    throttle = ask(retry_after_s=retry_after_s)
    for _ in range(times - 1):
        throttle = ask(throttle, age_s=throttle.pause_s, retry_after_s=retry_after_s)
    return throttle


def test_a_pause_is_as_long_as_the_service_asks_for() -> None:
    assert ask_again(1, retry_after_s=42).pause_s == 42


def test_a_service_that_does_not_say_is_left_alone_for_longer_each_time() -> None:
    pauses = [ask_again(times).pause_s for times in range(1, 8)]
    assert pauses[:3] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S]
    assert pauses[-1] == LONGEST_PAUSE_S


def test_answers_to_calls_made_before_a_pause_make_it_no_longer() -> None:
    first = ask()
    late = ask(first, age_s=1)
    assert (late.pause_s, late.strikes) == (first.pause_s - 1, first.strikes)


def test_a_service_that_asks_for_more_during_a_pause_gets_it() -> None:
    assert ask(ask(), age_s=1, retry_after_s=42).pause_s == 42
    assert ask(ask(retry_after_s=42), age_s=1, retry_after_s=2).pause_s == 41


def test_people_are_told_when_a_pause_ends() -> None:
    throttle = ask(retry_after_s=42)
    assert (throttle.until - throttle.seen_at).total_seconds() == throttle.pause_s


def test_a_service_that_was_quiet_for_long_starts_from_the_first_pause() -> None:
    assert ask(ask_again(5), age_s=FORGIVEN_AFTER_S).pause_s == FIRST_PAUSE_S


@given(st.integers(1, 10), st.floats(0, 1))
def test_nobody_comes_back_before_the_end_of_the_pause(times: int, chance: float) -> None:
    throttle = ask_again(times)
    assert throttle.pause_s <= wait_s(throttle, 0, chance) <= throttle.pause_s + LONGEST_SPREAD_S
    assert wait_s(throttle, throttle.pause_s, chance) == 0


def test_workers_come_back_one_after_the_other() -> None:
    throttle = ask_again(1, retry_after_s=30)
    waits = [wait_s(throttle, 0, tenths / 10) for tenths in range(10)]
    assert waits == [30 + 3 * tenths for tenths in range(10)]


def taught(before: Throttle | None, per_s: float | None, age_s: float = 0) -> Throttle:
    """A service asks for a pause after so many requests a second."""
    return next_throttle(before, age_s, "purview", 10.0, NOW, observed_per_s=per_s)


def test_a_429_teaches_half_the_pace_at_which_it_came() -> None:
    first = taught(None, 40.0)
    assert learned_per_s(first, 0) == learned_per_s(first, first.pause_s) == 20.0
    assert taught(first, 12.0, age_s=first.pause_s).per_s == 6.0
    assert taught(None, 0.1).per_s == SLOWEST_PER_S


def test_a_429_teaches_nothing_where_it_comes_amid_a_pause_or_after_few_requests() -> None:
    first = taught(None, 40.0)
    assert taught(first, 40.0, age_s=1).per_s == first.per_s
    assert taught(None, None).per_s is None
    assert taught(first, None, age_s=first.pause_s).per_s == first.per_s


def test_a_learned_pace_grows_after_its_pause_and_is_forgotten() -> None:
    first = taught(None, 40.0)
    assert learned_per_s(first, first.pause_s + GROWS_TWOFOLD_IN_S) == 40.0
    assert learned_per_s(first, first.pause_s + FORGIVEN_AFTER_S) is None
    assert learned_per_s(None, 0) is None
