"""How long all instances leave a service alone, and how they come back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync_core.domain.throttle import Throttle
from sync_core.mapping.throttling import (
    FIRST_PAUSE_S,
    FORGIVEN_AFTER,
    LONGEST_PAUSE_S,
    LONGEST_SPREAD_S,
    next_throttle,
    wait_s,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def ask_again(times: int, retry_after_s: float | None = None) -> Throttle:
    """A service that asks for a pause, and again as soon as each one is over."""
    throttle = next_throttle(None, "purview", retry_after_s, NOW)
    for _ in range(times - 1):
        throttle = next_throttle(throttle, "purview", retry_after_s, throttle.until)
    return throttle


def pause_s(throttle: Throttle) -> float:
    return (throttle.until - throttle.seen_at).total_seconds()


def test_a_pause_is_as_long_as_the_service_asks_for() -> None:
    assert pause_s(ask_again(1, retry_after_s=42)) == 42


def test_a_service_that_does_not_say_is_left_alone_for_longer_each_time() -> None:
    pauses = [pause_s(ask_again(times)) for times in range(1, 8)]
    assert pauses[:3] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S]
    assert pauses[-1] == LONGEST_PAUSE_S


def test_answers_to_calls_made_before_a_pause_make_it_no_longer() -> None:
    first = next_throttle(None, "purview", None, NOW)
    late = next_throttle(first, "purview", None, NOW + timedelta(seconds=1))
    assert (late.until, late.strikes) == (first.until, first.strikes)


def test_a_service_that_was_quiet_for_long_starts_from_the_first_pause() -> None:
    throttle = ask_again(5)
    assert pause_s(next_throttle(throttle, "purview", None, throttle.seen_at + FORGIVEN_AFTER)) == FIRST_PAUSE_S


@given(st.integers(1, 10), st.floats(0, 1))
def test_nobody_comes_back_before_the_end_of_the_pause(times: int, chance: float) -> None:
    throttle = ask_again(times)
    assert pause_s(throttle) <= wait_s(throttle, throttle.seen_at, chance) <= pause_s(throttle) + LONGEST_SPREAD_S
    assert wait_s(throttle, throttle.until, chance) == 0


def test_workers_come_back_one_after_the_other() -> None:
    throttle = ask_again(1, retry_after_s=30)
    waits = [wait_s(throttle, NOW, tenths / 10) for tenths in range(10)]
    assert waits == [30 + 3 * tenths for tenths in range(10)]
