"""A loss that shows bit by bit is still one loss: any 24 hours count together."""

from datetime import UTC, datetime, timedelta

import pytest

from sync_core.absence.losses import FREE_ASSETS, Losses, is_free

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_losses_of_the_last_24_hours_count_together() -> None:
    losses = Losses().plus(3, NOON).plus(2, NOON + 20 * HOUR)
    assert losses.within_a_day(NOON + 23 * HOUR) == 5
    assert losses.within_a_day(NOON + 24 * HOUR) == 2
    assert losses.within_a_day(NOON + 44 * HOUR) == 0


def test_no_moment_of_the_day_makes_two_halves_of_one_loss() -> None:
    for start in range(24):
        before = NOON + start * HOUR - timedelta(minutes=9)
        losses = Losses().plus(5, before)
        assert losses.within_a_day(before + timedelta(minutes=18)) == 5


def test_what_is_kept_is_bounded() -> None:
    losses = Losses()
    for minute in range(5000):
        losses = losses.plus(1, NOON + timedelta(minutes=minute))
    assert len(losses.lost) <= 146
    assert losses.within_a_day(NOON + timedelta(minutes=4999)) in range(1430, 1441)


@pytest.mark.parametrize(
    ("due", "total", "may"),
    [(1, 100, True), (FREE_ASSETS, FREE_ASSETS, True), (6, 10, False), (30, 100, True), (31, 100, False)],
)
def test_few_assets_or_a_small_share_are_retired_without_asking(due: int, total: int, may: bool) -> None:  # noqa: FBT001 - a row of the table
    assert is_free(due, total, recent=0) is may


@pytest.mark.parametrize(("due", "total", "recent", "may"), [(1, 95, 5, True), (25, 95, 5, True), (26, 95, 5, False)])
def test_a_share_is_one_of_what_there_was_before_the_first_of_them_went(
    due: int,
    total: int,
    recent: int,
    may: bool,  # noqa: FBT001 - as above
) -> None:
    assert is_free(due, total, recent) is may
