"""A loss that shows bit by bit is still one loss: any 24 hours count together."""

from datetime import UTC, datetime, timedelta

from sync_core.absence.losses import Losses, is_free

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


def test_five_are_free_and_so_is_a_small_share() -> None:
    assert is_free(5, 6, 0)
    assert not is_free(6, 10, 0)
    assert is_free(30, 100, 0)
    assert not is_free(31, 100, 0)
    assert not is_free(3, 10, 3)
