"""A secret that the process holds is masked in whatever is told; a plain word only where it is a value."""

import pytest

from sync_core.held_secrets import MOST_TOKENS, HeldSecrets, spellings

PASSWORD = 'Hunter2 "ü"/&<+>'


@pytest.mark.parametrize("spelling", sorted(spellings(PASSWORD)))
def test_a_secret_is_masked_in_each_spelling(spelling: str) -> None:
    assert HeldSecrets([PASSWORD]).mask(f"no: {spelling}!") == "no: ***!"


@pytest.mark.parametrize("word", ["lineage", "Account", "create-group", "123456789"])
def test_a_plain_word_is_masked_as_a_value_only(word: str) -> None:
    held = HeldSecrets([word])
    for said in (f"answered 400 to {word}: no", f"the {word} of {word}s", f"https://x.example/{word}/1"):
        assert held.mask(said) == said
    for said in (f'got "{word}"', f'got \\"{word}\\"', f"user=a&password={word}&b=1", f"'{word}'", word):
        assert word not in held.mask(said)


@pytest.mark.parametrize("passphrase", ["correct-horse-battery-staple", "purview2026", "a b c d"])
def test_what_no_text_of_ours_would_say_is_masked_everywhere(passphrase: str) -> None:
    assert HeldSecrets([passphrase]).mask(f"to {passphrase}: no") == "to ***: no"


def test_what_is_too_short_to_be_a_secret_is_left_as_it_is() -> None:
    assert HeldSecrets(["a1", ""]).mask("a1 is a1") == "a1 is a1"


def test_a_secret_that_is_a_part_of_another_one_leaves_nothing_of_that() -> None:
    assert HeldSecrets(["opaque/1", "opaque/1/more+2"]).mask("x opaque/1/more+2 y opaque/1") == "x *** y ***"


def test_a_token_is_held_while_it_may_be_in_use_and_a_secret_for_good() -> None:
    held = HeldSecrets([PASSWORD])
    for number in range(MOST_TOKENS + 1):
        held.hold_token(f"opaque-token-{number:04}")
    last = f"opaque-token-{MOST_TOKENS:04}"
    assert held.mask(f"{PASSWORD} {last} opaque-token-0000") == "*** *** opaque-token-0000"


def test_what_was_cleared_is_no_secret_any_more() -> None:
    held = HeldSecrets([PASSWORD, "wrong"])
    held.hold_token("opaque-token")
    held.clear()
    assert held.mask(f"{PASSWORD} opaque-token 'wrong'") == f"{PASSWORD} opaque-token 'wrong'"
