"""Reads the tables of the documents."""

import re
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"
_RULE = re.compile(r"\|[-| :]+\|")


def read_table(document: str, heading: str) -> list[dict[str, str]]:
    """Return the rows of the first table under a heading, by the names of its columns."""
    text = (DOCS / document).read_text(encoding="utf-8")
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(f"{document} has no heading {heading!r}")
    lines = list(_first_table(found[1].splitlines()))
    names = _cells(lines[0])
    return [dict(zip(names, _cells(line), strict=True)) for line in lines[1:] if not _RULE.fullmatch(line)]


def code(cell: str) -> str:
    """Return what stands in a cell between its first back-ticks; the whole cell where there are none."""
    found = re.search(r"`([^`]+)`", cell)
    return found[1] if found else cell


def _first_table(lines: list[str]) -> Iterator[str]:
    started = False
    for line in lines:
        if line.startswith("|"):
            started = True
            yield line
        elif started:
            return


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
