"""How long failed work waits."""

from hypothesis import given
from hypothesis import strategies as st

from sync_core.jobs.backoff import FIRST_DELAY_S, LONGEST_DELAY_S, MOST_ATTEMPTS, backoff_s

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
