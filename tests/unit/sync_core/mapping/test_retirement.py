"""When an asset that is no longer found may be retired."""

from datetime import UTC, datetime, timedelta

import pytest

from sync_core.domain.approval import Approval, RetiredLately
from sync_core.mapping.retirement import COUNTED_TOGETHER, FREE_ASSETS, needs_approval, retired_lately

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_word(assets: int, *, expires_in: timedelta = timedelta(hours=24)) -> Approval:
    return Approval(assets=assets, by="Ada", given_at=NOW, expires_at=NOW + expires_in)


@pytest.mark.parametrize(
    ("due", "total", "is_asked"),
    [(0, 100, False), (FREE_ASSETS, FREE_ASSETS, False), (6, 10, True), (30, 100, False), (31, 100, True)],
)
def test_few_assets_or_a_small_share_are_retired_without_asking(due: int, total: int, is_asked: bool) -> None:  # noqa: FBT001 - a row of the table
    assert needs_approval(due, total, None, NOW) is is_asked


def test_a_persons_word_counts_for_as_many_assets_as_it_says() -> None:
    assert not needs_approval(40, 50, a_word(40), NOW)
    assert needs_approval(41, 50, a_word(40), NOW)


def test_a_persons_word_counts_until_it_expires() -> None:
    word = a_word(40, expires_in=timedelta(hours=1))
    assert not needs_approval(40, 50, word, NOW + timedelta(minutes=59))
    assert needs_approval(40, 50, word, NOW + timedelta(hours=1))


def test_losses_of_one_day_count_together() -> None:
    before = RetiredLately(since=NOW, assets=5)
    assert retired_lately(before, NOW + COUNTED_TOGETHER - timedelta(seconds=1)) == before
    assert retired_lately(before, NOW + COUNTED_TOGETHER).assets == 0
    assert retired_lately(None, NOW).assets == 0
