"""How texts of others and moments are told on a page."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_core.safe_text import one_line

LONGEST_NAME = 120
LONGEST_QUALIFIED_NAME = 400
LONGEST_ERROR = 1200
CUT = "…"
NO_BREAK = "\u00a0"
JOINER = "\u200d"  # makes one picture of two
WIDE = frozenset("WF")  # Unicode's East Asian widths that take the room of two letters
ACCENTS = frozenset({"Mn", "Me"})  # Unicode's categories of marks that are drawn onto the letter before
UNSEEN = ACCENTS | {"Cf"}  # categories of characters that take no room
MOST_ACCENTS = 4  # on one letter; no living script needs more
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment for machines, for people (of the same day, the time is enough), and seen from when the page was made."""

    iso: str
    text: str
    relative: str


def to_moment(moment: datetime | None, now: datetime) -> Moment | None:
    """Tell a moment; None stays None."""
    if moment is None:
        return None
    text = f"{moment:%H:%M:%S}" if moment.date() == now.date() else f"{moment:%Y-%m-%d %H:%M}"
    return Moment(moment.isoformat(timespec="seconds"), text, relative(moment, now))


def relative(moment: datetime, now: datetime) -> str:
    """Tell how long ago a moment was, or in how long it is."""
    if abs(moment - now) < timedelta(seconds=1):
        return "now"
    span = duration(abs(moment - now))
    return f"in {span}" if moment > now else f"{span} ago"


def duration(span: timedelta) -> str:
    """Tell a time span in its largest unit."""
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if span >= unit:
            return f"{span // unit}{NO_BREAK}{name}"
    return f"{span.seconds}{NO_BREAK}s"


def tame(text: str) -> str:
    """Return a text on one line in which no letter has a tower of accents: such a tower is drawn over other lines."""
    text = one_line(text)
    return text if text.isascii() else "".join(_with_few_accents(text))


def shortened(text: str, longest: int = LONGEST_NAME) -> str:
    """Return a text of others on one line, cut where it is too long to be read."""
    text = tame(text)
    return text if len(text) <= longest else text[:longest] + CUT


def lines(text: str) -> tuple[str, ...]:
    """Return the lines of one of our errors, each safe to show."""
    cut = text[:LONGEST_ERROR] + (CUT if len(text) > LONGEST_ERROR else "")
    return tuple(tame(line.removeprefix("- ")) for line in cut.split("\n") if line.strip())


def fitting(text: str, letters: int) -> str:
    """Cut a text to the room of so many Latin letters, never within what is drawn as one character."""
    text = shortened(text)
    end = _end(text, letters)
    if end == len(text):
        return text
    end = _end(text, letters - len(CUT))
    while end and (_room(text[end]) == 0 or text[end - 1] == JOINER):
        end -= 1
    return text[:end].rstrip() + CUT


def _with_few_accents(text: str) -> Iterator[str]:
    accents = 0
    for character in text:
        accents = accents + 1 if unicodedata.category(character) in ACCENTS else 0
        if accents <= MOST_ACCENTS:
            yield character


def _end(text: str, letters: int) -> int:
    """Return how many characters of a text have room."""
    taken = 0
    for index, character in enumerate(text):
        taken += _room(character)
        if taken > letters:
            return index
    return len(text)


def _room(character: str) -> int:
    if unicodedata.category(character) in UNSEEN:
        return 0
    return 2 if unicodedata.east_asian_width(character) in WIDE else 1
