"""Counts the rows that a query of an alert finds, for the few words of the query language that our alerts use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# The text operators ignore case, == does not. Source: learn.microsoft.com "KQL, string operators".
_TOKEN = re.compile(r'\s*(?:"([^"]*)"|(!?\w+|==|[()]))')
Row = Mapping[str, str]
"""A row by its columns; a boolean is written as the language writes it, true or false."""


def count(query: str, table: str, rows: Sequence[Row]) -> int:
    """Return how many of the rows of a table the query finds; none where it reads another table."""
    source, _, condition = query.partition("| where ")
    return sum(_Condition(row, _tokens(condition)).holds() for row in rows) if source.strip() == table else 0


def _tokens(condition: str) -> list[str]:
    found, at = [], 0
    while at < len(condition.rstrip()):
        token = _TOKEN.match(condition, at)
        assert token, f"cannot read {condition[at:]!r}"
        found.append(f'"{token[1]}' if token[1] is not None else token[2])
        at = token.end()
    return found


@dataclass
class _Condition:
    row: Row
    left: list[str] = field(default_factory=list)

    def holds(self) -> bool:
        result = self._any()
        assert not self.left, f"cannot read {self.left}"
        return result

    def _any(self) -> bool:
        result = self._all()
        while self.left[:1] == ["or"]:
            self.left.pop(0)
            result = self._all() or result
        return result

    def _all(self) -> bool:
        result = self._one()
        while self.left[:1] == ["and"]:
            self.left.pop(0)
            result = self._one() and result
        return result

    def _one(self) -> bool:
        if self.left[0] == "(":
            self.left.pop(0)
            result = self._any()
            assert self.left.pop(0) == ")"
            return result
        column, operator, wanted = (self.left.pop(0) for _ in range(3))
        return _compare(self.row[column], operator, wanted)


def _compare(value: str, operator: str, wanted: str) -> bool:
    exact = wanted.removeprefix('"')
    text, part = value.lower(), exact.lower()
    match operator:
        case "==":
            return value == exact
        case "contains":
            return part in text
        case "startswith":
            return text.startswith(part)
        case "!startswith":
            return not text.startswith(part)
    raise AssertionError(operator)
