"""What a snapshot of CluedIn shows of our groups and sources. An id counts only together with the name it must bear.

Ids start from 1 again after a restore, and collide between organizations; the source's name, which is the asset's
qualified name, is the identity that survives.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto

from sync_core.assets.names import shorten, source_name
from sync_core.assets.record import LOOKS_APART, AssetRecord, AssetStatus
from sync_core.cluedin.snapshot import KnownSource, Snapshot, SourceSeen

SHOWS_UP_AFTER = timedelta(minutes=2)  # CluedIn shows what it made after about a second; a read model may lag more
EXPECTED = frozenset({AssetStatus.QUEUED, AssetStatus.SYNCED, AssetStatus.FAILED})


class Sight(Enum):
    """What a snapshot shows of one asset's group and source."""

    SHOWN = auto()
    ELSEWHERE = auto()  # its source has another id: CluedIn was restored, or a person made it anew
    MISSING = auto()
    TOO_YOUNG = auto()  # made after the snapshot began, or just before


@dataclass(frozen=True)
class Shown:
    """A snapshot, by what its sources are called."""

    started_at: datetime
    by_name: dict[str, list[SourceSeen]] = field(repr=False)
    group_names: dict[str, str] = field(repr=False)

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Shown":
        """Return a snapshot by names."""
        by_name: dict[str, list[SourceSeen]] = {}
        for source in snapshot.sources():
            by_name.setdefault(source.name, []).append(source)
        return cls(snapshot.started_at, by_name, {group.group_id: group.name for group in snapshot.groups.values()})

    def own_source(self, record: AssetRecord, but: Collection[str] = ()) -> SourceSeen | None:
        """Return the source of an asset's name that is its own: by the name of its group, else by its id.

        `but` are the ids of sources that are another's: of twins, after ids were counted again.
        """
        sources = self._sources(record, but)
        named = (one for one in sources if one.group_name == record.group_name)
        return next(named, None) or next((one for one in sources if one.source_id == record.source_id), None)

    def sight_of(self, record: AssetRecord, but: Collection[str] = ()) -> Sight:
        """Return what is shown of an asset's group and source; `but` are the ids of sources that are another's."""
        own = self.own_source(record, but)
        if own is not None and own.source_id == record.source_id:
            return Sight.SHOWN
        if not record.source_id and self.group_names.get(record.group_id) == record.group_name:
            return Sight.SHOWN
        if is_too_young(record, self.started_at):
            return Sight.TOO_YOUNG
        return Sight.ELSEWHERE if self._sources(record, but) else Sight.MISSING

    def _sources(self, record: AssetRecord, but: Collection[str]) -> list[SourceSeen]:
        return [one for one in self.by_name.get(source_name(record), ()) if one.source_id not in but]


# Whether a source's group is called as the asset's, whether it has the recorded id, when the asset was synced, and its
# key: the greatest one counts.
Holder = tuple[bool, bool, float, str]


@dataclass
class Ours:
    """How all records compare with a snapshot, found in one pass over them.

    `names` are what those of the shown sources are called that are ours, `not_shown` the keys of the assets whose group
    or source is not shown as it is recorded, `expected` how many assets have one, `unbound` the retired ones that may
    have a source which is not recorded, and is shown. `holders` tells whose a shown source is, by its id: of twins, the
    one whose group is called so, else the one that was synced last.
    """

    shown: Shown
    names: set[str] = field(default_factory=set)
    not_shown: set[str] = field(default_factory=set)
    expected: int = 0
    unbound: list[AssetRecord] = field(default_factory=list)
    holders: dict[str, Holder] = field(default_factory=dict, repr=False)

    def add_name(self, qualified_name: str) -> None:
        """Note that an asset has, or may have, a source; so much can be read of any record."""
        name = shorten(qualified_name)
        if name in self.shown.by_name:
            self.names.add(name)

    def add(self, record: AssetRecord) -> None:
        """Compare a record."""
        if may_have_source(record) and source_name(record) in self.shown.by_name:
            self.unbound.append(record)
        self._hold(record)
        if is_expected(record):
            self.expected += 1
            if self.shown.sight_of(record) in {Sight.MISSING, Sight.ELSEWHERE}:
                self.not_shown.add(record.key)

    def sight_of(self, record: AssetRecord) -> Sight:
        """Return what is shown of an asset's group and source, once all records are compared."""
        return self.shown.sight_of(record, self.anothers(record))

    def unrecorded_source(self, record: AssetRecord) -> SourceSeen | None:
        """Return a source of an asset's name that is no other's: rather one whose group is called as its own."""
        but = self.anothers(record)
        others = (one for one in self.shown.by_name.get(source_name(record), ()) if one.source_id not in but)
        return self.shown.own_source(record, but) or next(others, None)

    def anothers(self, record: AssetRecord) -> set[str]:
        """Return the ids of the sources that bear an asset's name and are another's."""
        sources = self.shown.by_name.get(source_name(record), ())
        return {one.source_id for one in sources if self._holder_of(one.source_id, record.key) != record.key}

    def _holder_of(self, source_id: str, default: str) -> str:
        held = self.holders.get(source_id)
        return held[-1] if held else default

    def _hold(self, record: AssetRecord) -> None:
        own = self.shown.own_source(record)
        if own is None:
            return
        synced_at = record.synced_at.timestamp() if record.synced_at else 0.0
        holder = (own.group_name == record.group_name, own.source_id == record.source_id, synced_at, record.key)
        before = self.holders.get(own.source_id)
        if before:
            self.not_shown.add(min(before, holder)[-1])
        self.holders[own.source_id] = max(before, holder) if before else holder


def is_too_young(record: AssetRecord, seen_at: datetime) -> bool:
    """Whether what an asset has was made so shortly before a look that CluedIn need not show it yet."""
    made_at = record.synced_at if record.source_id else record.group_at
    return made_at is None or made_at + SHOWS_UP_AFTER > seen_at


def may_have_source(record: AssetRecord) -> bool:
    """Whether a source may stand that is not recorded: without a group, none was ever asked for."""
    return record.status is AssetStatus.RETIRED and bool(record.group_id) and not record.source_id


def is_expected(record: AssetRecord) -> bool:
    """Whether an asset has something in CluedIn that is made again should it go: nothing is, of one that is retired."""
    return record.status in EXPECTED and bool(record.group_id)


def still_missing(record: AssetRecord, before: KnownSource | None, shown: Shown) -> KnownSource:
    """Return what is remembered of a source that a snapshot lacks, after what was remembered before.

    A snapshot that follows the last one at once counts as the same look.
    """
    looks, now = before.missing_looks if before else 0, shown.started_at.timestamp()
    since = before.missing_since if before and looks else now
    is_one_more = not looks or now - since >= looks * LOOKS_APART.total_seconds()
    return KnownSource(
        source_id=record.source_id,
        name=source_name(record),
        group_id=record.group_id,
        group_name=record.group_name,
        versions=before.versions if before else {},
        missing_looks=looks + is_one_more,
        missing_since=since,
    )


def known_by_name(sources: Iterable[KnownSource]) -> dict[str, KnownSource]:
    """Return sources by name; of several of one name, the one that was missing, else the first."""
    by_name: dict[str, KnownSource] = {}
    for source in sources:
        if source.name not in by_name or source.missing_looks:
            by_name[source.name] = source
    return by_name
