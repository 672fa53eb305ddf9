"""What the index says of a record, in which part of it that stands, and under which key."""

import hashlib
from collections.abc import Collection, Iterator
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from pydantic import BaseModel, ConfigDict, Field

from sync_core.assets.record import AssetRecord, AssetStatus

PARTS = 256
"""How many parts the index and a list are compared in: so many hexadecimal numbers of two digits."""
ALL_PARTS = frozenset(range(PARTS))
LONGEST_LISTED = 4096


class Standing(StrEnum):
    """What of a record's status a comparison asks for: a sync does not change it."""

    COUNTS = "counts"
    REJECTED = "rejected"
    RETIRED = "retired"


class Entry(BaseModel):
    """What the index says of a record.

    `listed` is a hash of the name under which the list shows it, `described` the fingerprint of its description; that
    is empty while the record is to be written at the next look in any case.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    guid: str
    standing: Standing
    listed: str
    described: str = ""
    refreshed_at: datetime
    is_absent: bool = False
    terms: list[str] = Field(default_factory=list)


def part_of(guid: str) -> int:
    """Return the part of a list, and of the index, in which a guid lies."""
    return int(_place_of(guid)[:2], 16)


def ranges(parts: Collection[int]) -> Iterator[tuple[int, int]]:
    """Yield runs of neighbouring parts, each with its first and its last one."""
    for _, run in groupby(enumerate(sorted(parts)), key=lambda one: one[1] - one[0]):
        members = [part for _, part in run]
        yield members[0], members[-1]


def hash_of_listed(display_text: str) -> str:
    """Return a hash of the name under which a list shows an asset."""
    return hashlib.sha256(display_text[:LONGEST_LISTED].encode()).hexdigest()[:16]


def entry_of(record: AssetRecord) -> Entry:
    """Return what the index must say of a record."""
    standings = {AssetStatus.REJECTED: Standing.REJECTED, AssetStatus.RETIRED: Standing.RETIRED}
    return Entry(
        key=record.key,
        guid=record.guid,
        standing=standings.get(record.status, Standing.COUNTS),
        listed=hash_of_listed(record.display_text),
        described="" if record.reason else record.fingerprint,
        refreshed_at=record.refreshed_at,
        is_absent=record.absent > 0,
        terms=record.terms,
    )


def row_key(entry: Entry) -> str:
    """Return the key of an entry's row."""
    return row_key_prefix(entry.guid) + entry.key


def row_key_prefix(guid: str) -> str:
    """Return how the keys of all rows of a guid begin."""
    return f"guid:{_place_of(guid)}:"


def _place_of(guid: str) -> str:
    return hashlib.sha256(guid.encode()).hexdigest()[:32]
