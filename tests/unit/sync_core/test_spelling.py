"""Names that look alike."""

import unicodedata

import pytest

from sync_core.spelling import LookAlikeError, describe_spellings, normalized, pick

PLAIN = "Größe des Kunden"
ALIKE = [
    "Größe des Kunden ",
    "\tGröße des Kunden",
    "Größe  des\u00a0Kunden",
    "Größe\u2003des \n Kunden",
    "\ufeffGröße des Kunden",
    "Größe des Kun\u200bden",
    "Größe des Kun\u00adden",
    "\u200eGröße des Kunden\u200f",
    "\u202aGröße des Kunden\u202c",
    "\u2066Größe des Kunden\u2069",
    "Größe\u180e des Kunden\ufe0f",
    "Größe des Kunden\x00\x7f",
    "Größe\x1fdes\x85Kunden\u3000",
    "Größe des Kun\U000e0100den\U000e0041",
    "Größe\u3164 des\u115f Kun\u180bden\uffa0",
    unicodedata.normalize("NFD", PLAIN),
    f" {unicodedata.normalize('NFD', PLAIN)}  ",
]
OTHERS = ["größe des kunden", "Größe desKunden", "Grosse des Kunden", "Größe des Kunden.", "Größe-des-Kunden", ""]


@pytest.mark.parametrize("name", ALIKE)
def test_what_looks_alike_is_one_name(name: str) -> None:
    assert normalized(name) == PLAIN
    assert normalized(normalized(name)) == normalized(name)


@pytest.mark.parametrize("name", OTHERS)
def test_what_looks_different_is_another_name(name: str) -> None:
    assert normalized(name) != PLAIN


def choose(wanted: str, *names: str) -> list[str]:
    return pick(wanted, names, lambda name: name)


@pytest.mark.parametrize("name", ALIKE)
def test_the_only_one_that_looks_alike_is_meant(name: str) -> None:
    assert choose(PLAIN, name, *OTHERS) == [name]


@pytest.mark.parametrize("name", ALIKE)
def test_the_one_that_is_written_just_so_is_meant(name: str) -> None:
    assert choose(PLAIN, name, PLAIN, PLAIN) == [PLAIN, PLAIN]


def test_several_that_are_written_alike_are_all_meant() -> None:
    assert choose(PLAIN, f"{PLAIN} ", f"{PLAIN} ") == [f"{PLAIN} "] * 2
    assert choose(PLAIN) == []


def test_of_two_that_look_alike_the_error_tells_in_what_they_differ() -> None:
    with pytest.raises(LookAlikeError) as caught:
        choose(PLAIN, f"{PLAIN} ", unicodedata.normalize("NFD", PLAIN), "Größe des  Kunden")
    said = str(caught.value)
    assert "'Größe des Kunden ' (white space at its end)" in said
    assert "(letters put together from several characters)" in said
    assert "(white space inside that is no single space)" in said


def test_each_peculiarity_is_told() -> None:
    assert describe_spellings([PLAIN]) == f"'{PLAIN}' (written plainly)"
    assert "white space at its start" in describe_spellings([f" {PLAIN}"])
    assert "characters that nobody sees: U+200B, U+FEFF" in describe_spellings(["\ufeffa\u200b"])
