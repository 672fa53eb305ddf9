"""A button's signature holds for its text, its person and eight hours, and for nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from sync_core.operations.actions.signing import VALID_FOR, is_signed, sign

KEY = bytes(32)
NOW = datetime(2026, 11, 30, 10, 0, 0, 500_000, tzinfo=UTC)
TEXT = "action=replay&id=a"


def test_what_was_signed_is_known_again_for_eight_hours() -> None:
    signature = sign(KEY, TEXT, "", NOW)
    assert is_signed(KEY, TEXT, signature, "", NOW)
    assert is_signed(KEY, TEXT, signature, "", NOW + VALID_FOR - timedelta(seconds=1))
    assert not is_signed(KEY, TEXT, signature, "", NOW + VALID_FOR)
    assert not is_signed(KEY, TEXT, signature, "", NOW - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("key", "text", "person"),
    [(b"other" * 8, TEXT, ""), (KEY, "action=replay&id=b", ""), (KEY, TEXT, "ada@example.com"), (KEY, "", "")],
)
def test_it_holds_for_one_key_one_text_and_one_person(key: bytes, text: str, person: str) -> None:
    assert not is_signed(key, text, sign(KEY, TEXT, "", NOW), person, NOW)


def test_no_part_of_what_is_signed_passes_for_another() -> None:
    assert not is_signed(KEY, "b" + TEXT, sign(KEY, TEXT, "ab", NOW), "a", NOW)


def test_a_later_time_needs_another_signature() -> None:
    stamp, _, digest = sign(KEY, TEXT, "", NOW - VALID_FOR).partition(".")
    assert not is_signed(KEY, TEXT, f"{int(stamp) + 3600}.{digest}", "", NOW)


@pytest.mark.parametrize("signature", ["", ".", "1." + "0" * 64, "999999999999." + "0" * 64, "x", "1.é", "\ud800"])
def test_what_is_no_signature_is_none(signature: str) -> None:
    assert not is_signed(KEY, TEXT, signature, "", NOW)
