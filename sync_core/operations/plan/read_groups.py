"""Reads what stands in CluedIn for a plan: as it is now where that is soon done, else as reconcile saw it last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sync_core.cluedin.lists import Reading
from sync_core.cluedin.snapshot import GroupSeen, KnownSource, SourceSeen
from sync_core.cluedin.snapshots import CluedInSnapshots, Limits
from sync_core.provisioning.snapshot_store import SnapshotStore

MAX_PAGES = 20


@dataclass(frozen=True)
class ReadGroups:
    """Reads groups."""

    cluedin: CluedInSnapshots
    store: SnapshotStore

    def read(self, has_time: Callable[[], bool]) -> tuple[list[GroupSeen], str]:
        """Return the groups, and a note where these are not all that stand there now."""
        groups, is_whole = self._read_now(has_time)
        if is_whole:
            return groups, ""
        head = self.store.head()
        if head is None:
            return groups, "CluedIn has more groups than there was time to read: names may clash with those of others."
        known = {group.group_id: group for group in groups}
        for one in self.store.known():
            source = SourceSeen(one.source_id, one.name, one.group_id, one.group_name)
            known.setdefault(one.group_id, GroupSeen(one.group_id, one.group_name, (source,)))
        return list(known.values()), f"CluedIn's groups are those of {head.started_at:%Y-%m-%d %H:%M} UTC."

    def known(self, source_names: Sequence[str]) -> dict[str, list[KnownSource] | None]:
        """Return the sources of these names that the latest complete snapshot knows; None where there is none."""
        return dict(zip(source_names, self.store.look_up_each(source_names), strict=True)) if source_names else {}

    def _read_now(self, has_time: Callable[[], bool]) -> tuple[list[GroupSeen], bool]:
        reading, limits, found, page = Reading(), Limits(), dict[str, GroupSeen](), 0
        for _ in range(MAX_PAGES):
            listed, taken = self.cluedin.fetch_page_within_limits(page, limits)
            page = 0 if taken.groups_per_call != limits.groups_per_call else page
            limits = taken
            found.update(listed.rows)
            if not reading.take(listed):
                return list(found.values()), True
            page += 1
            if not has_time():
                break
        return list(found.values()), False
