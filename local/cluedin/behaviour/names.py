"""How names are stored and searched: column size, contains-search, wildcards, case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from local.cluedin.errors import bad_request, name_too_long

if TYPE_CHECKING:
    from local.cluedin.switches import CluedInSwitches


def fit_name(name: str, switches: CluedInSwitches) -> str:
    """Make a name fit its column, as the switch `name_too_long` says.

    Raises:
        ServiceError: 500 when the name is too long and the switch says refuse.
    """
    if name in switches.refused_names:
        raise bad_request(f"the name {name} is refused")
    if switches.name_too_long == "store" or _count_units(name) <= switches.name_limit:
        return name
    if switches.name_too_long == "refuse":
        raise name_too_long(switches.name_limit)
    cut = name.encode("utf-16-le")[: switches.name_limit * 2]
    return cut.decode("utf-16-le", errors="ignore")


def _count_units(name: str) -> int:
    """SQL Server's nvarchar counts UTF-16 code units, so an emoji takes two."""
    return len(name.encode("utf-16-le")) // 2


def equal_names(left: str, right: str, switches: CluedInSwitches) -> bool:
    """Compare two names by the case rule of the store."""
    if switches.search_case == "sensitive":
        return left == right
    return left.casefold() == right.casefold()


class NameSearch:
    """A compiled `searchName`: matches every name that contains it."""

    def __init__(self, text: str, switches: CluedInSwitches) -> None:
        self._ignores_case = switches.search_case == "insensitive"
        self._pattern = self._compile_like(text) if switches.search_wildcards == "like" else None
        self._needle = self._fold(text)

    def finds(self, name: str) -> bool:
        """Whether the name contains the text."""
        if self._pattern is not None:
            return self._pattern.search(name) is not None
        return self._needle in self._fold(name)

    def _fold(self, text: str) -> str:
        return text.casefold() if self._ignores_case else text

    def _compile_like(self, text: str) -> re.Pattern[str]:
        return re.compile(to_like_pattern(text), re.DOTALL | (re.IGNORECASE if self._ignores_case else 0))


_LIKE_TOKEN = re.compile(r"\[(\^?)([^\]]+)\]|(.)", re.DOTALL)
_SET_MEMBER = re.compile(r"(.)-(.)|(.)", re.DOTALL)
_NOTHING = "(?!)"


def to_like_pattern(text: str) -> str:
    """Translate a T-SQL LIKE text to a regular expression: % any run, _ one character, [abc] [a-f] [^x] sets.

    An opening bracket that is never closed matches nothing, as in T-SQL.
    Source: Transact-SQL reference, LIKE.
    """
    parts = []
    for negation, members, single in _LIKE_TOKEN.findall(text):
        if members:
            parts.append(_to_set(members, is_negated=bool(negation)))
        else:
            parts.append({"%": ".*", "_": ".", "[": _NOTHING}.get(single, re.escape(single)))
    return "".join(parts)


def _to_set(members: str, *, is_negated: bool) -> str:
    """Translate what stands in brackets; a range that runs backwards has no members."""
    inner = ""
    for first, last, single in _SET_MEMBER.findall(members):
        if single:
            inner += re.escape(single)
        elif first <= last:
            inner += f"{re.escape(first)}-{re.escape(last)}"
    if not inner:
        return "." if is_negated else _NOTHING
    return f"[{'^' if is_negated else ''}{inner}]"
