"""Finds the CluedIn group that is, or may become, an asset's own, before one is made.

The order matters, and so does stopping at the first claim that succeeds; see docs/decisions. Names are checked exactly
on our side: how CluedIn's search compares is not published.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync_core.clients.cluedin import CluedInClient
from sync_core.clients.cluedin_wire import DataSource, DataSourceSet
from sync_core.domain.asset import AssetRecord
from sync_core.mapping.names import (
    LONGEST_NAME,
    full_group_name,
    plain_group_name,
    search_text,
    source_name,
    unmistakable_group_name,
)
from sync_core.state.assets import AssetStore
from sync_core.state.groups import GroupStore, KnownSource


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
    clock: Callable[[], datetime]

    def find(self, record: AssetRecord) -> tuple[Found | None, list[DataSourceSet]]:
        """Return the group that is the asset's now, if any, and all groups that the search showed."""
        shown = self._look_up(record)
        for group, may_claim in self._candidates(record, shown):
            if may_claim() and self.groups.claim_group(group.id, record.key):
                return Found(group, own_source(record, group)), shown
        return None, shown

    def by_id(self, group_id: str, name: str) -> DataSourceSet | None:
        """Return the group with that id, found by its name: there is no public look-up by id."""
        return next((group for group in self.cluedin.fetch_groups(search_text(name)) if group.id == group_id), None)

    def _candidates(
        self, record: AssetRecord, shown: Sequence[DataSourceSet]
    ) -> Iterator[tuple[DataSourceSet, Callable[[], bool]]]:
        empty = [group for group in shown if group.is_empty]
        plain, full, last = plain_group_name(record), full_group_name(record), unmistakable_group_name(record)
        # A source with our qualified name: made for this asset, by us or before us.
        for group in shown:
            if own_source(record, group):
                yield group, lambda: True
        # Half-made groups: ours by our own records ...
        for group in empty:
            if group.name in {plain, full, last, record.group_name}:
                yield group, lambda group=group: self.groups.owner(group.id) == record.key  # type: ignore[misc]
        # ... or by their name. Under the first an earlier try meant to make it; the next two are this asset's alone;
        # the plain one is that asset's which was first to use it.
        by_name: list[tuple[str, Callable[[], bool]]] = [
            (record.group_name, lambda: self.groups.claim_name(record.group_name, record.key)),
            (last, lambda: True),
            (full, lambda: True),
            (plain, lambda: self.groups.claim_name(plain, record.key)),
        ]
        for name, may_claim in by_name:
            for group in empty:
                if group.name == name:
                    yield group, may_claim

    def _look_up(self, record: AssetRecord) -> list[DataSourceSet]:
        self._ensure_inventory()
        shown = {group.id: group for group in self.cluedin.fetch_groups(search_text(record.name))}
        if record.group_name and search_text(record.name) not in record.group_name:  # renamed since an earlier try
            shown |= {group.id: group for group in self.cluedin.fetch_groups(search_text(record.group_name))}
        # A group made under the asset's former name is not among those; the inventory knows it by its source.
        for known in self.groups.known_sources(source_name(record)):
            group = None if known.group_id in shown else self.by_id(known.group_id, known.group_name)
            if group:
                shown[group.id] = group
        return sorted(shown.values(), key=lambda group: (len(group.id), group.id))

    def _ensure_inventory(self) -> None:
        """With the state lost, only reading CluedIn as a whole tells what it holds under names that changed since."""
        if self.assets.has_inventory():
            return
        sources = [
            KnownSource(source_name=source.name, group_id=group.id, group_name=group.name[:LONGEST_NAME])
            for group in self.cluedin.fetch_groups("")
            for source in group.data_sources
            if len(source.name) <= LONGEST_NAME  # no longer one is ours, and an endless one fits no row
        ]
        self.groups.save_inventory(sources)
        self.assets.note_inventory(len(sources), self.clock())


def own_source(record: AssetRecord, group: DataSourceSet) -> DataSource | None:
    """Return the group's source that bears the asset's qualified name, if there is one."""
    name = source_name(record)
    return next((source for source in group.data_sources if source.name == name), None)
