"""A person's approval is kept in a row, and told beside each asset that went on it."""

from datetime import UTC, datetime

from sync_core.absence.approval import LONGEST_BY, Approval

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_who_gave_the_word_is_kept_within_a_bound() -> None:
    word = Approval(assets=1, by="Ada " * 10_000, given_at=NOW, expires_at=NOW)
    assert len(word.by) == LONGEST_BY
    assert Approval(assets=1, by="Ada", given_at=NOW, expires_at=NOW).by == "Ada"
