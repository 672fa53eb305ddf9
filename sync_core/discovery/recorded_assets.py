"""What is recorded of all assets as a sweep begins, in eight bytes each: what a sweep shows is compared with that.

It is made from the index, which is read once a sweep, part by part, and kept in notes that each run of the sweep loads:
8 MB for a million assets, where the index itself is a thousand pages. Like the index it proposes only: whoever is not
in it is compared with the record. What becomes of a record meanwhile is seen by the next sweep.
"""

import hashlib
from array import array
from base64 import b64decode, b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import BaseModel, Field, field_validator

from sync_core.assets.asset_index import AssetIndex
from sync_core.assets.entry import PARTS, Entry, Standing, part_of
from sync_core.purview.asset import Asset
from sync_core.storage.notes import Notes

ASSETS_A_NOTE = 4000


class RecordedPart(BaseModel):
    """Neighbouring parts of the index, from `first` on, as they were for the sweep that began at `sweep`.

    `hashes` are those of their assets, in order.
    """

    sweep: datetime
    first: int = Field(ge=0, lt=PARTS)
    hashes: str

    @field_validator("hashes")
    @classmethod
    def _is_packed(cls, hashes: str) -> str:
        array("Q", b64decode(hashes))
        return hashes


@dataclass(frozen=True)
class Recorded:
    """What was recorded as a sweep began."""

    firsts: list[int] = field(default_factory=list)
    hashes: list["array[int]"] = field(default_factory=list)

    def shows(self, asset: Asset) -> bool:
        """Whether an asset was recorded just as it is, so that there is nothing to do for it."""
        number = bisect_right(self.firsts, part_of(asset.guid)) - 1 if self.firsts else -1
        if number < 0:  # as for all assets of a first sweep: no hash is made for nothing
            return False
        known, wanted = self.hashes[number], _hash(asset.key, asset.fingerprint)
        place = bisect_left(known, wanted)
        return place < len(known) and known[place] == wanted


@dataclass(frozen=True)
class RecordedAssets:
    """Reads what is recorded, and keeps it for a sweep."""

    index: AssetIndex
    notes: Notes

    def read_on(self, sweep: datetime, first: int, has_time: Callable[[], bool], keep_alive: Callable[[], None]) -> int:
        """Read the index from a part on, as far as there is time; return with which part to go on, 256 at the end."""
        begun, hashes = first, list[int]()
        for part, entries in self.index.by_part(range(first, PARTS), keep_alive):
            hashes += _hashes(one.entry for one in entries)
            if len(hashes) >= ASSETS_A_NOTE or part == PARTS - 1:
                packed = b64encode(array("Q", sorted(hashes)).tobytes()).decode()
                self.notes.save(f"{begun:03}", RecordedPart(sweep=sweep, first=begun, hashes=packed))
                begun, hashes = part + 1, []
                if not has_time():
                    break
        return begun

    def load(self, sweep: datetime) -> Recorded:
        """Return what was read for a sweep; what is left of others is dropped."""
        found = Recorded()
        for name, part in sorted(self.notes.all(RecordedPart), key=lambda one: one[1].first):
            if part.sweep != sweep:
                self.notes.delete(name)
            elif part.hashes:
                found.firsts.append(part.first)
                found.hashes.append(array("Q", b64decode(part.hashes)))
        return found


def _hashes(entries: Iterable[Entry]) -> Iterator[int]:
    for entry in entries:
        if entry.standing is Standing.COUNTS and entry.described:
            yield _hash(entry.key, entry.described)


def _hash(key: str, described: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{key} {described}".encode(), digest_size=8).digest())
