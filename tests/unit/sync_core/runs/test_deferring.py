"""When something that could not be read is looked at again."""

from datetime import UTC, datetime, timedelta

import pytest

from sync_core.errors import ForbiddenError, TransientError, WaitError
from sync_core.runs.deferred import Deferred, Kind
from sync_core.runs.deferring import LONGEST_NAME, LONGEST_REASON, deferred_again, pause_after

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def minutes(kind: Kind, *, is_hidden: bool = False) -> list[float]:
    return [pause_after(kind, looks, is_hidden=is_hidden) / timedelta(minutes=1) for looks in range(1, 14)]


def test_one_odd_answer_pauses_nothing_and_then_the_pause_of_an_asset_grows_to_a_day() -> None:
    assert minutes(Kind.ASSET)[:5] == [0, 2, 4, 8, 16]
    assert minutes(Kind.ASSET)[-1] == 24 * 60


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.ASSET])
def test_anything_else_is_looked_at_after_two_hours_at_the_latest(kind: Kind) -> None:
    assert minutes(kind)[:3] == [0, 2, 4]
    assert max(minutes(kind)) == 120
    assert max(minutes(kind, is_hidden=True)) == 120


def test_what_is_hidden_is_left_alone_at_once() -> None:
    assert minutes(Kind.ASSET, is_hidden=True)[:4] == [60, 120, 240, 480]
    assert max(minutes(Kind.ASSET, is_hidden=True)) == 24 * 60


def test_any_number_of_looks_has_a_pause() -> None:
    assert pause_after(Kind.ASSET, 10**6, is_hidden=False) == timedelta(days=1)


def test_what_is_remembered_says_since_when_why_and_when_next_and_has_a_bound() -> None:
    first = deferred_again(None, Kind.TERM, "t1", "A" * 999, now=NOW, error=TransientError("x" * 9999), is_hidden=False)
    later = NOW + timedelta(minutes=5)
    again = deferred_again(first, Kind.TERM, "t1", "Gold", now=later, error=ForbiddenError("no role"), is_hidden=True)

    assert (len(first.name), len(first.reason), first.looks) == (LONGEST_NAME, LONGEST_REASON, 1)
    assert not first.waits(NOW)
    assert (again.since, again.looked_at, again.looks, again.cause_class) == (NOW, later, 2, "config")
    assert again.next_look_at == later + timedelta(hours=2)
    assert "The term Gold is hidden from the app since 2026-01-01 00:00 UTC, next look 2026-01-01 02:05" in str(again)
    assert isinstance(Deferred.model_validate(again.model_dump(mode="json")), Deferred)


def test_what_was_only_too_early_makes_no_pause_longer() -> None:
    early = WaitError("too early", retry_after_s=30)
    first = deferred_again(None, Kind.TERM, "t1", "Gold", now=NOW, error=early, is_hidden=False)
    for _ in range(9):
        first = deferred_again(first, Kind.TERM, "t1", "Gold", now=NOW, error=early, is_hidden=False)

    assert (first.looks, first.next_look_at) == (1, NOW + timedelta(seconds=30))
