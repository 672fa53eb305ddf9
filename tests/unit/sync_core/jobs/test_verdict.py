"""What a failure means for the work that failed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.errors import (
    ConfigError,
    ConflictError,
    NotFoundError,
    RejectedError,
    SlowAnswerError,
    StateError,
    SyncError,
    ThrottledError,
    TransientError,
    UnforeseenError,
    UnseenError,
)
from sync_core.jobs.backoff import (
    CONFIG_DELAY_S,
    FIRST_DELAY_S,
    LONGEST_THROTTLE,
    MOST_ATTEMPTS,
    UNSEEN_DELAY_S,
)
from sync_core.jobs.verdict import GiveUp, Later, Verdict, Why, judge
from tests.unit.sync_core.builders import NOW, make_job

PASSING = [TransientError("down"), SlowAnswerError("slow"), ConflictError("taken"), UnforeseenError("a bug")]


def verdict(error: SyncError, *, attempts: int = 0, chance: float = 0, throttled: timedelta | None = None) -> Verdict:
    since = NOW - throttled if throttled is not None else None
    return judge(error, make_job(attempts=attempts, throttled_since=since), NOW, chance)


@pytest.mark.parametrize(("retry_after_s", "delay_s"), [(None, FIRST_DELAY_S), (0.0, FIRST_DELAY_S), (42.0, 42.0)])
def test_work_that_is_to_slow_down_waits_as_long_as_asked_for_and_never_comes_at_once(
    retry_after_s: float | None, delay_s: float
) -> None:
    error = ThrottledError("busy", retry_after_s=retry_after_s)
    assert verdict(error, attempts=MOST_ATTEMPTS) == Later(delay_s, Why.THROTTLED)


def test_work_that_hears_nothing_else_for_a_day_is_given_up() -> None:
    error = ThrottledError("busy")
    assert verdict(error, throttled=LONGEST_THROTTLE) == GiveUp("exhausted_throttled")
    assert isinstance(verdict(error, throttled=LONGEST_THROTTLE - timedelta(seconds=1)), Later)


def test_what_a_person_must_mend_is_not_tried_every_few_seconds() -> None:
    assert verdict(ConfigError("wrong role")) == Later(CONFIG_DELAY_S)


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_can_pass_is_tried_again_after_a_growing_pause(error: SyncError) -> None:
    assert [verdict(error, attempts=attempts) for attempts in range(3)] == [
        Later(FIRST_DELAY_S * 2**attempts) for attempts in range(3)
    ]


@pytest.mark.parametrize("error", [*PASSING, ConfigError("wrong role")], ids=repr)
def test_the_last_attempt_is_the_last(error: SyncError) -> None:
    assert isinstance(verdict(error, attempts=MOST_ATTEMPTS - 2), Later)
    assert verdict(error, attempts=MOST_ATTEMPTS - 1) == GiveUp(f"exhausted_{error.cause_class}")


def test_what_does_not_show_is_looked_for_again_and_that_is_no_attempt() -> None:
    assert verdict(UnseenError("not there"), attempts=MOST_ATTEMPTS) == Later(UNSEEN_DELAY_S, Why.UNSEEN)
    assert verdict(UnseenError("not there", retry_after_s=300)) == Later(300, Why.UNSEEN)


@pytest.mark.parametrize("error", [RejectedError("no"), NotFoundError("gone"), StateError("odd")], ids=repr)
def test_what_is_refused_is_given_up_at_once(error: SyncError) -> None:
    assert verdict(error) == GiveUp(error.cause_class)


@given(st.integers(0, MOST_ATTEMPTS - 2), st.floats(0, 1))
def test_chance_only_prolongs_a_pause(attempts: int, chance: float) -> None:
    soonest = verdict(TransientError("down"), attempts=attempts)
    later = verdict(TransientError("down"), attempts=attempts, chance=chance)
    assert isinstance(soonest, Later)
    assert isinstance(later, Later)
    assert soonest.delay_s <= later.delay_s <= 1.5 * soonest.delay_s
