"""Reads members of decoded JSON that may be anything: what is not as expected counts as not there.

Half of a surrogate pair, which JSON can hold and UTF-8 cannot, is read as the replacement character. Sweeps read ten
texts an asset: what is common goes the short way.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

HALF_A_PAIR = re.compile("[\ud800-\udfff]")


def member(body: Any, *path: str) -> Any:
    """Return what lies at a path of names, or None."""
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def text(body: Any, *path: str) -> str:
    """Return the text or number at a path as text, else an empty text."""
    found = member(body, *path)
    if isinstance(found, str):
        return _whole(found)
    return str(found) if isinstance(found, int | float) and not isinstance(found, bool) else ""


def integer(body: Any, *path: str) -> int | None:
    """Return the whole number at a path, also one written as text, else None."""
    found = member(body, *path)
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    try:
        return int(text(body, *path))
    except ValueError:
        return None


def objects(body: Any, *path: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of the list at a path."""
    found = member(body, *path)
    yield from (item for item in found if isinstance(item, Mapping)) if isinstance(found, list) else ()


def texts(body: Any, *path: str) -> tuple[str, ...]:
    """Return the texts of the list at a path."""
    found = member(body, *path)
    return tuple(_whole(item) for item in found if isinstance(item, str)) if isinstance(found, list) else ()


def _whole(found: str) -> str:
    return found if found.isascii() else HALF_A_PAIR.sub("\ufffd", found)
