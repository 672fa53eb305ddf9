"""When an asset that is no longer found may be retired."""

from datetime import UTC, datetime, timedelta

import pytest

from sync_core.absence.approval import Approval
from sync_core.absence.retirement import counts_once_more, is_approved
from tests.unit.sync_core.builders import make_record

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_word(assets: int, *, expires_in: timedelta = timedelta(hours=24)) -> Approval:
    return Approval(assets=assets, by="Ada", given_at=NOW, expires_at=NOW + expires_in)


def test_a_persons_approval_counts_for_as_many_assets_as_it_says() -> None:
    assert is_approved(40, a_word(40), NOW)
    assert not is_approved(41, a_word(40), NOW)
    assert not is_approved(1, None, NOW)


def test_what_was_retired_on_a_persons_approval_is_taken_off_it() -> None:
    word = a_word(40).model_copy(update={"used": 30})
    assert is_approved(10, word, NOW)
    assert not is_approved(11, word, NOW)


def test_a_persons_approval_counts_until_it_expires() -> None:
    word = a_word(40, expires_in=timedelta(hours=1))
    assert is_approved(40, word, NOW + timedelta(minutes=59))
    assert not is_approved(40, word, NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("absent", "after_s", "counts"),
    [(0, 0, True), (1, 0, False), (1, 2, False), (1, 44, False), (1, 45, True), (1, 60, True), (1, -60, False)],
)
def test_a_look_counts_unless_it_follows_the_last_one_at_once(absent: int, after_s: float, counts: bool) -> None:  # noqa: FBT001
    record = make_record(absent=absent, absent_since=NOW if absent else None)
    assert counts_once_more(record, NOW + timedelta(seconds=after_s)) is counts


def test_who_has_used_up_the_grace_is_counted_no_more() -> None:
    assert not counts_once_more(make_record(absent=2, absent_since=NOW), NOW + timedelta(days=1))
