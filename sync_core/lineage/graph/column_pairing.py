"""Pairs column names that two systems spell differently, where it is beyond doubt which is which.

CSV headers carry blanks and byte order marks, Excel non-breaking blanks, macOS decomposed letters, databases another
case. Purview draws a line between names that are equal to the last character only.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sync_core.spelling import UNSEEN, normalized

NAMES_TOLD = 100
LONGEST_TOLD = 80


@dataclass(frozen=True, slots=True)
class Pairing:
    """`pairs` say how the other side spells a name; `ambiguous` which of its names it could be; `alone` has none."""

    pairs: Mapping[str, str]
    ambiguous: Mapping[str, tuple[str, ...]]
    alone: tuple[str, ...]


def pair_names(names: Sequence[str], others: Sequence[str]) -> Pairing:
    """Pair each name with at most one of the others: equal ones first, then those that differ less and less clearly.

    Each step sets aside what it paired. What two names, or two others, have in common at a step is ambiguous, and stays
    so at the later ones, which tell less apart.
    """
    left, free = list(dict.fromkeys(names)), list(dict.fromkeys(others))
    pairs: dict[str, str] = {}
    ambiguous: dict[str, tuple[str, ...]] = {}
    for step in STEPS:
        mine, theirs = _by_key(left, step), _by_key(free, step)
        for key in mine.keys() & theirs.keys():
            if len(mine[key]) == len(theirs[key]) == 1:
                pairs[mine[key][0]] = theirs[key][0]
            else:
                ambiguous |= dict.fromkeys(mine[key], tuple(theirs[key]))
        left = [name for name in left if name not in pairs and name not in ambiguous]
        taken = set(pairs.values())
        free = [other for other in free if other not in taken]
    return Pairing(pairs, ambiguous, tuple(left))


def notes_on(pairing: Pairing, kind: str) -> tuple[str, ...]:
    """Tell which names have no counterpart, and why; `kind` is what the counterparts would be."""
    notes = []
    if pairing.alone:
        notes.append(f"No {kind} is called like {_listed(map(_shown, pairing.alone))}.")
    if pairing.ambiguous:
        could_be = (
            f"{_shown(name)} (could be {' or '.join(map(_shown, others))})"
            for name, others in sorted(pairing.ambiguous.items())
        )
        notes.append(f"It is not clear which {kind} is meant by {_listed(could_be)}.")
    return tuple(notes)


def _same(name: str) -> str:
    return name


def _trimmed(name: str) -> str:
    return name.translate(UNSEEN).strip()


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", normalized(name).casefold())


STEPS: tuple[Callable[[str], str], ...] = (_same, _trimmed, normalized, _folded)


def _by_key(names: Iterable[str], step: Callable[[str], str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[step(name)].append(name)
    return found


def _listed(texts: Iterable[str]) -> str:
    told = list(texts)
    more = len(told) - NAMES_TOLD
    return ", ".join(told[:NAMES_TOLD]) + (f" and {more} more" if more > 0 else "")


def _shown(name: str) -> str:
    """A name in quotes in which what nobody sees is spelled out."""
    short = name if len(name) <= LONGEST_TOLD else f"{name[:LONGEST_TOLD]}..."
    return "'" + "".join(c if c == " " or c.isprintable() else c.encode("unicode_escape").decode() for c in short) + "'"
