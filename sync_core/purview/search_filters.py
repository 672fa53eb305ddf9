"""Purview search filters for syncing all assets, built from documented operators only.

Source: docs/vendors/purview.md, section 1: on times only `lt` is documented, so "since" is written as "not lt".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

TimeField = Literal["createTime", "updateTime"]
Filter = dict[str, Any]
# What our lineage writes. Finding it again would feed the sync with its own results.
OWN_TYPES = (
    "cluedin_data_set",
    "cluedin_clues",
    "cluedin_golden_records",
    "cluedin_ingest_process",
    "cluedin_map_process",
    "cluedin_processing_pipeline",
    "cluedin_column",
)
TERM_TYPE = "AtlasGlossaryTerm"
GLOSSARY_TYPES = ("AtlasGlossary", TERM_TYPE, "AtlasGlossaryCategory")
GLOSSARY_OBJECTS = "Glossary terms"


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time in epoch milliseconds: from `start_ms`, before `end_ms`.

    Without an end it is open, and holds also what has no time: that is before nothing. From 0 it has no start.
    """

    start_ms: int
    end_ms: int | None = None

    def halves(self, now_ms: int) -> tuple["Window", "Window"] | None:
        """Return the window's two halves, or None where one would be empty. An open one is halved as if it ended now.

        However often an open window is halved, one of the parts is open.
        """
        end_ms = now_ms if self.end_ms is None else self.end_ms
        if end_ms - self.start_ms <= 1:
            return None
        middle = (self.start_ms + end_ms) // 2
        return Window(self.start_ms, middle), Window(middle, self.end_ms)


def everything_but_own(collection_id: str) -> list[Filter]:
    """Return the conditions that leave out glossary objects, our own types, and the collection we write to.

    `collection_id` is empty where that collection also holds other assets.
    """
    excluded: list[Filter] = [{"objectType": GLOSSARY_OBJECTS}]
    excluded += [{"entityType": name} for name in (*GLOSSARY_TYPES, *OWN_TYPES)]
    excluded += [{"collectionId": collection_id}] if collection_id else []
    return [{"not": condition} for condition in excluded]


def within(conditions: Sequence[Filter], field: TimeField, window: Window) -> Filter:
    """Return the filter for entities whose time lies in the window."""
    start = [_since(field, window.start_ms)] if window.start_ms else []
    end = [] if window.end_ms is None else [_before(field, window.end_ms)]
    return {"and": [*conditions, *start, *end]}


def since(conditions: Sequence[Filter], field: TimeField, start_ms: int) -> Filter:
    """Return the filter for entities whose time is not before a moment."""
    return {"and": [*conditions, _since(field, start_ms)]}


def _before(field: TimeField, moment_ms: int) -> Filter:
    return {field: {"operator": "lt", "timeThreshold": moment_ms}}


def _since(field: TimeField, moment_ms: int) -> Filter:
    return {"not": _before(field, moment_ms)}
