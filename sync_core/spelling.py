"""Names as people compare them: two that look alike are one, whatever characters they are written with."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from sync_core.errors import ConfigError

Named = TypeVar("Named")


def _is_unseen(code: int) -> bool:
    """Whether a character takes no room: it joins, turns the direction, controls, or chooses a variant."""
    character = chr(code)
    is_format = unicodedata.category(character) in {"Cf", "Cc"} and not character.isspace()
    return is_format or code in {0x034F, *range(0xFE00, 0xFE10)} or code in OTHER_UNSEEN


# What Unicode lets no font show, beyond the above: fillers, Mongolian and Khmer marks; and the tags and variants of the
# plane behind all letters. Source: DerivedCoreProperties.txt, Default_Ignorable_Code_Point.
OTHER_UNSEEN = frozenset({0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x3164, 0xFFA0})
UNSEEN = dict.fromkeys([*filter(_is_unseen, range(0x10000)), *range(0xE0000, 0xE1000)])


def normalized(name: str) -> str:
    """Return a name as it is compared: letters composed, nothing unseen, no white space but single spaces inside."""
    return " ".join(unicodedata.normalize("NFC", name.translate(UNSEEN)).split())


class LookAlikeError(ConfigError):
    """Several names look like the one that is meant, and none is written as it is."""


def pick(wanted: str, found: Iterable[Named], name_of: Callable[[Named], str]) -> list[Named]:
    """Return what bears a name: who is written just so, else who looks alike.

    Raises:
        LookAlikeError: those who look alike are written in several ways; the message tells in what they differ.
    """
    alike = [each for each in found if normalized(name_of(each)) == normalized(wanted)]
    exact = [each for each in alike if name_of(each) == wanted]
    spellings = sorted({name_of(each) for each in alike})
    if exact or len(spellings) < 2:  # noqa: PLR2004 - one spelling is no question
        return exact or alike
    raise LookAlikeError(
        f"'{wanted}' may stand for several that look alike: {describe_spellings(spellings)}. Expected one: give the "
        "others another name, or write the name just as it is there."
    )


def describe_spellings(names: Iterable[str]) -> str:
    """Tell names that look alike by what is special in each, as `'Customer ' (white space at its end)`."""
    return "; ".join(f"'{name}' ({', '.join(peculiarities(name)) or 'written plainly'})" for name in names)


def peculiarities(name: str) -> Iterator[str]:
    """Yield what tells a name from others that look like it."""
    seen = name.translate(UNSEEN)
    if seen != name:
        codes = sorted({f"U+{ord(each):04X}" for each in name if ord(each) in UNSEEN})
        yield f"characters that nobody sees: {', '.join(codes)}"
    if seen != seen.lstrip():
        yield "white space at its start"
    if seen != seen.rstrip():
        yield "white space at its end"
    inner = seen.strip()
    if inner != " ".join(inner.split()):
        yield "white space inside that is no single space"
    if not unicodedata.is_normalized("NFC", name):
        yield "letters put together from several characters"
