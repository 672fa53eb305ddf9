"""The inverted index: which documents have a value. It takes up changes when they are due, not when they happen.

Source: docs/vendors/purview.md, section 1 "Lag"; the lag is a switch.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from local.purview.search.documents import Document

_RANKED: dict[str, Callable[[Document], Any]] = {
    "createTime": lambda document: document.create_time,
    "updateTime": lambda document: document.update_time,
    "id": lambda document: document.id,
}
NOTHING: AbstractSet[int] = frozenset()


class SearchIndex:
    """Documents by number, with postings for exact values and rankings for ranges.

    Sets that are handed out are the index's own: combine them, never change them.
    """

    def __init__(self) -> None:
        self._documents: list[Document | None] = []
        self._numbers: dict[str, int] = {}
        self._postings: dict[tuple[str, str], set[int]] = {}
        self._rankings: dict[str, tuple[list[Any], list[int]]] = {}
        self._pending: deque[tuple[int, str, Document | None]] = deque()
        self.live: set[int] = set()

    def __len__(self) -> int:
        return len(self.live)

    def __getitem__(self, number: int) -> Document:
        document = self._documents[number]
        if document is None:
            raise LookupError(f"document {number} was removed")
        return document

    @property
    def pending(self) -> int:
        """Changes that are not searchable yet."""
        return len(self._pending)

    def submit(self, at_ms: int, guid: str, document: Document | None) -> None:
        """Hand in a change; None takes the document out."""
        self._pending.append((at_ms, guid, document))

    def catch_up(self, until_ms: int) -> None:
        """Take up the changes that happened until then, in order."""
        while self._pending and self._pending[0][0] <= until_ms:
            _, guid, document = self._pending.popleft()
            self.apply(guid, document)

    def apply(self, guid: str, document: Document | None) -> None:
        """Take up one change now."""
        number = self._numbers.get(guid)
        old = None if number is None else self._documents[number]
        if document is None and old is None:
            return
        if number is None:
            number = self._numbers[guid] = len(self._documents)
            self._documents.append(None)
        self._replace(number, old, document)
        self._rankings.clear()

    def _replace(self, number: int, old: Document | None, new: Document | None) -> None:
        for key in _keys(old) if old else ():
            self._postings[key].discard(number)
        for key in _keys(new) if new else ():
            self._postings.setdefault(key, set()).add(number)
        self._documents[number] = new
        if new is None:
            self.live.discard(number)
        else:
            self.live.add(number)

    def having(self, field: str, value: str) -> AbstractSet[int]:
        """The documents that have exactly this value."""
        return self._postings.get((field, value), NOTHING)

    def compared(self, field: str, operator: str, threshold: Any) -> AbstractSet[int]:
        """The documents whose createTime, updateTime or id is lt, le, gt, ge or eq the threshold."""
        values, numbers = self._ranking(field)
        low, high = bisect_left(values, threshold), bisect_right(values, threshold)
        parts = {
            "lt": numbers[:low],
            "le": numbers[:high],
            "gt": numbers[high:],
            "ge": numbers[low:],
            "eq": numbers[low:high],
        }
        return set(parts[operator])

    def scan(self, fits: Callable[[Document], bool]) -> AbstractSet[int]:
        """The documents that a predicate accepts; slow, for what has no postings."""
        return {number for number in self.live if fits(self[number])}

    def _ranking(self, field: str) -> tuple[list[Any], list[int]]:
        if field not in self._rankings:
            value = _RANKED[field]
            values = {number: value(self[number]) for number in self.live}
            numbers = sorted((number for number in values if values[number] is not None), key=values.__getitem__)
            self._rankings[field] = [values[number] for number in numbers], numbers
        return self._rankings[field]


def _keys(document: Document) -> Iterator[tuple[str, str]]:
    yield "id", document.id
    yield "entityType", document.entity_type
    yield "collectionId", document.collection_id
    if document.object_type is not None:
        yield "objectType", document.object_type
    for field, values in (
        ("assetType", document.asset_types),
        ("classification", document.classifications),
        ("label", document.labels),
    ):
        for value in values:
            yield field, value
    for term in document.terms:
        yield "term", term.name
        yield "termGuid", term.guid
