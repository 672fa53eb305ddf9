"""How long failed work waits."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync_core.mapping.backoff import (
    FIRST_DELAY_S,
    LONGEST_DELAY_S,
    MOST_ATTEMPTS,
    backoff_s,
    failed_before,
)

ATTEMPTS = st.integers(1, MOST_ATTEMPTS)
CHANCES = st.floats(0, 1)
PAUSES = st.none() | st.floats(0, 3600)


def test_waits_double_up_to_a_quarter_of_an_hour() -> None:
    waits = [backoff_s(attempt, retry_after_s=None, chance=0) for attempt in range(1, MOST_ATTEMPTS + 1)]
    assert waits[:4] == [FIRST_DELAY_S, 2 * FIRST_DELAY_S, 4 * FIRST_DELAY_S, 8 * FIRST_DELAY_S]
    assert waits[-1] == LONGEST_DELAY_S
    assert waits == sorted(waits)


@given(ATTEMPTS, PAUSES, CHANCES)
def test_a_wait_is_at_least_what_the_service_asks_for_and_bounded(
    attempt: int, retry_after_s: float | None, chance: float
) -> None:
    wait_s = backoff_s(attempt, retry_after_s=retry_after_s, chance=chance)
    floor_s = max(FIRST_DELAY_S, retry_after_s or 0)
    assert floor_s <= wait_s <= max(LONGEST_DELAY_S, retry_after_s or 0) + LONGEST_DELAY_S / 2


@given(ATTEMPTS, PAUSES)
def test_chance_spreads_workers_that_failed_together(attempt: int, retry_after_s: float | None) -> None:
    soonest, latest = (backoff_s(attempt, retry_after_s=retry_after_s, chance=chance) for chance in (0, 1))
    assert latest - soonest >= FIRST_DELAY_S / 2


@given(st.integers(1, MOST_ATTEMPTS), st.integers(-2000, 2000))
def test_only_a_failure_within_the_back_off_after_another_one_is_the_same_attempt(
    attempts: int, later_s: float
) -> None:
    failed_at = datetime(2026, 1, 1, tzinfo=UTC)
    within = 0 <= later_s < backoff_s(attempts, retry_after_s=None, chance=0)

    count = failed_before(attempts, failed_at, failed_at + timedelta(seconds=later_s))

    assert count == (attempts - 1 if within else attempts)


def test_work_that_did_not_fail_yet_has_all_its_attempts() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)

    assert failed_before(0, now, now) == failed_before(0, None, now) == 0
