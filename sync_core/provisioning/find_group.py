"""Finds the CluedIn group that is, or may become, an asset's own, before one is made.

The order matters, and so does stopping at the first claim that succeeds; see docs/decisions. Names are checked exactly
on our side: how CluedIn's search compares is not published. An id counts only together with the name it must bear.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sync_core.assets.asset_rows import StoredAsset
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.names import (
    own_names_head,
    plain_group_name,
    search_text,
    source_name,
)
from sync_core.assets.record import AssetRecord
from sync_core.assets.twins import TellTwinsApart
from sync_core.cluedin.client import CLUEDIN, CluedInClient
from sync_core.cluedin.lists import PAGE_SIZE
from sync_core.cluedin.snapshot import KnownSource
from sync_core.cluedin.wire import DataSource, DataSourceSet
from sync_core.errors import ThrottledError, TransientError, UnseenError
from sync_core.provisioning.group_store import UNREADABLE, GroupStore
from sync_core.provisioning.look_up import names_to_take, texts_to_search
from sync_core.provisioning.read_snapshot import ReadSnapshot
from sync_core.provisioning.snapshot_store import SnapshotStore
from sync_core.storage.unreadable import Unreadable

READ_TIME = timedelta(seconds=15)  # a worker holds its claim for longer than this and one more page
READ_AGAIN_AFTER_S = 5.0
LOOKS_FOR_SNAPSHOT = 6
LOOK_AGAIN_AFTER_S = 0.5
UNREADABLE_RETRY_S = 300.0
UNREADABLE_FOR = timedelta(hours=1)  # then what cannot be read is taken for a stranger's


@dataclass(frozen=True, slots=True)
class Found:
    """A group that the asset owns now, and its source in it, if that is there already."""

    group: DataSourceSet
    source: DataSource | None


@dataclass(frozen=True)
class FindGroup:
    """Looks groups up and claims the right one."""

    cluedin: CluedInClient
    groups: GroupStore
    assets: AssetStore
    twins: TellTwinsApart
    snapshots: SnapshotStore
    read_snapshot: ReadSnapshot
    sleep: Callable[[float], None]
    clock: Callable[[], datetime]

    def find(
        self, record: AssetRecord, run_id: str, unseen_since: datetime | None = None
    ) -> tuple[Found | None, list[DataSourceSet]]:
        """Return the group that is the asset's now, if any, and all groups that the search showed.

        `unseen_since` is since when it was looked for in vain.

        Raises:
            UnseenError: what was asked for before may be among what cannot be read; for an hour.
            TransientError: what was asked for before may stand, and CluedIn shows nothing at all: that is no answer.
        """
        (known,) = self.known_sources([record], run_id)
        shown, unreadable = self._look_up(record, known)
        for group, may_claim in self._candidates(record, shown):
            if may_claim() and self._claim(group, record):
                return Found(group, own_source(record, group)), shown
        if record.group_name and not shown:
            self._check_that_anything_is_shown(record)
        if record.group_name and unreadable:
            _check_that_it_was_looked_for(record, unreadable, unseen_since, self.clock())
        return None, shown

    def known_sources(self, records: Sequence[AssetRecord], run_id: str) -> list[list[KnownSource]]:
        """Return the sources that the latest complete snapshot shows for each of the assets; it may be the first one.

        Raises:
            ThrottledError: there is none yet, and to read CluedIn as a whole takes longer.
        """
        names = [source_name(record) for record in records]
        known = self.snapshots.look_up_each(names)
        if None in known:
            self.ensure_read(run_id)
            known = self.snapshots.look_up_each(names)
        return [one or [] for one in known]

    def existing(self, record: AssetRecord) -> DataSourceSet | None:
        """Return the group that stands for an asset: with its source in it, or of the id and the name recorded."""
        shown, _ = self._look_up(record, self.snapshots.look_up(source_name(record)) or ())
        with_own = (group for group in shown if own_source(record, group))
        own = sorted(with_own, key=lambda one: (one.name != record.group_name, one.id != record.group_id))
        with_source = next((group for group in own if not self._is_anothers(group, record)), None)
        named = (group for group in shown if (group.id, group.name) == (record.group_id, record.group_name))
        return with_source or next(named, None)

    def _candidates(
        self, record: AssetRecord, shown: Sequence[DataSourceSet]
    ) -> Iterator[tuple[DataSourceSet, Callable[[], bool]]]:
        empty = [group for group in shown if group.is_empty]
        names = names_to_take(record)
        # A source with our qualified name: made for this asset, by us or before us.
        for group in self._made_before(record, shown):
            yield group, lambda: True
        # Half-made groups: ours by our own records ...
        for group in empty:
            if group.name in {name for name, _ in names}:
                yield group, lambda group=group: self.groups.owner(group.id) == record.key  # type: ignore[misc]
        # ... or by their name.
        for name, is_contested in names:
            for group in empty:
                if group.name == name:
                    yield group, partial(self.groups.claim_name, name, record.key) if is_contested else lambda: True

    def _claim(self, group: DataSourceSet, record: AssetRecord) -> bool:
        """Make the asset the group's owner, also of an id that was another group's before CluedIn was restored."""
        if self.groups.claim_group(group.id, record.key):
            return True
        noted = self.groups.owner(group.id)
        owner = self._owner_by_source(noted, group, record)
        may_change = owner == record.key or not self._owns(owner, group)
        return may_change and self.groups.change_owner(group.id, noted, record.key)

    def _owner_by_source(self, noted: str, group: DataSourceSet, record: AssetRecord) -> str:
        """Return who owns a group; where its row cannot be read, for whom the asset's source in it was made."""
        source = own_source(record, group) if noted == UNREADABLE else None
        return (self.groups.asset_of_source(source.id) or noted) if source else noted

    def _owns(self, owner: str, group: DataSourceSet) -> bool:
        """Whether a group is an asset's; also where that cannot be read, since nothing says that it is free."""
        stored = self.assets.look_up(owner) if owner else None
        if owner == UNREADABLE or isinstance(stored, Unreadable):
            return True
        return stored is not None and _stands_for(stored.record, group)

    def _is_anothers(self, group: DataSourceSet, record: AssetRecord) -> bool:
        """Whether it stands for an asset of the same qualified name and another type."""
        owner = self._owner_by_source(self.groups.owner(group.id), group, record)
        if owner in {"", record.key}:
            return False
        stored = self.assets.look_up(owner) if owner != UNREADABLE else None
        if isinstance(stored, StoredAsset) and (group.id == record.group_id or group.name == record.group_name):
            # CluedIn may have been restored, so that the id, and with it its row, is another group's now.
            return (stored.record.group_id, stored.record.group_name) == (group.id, group.name)
        return group.id != record.group_id and self._owns(owner, group)

    def _made_before(self, record: AssetRecord, shown: Sequence[DataSourceSet]) -> Iterator[DataSourceSet]:
        """Yield the groups with the asset's source. Whose the data in them are is asked where nobody owns them yet."""
        own = [(group, source) for group in shown if (source := own_source(record, group))]
        if any(source.data_set_ids for _, source in own):
            owners = {group.id: self._owner_by_source(self.groups.owner(group.id), group, record) for group, _ in own}
            yield from (group for group, _ in own if owners[group.id] == record.key)
            free = [(group, source) for group, source in own if not self._owns(owners[group.id], group)]
            own = self.twins.candidates(record, free)
        yield from (group for group, _ in own)

    def _look_up(self, record: AssetRecord, known: Sequence[KnownSource]) -> tuple[list[DataSourceSet], int]:
        """Return the groups that may be the asset's, and how many that were shown beside them cannot be read."""
        shown: dict[str, DataSourceSet] = {}
        unreadable = 0
        for text in texts_to_search(record):
            found, more = self._search(text, record)
            shown, unreadable = shown | found, unreadable + more
        # A group made under the asset's former name is not among those; the snapshot knows it by its source.
        for one in known:
            if one.group_id not in shown:
                shown |= {group.id: group for group in self._known_group(one)}
        return sorted(shown.values(), key=lambda group: (len(group.id), group.id)), unreadable

    def _search(self, text: str, record: AssetRecord) -> tuple[dict[str, DataSourceSet], int]:
        """Return what a search finds: every name that the asset's group may bear begins with the asset's name.

        Where so many are found that there is another page, and the plain name is another asset's for good, the full one
        finds this asset's alone: of a thousand files of one name each would read a thousand groups.
        """
        shown: dict[str, DataSourceSet] = {}
        listed = self.cluedin.fetch_groups(text)
        for group in listed:
            shown[group.id] = group
            if len(shown) == PAGE_SIZE and self._is_anothers_name(plain_group_name(record), record):
                return self._search_names_of(record)
        return shown, listed.unreadable

    def _search_names_of(self, record: AssetRecord) -> tuple[dict[str, DataSourceSet], int]:
        """Return what a search finds for the names that are this asset's alone, and for the one that was meant."""
        texts = {search_text(own_names_head(record), longest=True)}
        if record.group_name and not any(text in record.group_name for text in texts):
            texts.add(search_text(record.group_name, longest=True))
        shown: dict[str, DataSourceSet] = {}
        unreadable = 0
        for text in sorted(texts):
            listed = self.cluedin.fetch_groups(text)
            shown |= {group.id: group for group in listed}
            unreadable += listed.unreadable
        return shown, unreadable

    def _is_anothers_name(self, group_name: str, record: AssetRecord) -> bool:
        owner = self.groups.owner_of_name(group_name)
        return owner not in {"", record.key} and self._has_name(owner, group_name)

    def _known_group(self, known: KnownSource) -> Iterator[DataSourceSet]:
        found = self.cluedin.fetch_groups(search_text(known.group_name))
        return (group for group in found if group.id == known.group_id)

    def _has_name(self, owner: str, group_name: str) -> bool:
        """Whether an asset's group is called so; also where its record cannot be read: a name is given once."""
        stored = self.assets.look_up(owner)
        return isinstance(stored, Unreadable) or (stored is not None and stored.record.group_name == group_name)

    def _check_that_anything_is_shown(self, record: AssetRecord) -> None:
        head = self.snapshots.head()
        if head is not None and head.sources and next(iter(self.cluedin.fetch_groups("")), None) is None:
            raise TransientError(
                f"CluedIn shows no group at all, though {head.sources} sources stood there: whether group "
                f"'{record.group_name}' was made cannot be seen.",
                service=CLUEDIN.name,
            )

    def ensure_read(self, run_id: str) -> None:
        """With the state lost, only reading CluedIn as a whole tells what it holds under names that changed since.

        Raises:
            ThrottledError: that takes longer, or another worker is at it.
        """
        if self.snapshots.head() is not None:
            return
        snapshot = self.read_snapshot.read(run_id, READ_TIME)
        if snapshot is not None:
            sources = [KnownSource(one.source_id, one.name, one.group_id, one.group_name) for one in snapshot.sources()]
            self.snapshots.save(snapshot.started_at, len(snapshot.groups), sources)
        elif not self._is_read_meanwhile():
            raise ThrottledError(
                "CluedIn is read as a whole before the first group is made.",
                retry_after_s=READ_AGAIN_AFTER_S,
                service=CLUEDIN.name,
            )

    def _is_read_meanwhile(self) -> bool:
        """Wait a little for another worker who reads it: a small CluedIn is read within a second."""
        for _ in range(LOOKS_FOR_SNAPSHOT):
            self.sleep(LOOK_AGAIN_AFTER_S)
            if self.snapshots.head() is not None:
                return True
        return False


def _check_that_it_was_looked_for(record: AssetRecord, unreadable: int, since: datetime | None, now: datetime) -> None:
    if since is None or now - since < UNREADABLE_FOR:
        raise UnseenError(
            f"CluedIn shows {unreadable} groups that cannot be read where '{record.group_name}' is looked for, which "
            "was asked for before and may be one of them: it is looked for again, for an hour.",
            retry_after_s=UNREADABLE_RETRY_S,
            service=CLUEDIN.name,
        )


def own_source(record: AssetRecord, group: DataSourceSet) -> DataSource | None:
    """Return the group's source that bears the asset's qualified name, if there is one."""
    name = source_name(record)
    return next((source for source in group.data_sources if source.name == name), None)


def _stands_for(record: AssetRecord, group: DataSourceSet) -> bool:
    is_half_made = not group.data_sources and (record.group_id, record.group_name) == (group.id, group.name)
    return own_source(record, group) is not None or is_half_made
