"""The table of assets: sorted by what matters, filtered, one page of it. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum
from heapq import nsmallest
from operator import itemgetter
from typing import TypeAlias

from sync_core.assets.listed import ListedAsset
from sync_core.assets.record import AssetStatus
from sync_core.operations.facts import Filter

MOST_CHOICES = 100
"""Of the values that a filter offers; a value that is chosen is always among them."""


class Rank(IntEnum):
    """What matters most comes first."""

    NEEDS_A_PERSON = 0
    FAILED = 1
    WAITING = 2
    IN_GRACE = 3
    SYNCED = 4
    RETIRED = 5


Place: TypeAlias = tuple[Rank, str, str]
"""Where an asset belongs: its rank, its name, its key."""
RANKS = {
    AssetStatus.FAILED.value: Rank.FAILED,
    AssetStatus.QUEUED.value: Rank.WAITING,
    AssetStatus.SYNCED.value: Rank.SYNCED,
    AssetStatus.RETIRED.value: Rank.RETIRED,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a filter offers, how it is called, and how many assets have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class AssetTable:
    """One page of the table: assets, where it begins, how many there are in all, and the key of what follows, if any.

    The choices are those of all assets, whatever is chosen.
    """

    items: Sequence[ListedAsset]
    first: int
    total: int
    next: str | None
    types: Sequence[Choice]
    collections: Sequence[Choice]
    terms: Sequence[Choice]


def rank_of(asset: ListedAsset, stuck: Collection[str]) -> Rank:
    """Return where an asset belongs; `stuck` are the keys of those whose dead letter waits for a person."""
    if asset.key in stuck or asset.status not in RANKS:  # rejected, or nobody can read what it is
        return Rank.NEEDS_A_PERSON
    if asset.absent and asset.status == AssetStatus.SYNCED:
        return Rank.IN_GRACE
    return RANKS[asset.status]


def to_table(assets: Sequence[ListedAsset], wanted: Filter, stuck: Collection[str]) -> AssetTable:
    """Return the page that is wanted."""
    found = [(_place(asset, stuck), asset) for asset in assets if wanted.accepts(asset)]
    begin = _place_of(wanted.after, found) if wanted.after else None
    later = [one for one in found if one[0] > begin] if begin else found
    shown = nsmallest(wanted.page_size, later, key=itemgetter(0))  # half the time of sorting all
    return AssetTable(
        items=[asset for _, asset in shown],
        first=len(found) - len(later),
        total=len(found),
        next=_mark(*shown[-1][0]) if len(shown) < len(later) else None,
        types=_choices(Counter(asset.type_name for asset in assets), wanted.type_name),
        collections=_choices(Counter(asset.collection_id for asset in assets), wanted.collection),
        terms=_choices(Counter(term for asset in assets for term in asset.terms), wanted.term),
    )


def _place(asset: ListedAsset, stuck: Collection[str]) -> Place:
    return rank_of(asset, stuck), asset.name.casefold(), asset.key


def _mark(rank: Rank, _: str, key: str) -> str:
    """Return the mark behind which the next page begins."""
    return f"{int(rank)}-{key}"


def _place_of(mark: str, found: Sequence[tuple[Place, ListedAsset]]) -> tuple[int, str, str]:
    """Return the place of a mark: also where its asset has another rank by now, or is gone, as far as is known."""
    rank, _, key = mark.partition("-")
    names = (name for (_, name, one), _ in found if one == key) if key else iter(())
    return int(rank) if rank.isdecimal() else 0, next(names, ""), key


def _choices(counts: Counter[str], chosen: str) -> list[Choice]:
    offered = dict(counts.most_common(MOST_CHOICES)) | ({chosen: counts[chosen]} if chosen else {})
    offered.pop("", None)
    return [Choice(value, value, offered[value]) for value in sorted(offered, key=str.casefold)]
