"""Lists all assets, to be sorted: as they are now, where that is quick, else as `reconcile` listed them last."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, pairwise

from pydantic import BaseModel

from sync_core.assets.asset_rows import PARTITION
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.count_assets import MAX_COUNTED_NOW, CountAssets, Counted
from sync_core.assets.listed import COLUMNS, ListedAsset, pack, to_listed, unpack
from sync_core.assets.record import AssetStatus
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes
from sync_core.storage.rows import LARGEST_ROW_BYTES
from sync_core.storage.table import KEYS_BETWEEN
from sync_core.storage.unreadable import Unreadable

MAX_LISTED = 25_000
"""Of more assets no list is kept: to read it would take longer than a page may."""
PARTS = "0123456789abcdefr"  # what the keys of records begin with: a hash, or `rejected-`
LONGEST_PACKED = LARGEST_ROW_BYTES // 2  # a character takes two bytes of a row
STATES = frozenset(AssetStatus)
LIST_TIME = timedelta(minutes=1)
CUT = "listing-cut"


class ListedPart(BaseModel):
    """The assets whose keys begin with one character, packed, and when they were read."""

    listed_at: datetime
    packed: str


class CutListing(BaseModel):
    """The part with which the next run goes on."""

    part: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Assets, whether that is all of them, the oldest moment at which they were read, and how many are in each state.

    `unreadable` are those whose state another version of the app wrote in another way.
    """

    assets: Sequence[ListedAsset]
    is_whole: bool
    listed_at: datetime
    counted: Counted
    unreadable: Sequence[Unreadable] = ()


@dataclass(frozen=True)
class ListAssets:
    """Reads lists, and keeps one of many assets in `parts`; `cursors` holds where a run was cut."""

    assets: AssetStore
    count: CountAssets
    parts: Notes
    cursors: Notes
    clock: Callable[[], datetime]

    def latest(self, now: datetime) -> Listing:
        """Return the assets of now if they are less than 2,000, else as they were listed last.

        While no list is kept, because there are too many or nobody has made one yet, the first 2,000 stand for all.
        """
        if kept := self._kept():
            return kept
        found = list[ListedAsset]()
        for page in self._pages("0", "s"):
            found += page
            if len(found) >= MAX_COUNTED_NOW:
                counted = self.count.kept()
                so_far = counted if counted.counted_at else Counted(counts=_by_state(found))
                return _listing(found, is_whole=False, listed_at=now, counted=so_far)
        whole = Counted(counts=_by_state(found), counted_at=now)
        return _listing(found, is_whole=True, listed_at=now, counted=whole)

    def run(self, log: RunLog) -> None:
        """List anew, as far as there is time for; the next run goes on. What is quick to list is not kept."""
        if not MAX_COUNTED_NOW <= sum(self.count.kept().counts.values()) <= MAX_LISTED:
            for part, _ in list(self.parts.all(ListedPart)):
                self.parts.delete(part)
            return
        ends_at = log.ends_within(self.clock(), LIST_TIME)
        cut = self.cursors.load(CutListing, CUT)
        left = PARTS[PARTS.find(cut.part) :] if cut and cut.part in PARTS else PARTS
        for part, following in pairwise(f"{left} "):
            self._list(part)
            if self.clock() >= ends_at and following != " ":
                self.cursors.save(CUT, CutListing(part=following))
                return
        if cut:
            self.cursors.delete(CUT)

    def _list(self, part: str) -> None:
        listed_at = self.clock()
        packed = pack(chain.from_iterable(self._pages(part, chr(ord(part) + 1))))
        if len(packed) <= LONGEST_PACKED:
            self.parts.save(part, ListedPart(listed_at=listed_at, packed=packed))

    def _kept(self) -> Listing | None:
        """Return the kept list, or None where there is none, or a part of it is missing."""
        parts = [part for _, part in self.parts.all(ListedPart)]
        if len(parts) < len(PARTS):
            return None
        assets = [asset for part in parts for asset in unpack(part.packed)]
        listed_at = min(part.listed_at for part in parts)
        counted = Counted(counts=_by_state(assets), counted_at=listed_at)
        return _listing(assets, is_whole=True, listed_at=listed_at, counted=counted)

    def _pages(self, first: str, last: str) -> Iterator[list[ListedAsset]]:
        bounds = {"partition": PARTITION, "first": f"record:{first}", "last": f"record:{last}"}
        for page in self.assets.table.pages(KEYS_BETWEEN, bounds, select=COLUMNS):
            yield [to_listed(row) for row in page]


def _listing(found: list[ListedAsset], *, is_whole: bool, listed_at: datetime, counted: Counted) -> Listing:
    readable = [asset for asset in found if asset.status in STATES]
    unreadable = [
        Unreadable(kind="asset", key=asset.key, reason=f"Its status is '{asset.status}', which is none of ours.")
        for asset in found
        if asset.status not in STATES
    ]
    return Listing(readable, is_whole, listed_at, counted, unreadable)


def _by_state(assets: list[ListedAsset]) -> dict[str, int]:
    return dict(Counter(asset.status or "unreadable" for asset in assets))
