"""Where the enumeration of all assets (`*`) stands, and the spans of time that it goes through."""

import re
from datetime import UTC, datetime
from itertools import pairwise

from pydantic import BaseModel, Field

from sync_core.assets.entry import PARTS
from sync_core.purview.search_filters import TimeField

Swept = tuple[int, int]
Span = tuple[int, int | None]
SPAN = re.compile("(createTime|updateTime) ([0-9]{1,15}) ([0-9]{0,15})")
LAST_MS = 10**14  # a moment behind the year 5000 is none that this version wrote


class AllCursor(BaseModel):
    """Where the sweep stands and what was seen last.

    `windows` are those still to sweep, as pairs of epoch milliseconds, the last one first to be read; an empty list
    means that no sweep is going on. `parts_read` is how many parts of the index were read for it. `read` are the
    windows that it has read, each with its start and how many it held: the next sweep begins with these.
    `changes` are the windows of what changed lately that are still to read, in the same way.
    `next_look_at` is when something that could not be read is looked at again; `awaits_types` says that assets wait for
    a type that Purview did not tell: once it does, everything is swept anew.
    `probe` tells the set of changes since the fixed moment `since_ms` from any other: its size and its newest member.
    `is_complete` tells whether the last sweep read all that was counted. `own_collection` is what `collection_setting`
    stood for when the last sweep began.
    """

    sweep_started_at: datetime
    windows: list[Span] = Field(default_factory=list)
    parts_read: int = Field(default=0, ge=0, le=PARTS)
    read: list[Swept] = Field(default_factory=list)
    swept: int = 0
    is_complete: bool = True
    complete_at: datetime | None = None
    changes: list[Span] = Field(default_factory=list)
    since_ms: int = Field(default=0, ge=0, le=LAST_MS)
    probe: str = ""
    own_collection: str = ""
    collection_setting: str = ""
    next_look_at: datetime | None = None
    awaits_types: bool = False

    def with_new_sweep(self, now: datetime, largest: int) -> "AllCursor":
        """Return the cursor of a sweep that begins now, with windows that hold so many as far as the last one knew."""
        windows = first_windows(self.read, largest)
        begun = {"sweep_started_at": now, "windows": windows, "parts_read": 0, "read": [], "swept": 0}
        return self.model_copy(update={**begun, "is_complete": True})


def first_windows(read: list[Swept], largest: int) -> list[Span]:
    """Return windows that hold all time, the earliest last: they begin where others did, as far apart as may be."""
    starts, held = [0], 0
    for start, count in sorted(read):
        if held + count > largest and start > starts[-1]:
            starts.append(start)
            held = 0
        held += count
    return [(starts[-1], None), *reversed(list(pairwise(starts)))]


def format_span(field: TimeField, span: Span) -> str:
    """Return under which id a span is deferred."""
    return f"{field} {span[0]} {'' if span[1] is None else span[1]}"


def parse_span(window: str) -> tuple[str, Span] | None:
    """Return the span of an id; what another version calls one in another way is none."""
    found = SPAN.fullmatch(window)
    return (found[1], (int(found[2]), int(found[3]) if found[3] else None)) if found else None


def to_ms(moment: datetime) -> int:
    """Return a moment in epoch milliseconds."""
    return round(moment.timestamp() * 1000)


def from_ms(moment_ms: int) -> datetime:
    """Return a moment of epoch milliseconds."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC)
