"""CluedIn as a snapshot: its data source groups with sources and data sets, as one reading of all of it showed."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sync_core.cluedin.data_set import RecordCounts


@dataclass(frozen=True, slots=True)
class DataSetSummary:
    """What a list tells of a data set; it changes whenever the data set is mapped or processed again."""

    data_set_id: str
    name: str
    annotation_id: str
    counts: RecordCounts
    updated_at: str

    @property
    def is_processed(self) -> bool:
        """Whether records of it went through the pipeline, be it by a mapping that it has no longer."""
        has_results = bool(self.counts.successful or self.counts.failed)
        return has_results or (bool(self.annotation_id) and bool(self.counts.total))

    @property
    def version(self) -> str:
        """A hash of all that is told: another one means that the data set was mapped or processed anew."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class SourceSeen:
    """A data source in its group. `data_sets` is None where the list does not tell enough of them."""

    source_id: str
    name: str
    group_id: str
    group_name: str
    data_sets: tuple[DataSetSummary, ...] | None = ()


@dataclass(frozen=True, slots=True)
class GroupSeen:
    """A data source group with its sources."""

    group_id: str
    name: str
    sources: tuple[SourceSeen, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """All groups as one reading to the end showed them; `started_at` is when it began.

    `is_whole` says that nothing had to be skipped: nobody counts as missing from a snapshot that is not; `unread` names
    what was, and why.
    """

    started_at: datetime
    groups: Mapping[str, GroupSeen]
    is_whole: bool = True
    unread: str = ""

    def sources(self) -> Iterator[SourceSeen]:
        """Yield all sources."""
        for group in self.groups.values():
            yield from group.sources


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source of the latest complete snapshot, or one of ours that was missing from it.

    `versions` are those of its data sets that were acted upon. `missing_looks` says from how many complete snapshots in
    a row it was missing, `missing_since` when the first of these began, in seconds since 1970.
    """

    source_id: str
    name: str
    group_id: str
    group_name: str
    versions: Mapping[str, str] = field(default_factory=dict)
    missing_looks: int = 0
    missing_since: float = 0.0
