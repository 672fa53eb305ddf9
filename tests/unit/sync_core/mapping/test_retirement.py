"""When an asset that is no longer found may be retired."""

from datetime import UTC, datetime, timedelta

import pytest

from sync_core.domain.approval import Approval, RetiredLately
from sync_core.mapping.retirement import COUNTED_TOGETHER, FREE_ASSETS, is_approved, is_free, retired_lately

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_word(assets: int, *, expires_in: timedelta = timedelta(hours=24)) -> Approval:
    return Approval(assets=assets, by="Ada", given_at=NOW, expires_at=NOW + expires_in)


@pytest.mark.parametrize(
    ("due", "total", "may"),
    [(1, 100, True), (FREE_ASSETS, FREE_ASSETS, True), (6, 10, False), (30, 100, True), (31, 100, False)],
)
def test_few_assets_or_a_small_share_are_retired_without_asking(due: int, total: int, may: bool) -> None:  # noqa: FBT001 - a row of the table
    assert is_free(due, total, lately=0) is may


@pytest.mark.parametrize(("due", "total", "lately", "may"), [(1, 95, 5, True), (25, 95, 5, True), (26, 95, 5, False)])
def test_a_share_is_one_of_what_there_was_before_the_first_of_them_went(
    due: int,
    total: int,
    lately: int,
    may: bool,  # noqa: FBT001 - as above
) -> None:
    assert is_free(due, total, lately) is may


def test_a_persons_word_counts_for_as_many_assets_as_it_says() -> None:
    assert is_approved(40, a_word(40), NOW)
    assert not is_approved(41, a_word(40), NOW)
    assert not is_approved(1, None, NOW)


def test_what_was_retired_on_a_persons_word_is_taken_off_it() -> None:
    word = a_word(40).model_copy(update={"used": 30})
    assert is_approved(10, word, NOW)
    assert not is_approved(11, word, NOW)


def test_a_persons_word_counts_until_it_expires() -> None:
    word = a_word(40, expires_in=timedelta(hours=1))
    assert is_approved(40, word, NOW + timedelta(minutes=59))
    assert not is_approved(40, word, NOW + timedelta(hours=1))


def test_losses_of_one_day_count_together() -> None:
    before = RetiredLately(since=NOW, assets=5)
    assert retired_lately(before, NOW + COUNTED_TOGETHER - timedelta(seconds=1)) == before
    assert retired_lately(before, NOW + COUNTED_TOGETHER).assets == 0
    assert retired_lately(None, NOW).assets == 0
