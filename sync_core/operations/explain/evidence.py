"""What was read about one asset, as values: all that the findings are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sync_core.absence.approval import ApprovalNeeded
from sync_core.assets.record import AssetRecord
from sync_core.catalog.values import Kind, Status
from sync_core.cluedin.snapshot import DataSetSummary, KnownSource
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.targets import Store
from sync_core.jobs.job import Job
from sync_core.lineage.record import DataSetRecord
from sync_core.purview.asset import Asset
from sync_core.runs.deferred import Deferred
from sync_core.settings import TermStore


@dataclass(frozen=True, slots=True)
class Work:
    """Whether the app is at work: the toggle, the keywords, its last discovery, and who asked to slow down.

    `keywords` are empty for `*`. `error` says why the settings cannot be read; `pauses` are seconds by the service's
    title; a service that wants to be left alone is not asked.
    """

    is_on: bool = True
    off_in: str = ""
    keywords: tuple[Keyword, ...] = ()
    setting: str = "SYNC_TERM"
    store: TermStore = TermStore.AUTO
    error: str = ""
    is_discovery_well: bool = True
    discovery_error: str = ""
    pauses: Mapping[str, float] = field(default_factory=dict)
    asks_purview: bool = True
    asks_cluedin: bool = True
    is_lineage_on: bool = True

    @property
    def is_all(self) -> bool:
        """Whether every asset counts."""
        return not self.keywords

    @property
    def words(self) -> str:
        """The keywords as they are written."""
        return "; ".join(map(str, self.keywords)) or "*"


class Sight(StrEnum):
    """What Purview's store says of an asset."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    GONE = "gone"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class InPurview:
    """What the store tells of an asset.

    `left_out` is why its type is left out, empty for a data asset, None where nobody can tell. `terms` are the classic
    terms that it names itself, by guid. `is_found` says whether the search finds it, None where it was not asked;
    `changed_at` when it last changed.
    """

    guid: str
    sight: Sight = Sight.SHOWN
    error: str = ""
    asset: Asset | None = None
    left_out: str | None = ""
    terms: Mapping[str, str] = field(default_factory=dict)
    is_found: bool | None = None
    is_in_own_collection: bool = False
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A term or data product that an asset has. `place` is its glossary or governance domain; empty: not told.

    Of one that the catalog does not show, only the id is known.
    """

    store: Store
    kind: Kind
    id: str
    name: str = ""
    place: str = ""
    status: Status = Status.PUBLISHED

    @property
    def key(self) -> str:
        """What tells it from all others, as keys of targets do."""
        return self.id if self.store is Store.CLASSIC else f"{self.kind}/{self.id}"

    def __str__(self) -> str:
        what = "data product" if self.kind is Kind.PRODUCT else "term"
        where = f"@{self.place}" if self.place else ""
        store = "classic " if self.store is Store.CLASSIC else "Unified Catalog "
        status = f" ({self.status})" if self.status is not Status.PUBLISHED else ""
        return f"{store}{what} '{self.name or self.id}{where}'{status}"


@dataclass(frozen=True, slots=True)
class Tags:
    """Which terms an asset has, and which the keywords stand for.

    `targets` are the keywords of each key; `listed` are keys whose own list shows the asset. `columns` are names of its
    columns by the key that they have; `paused` what is put off, by key. `unknown` tells of keywords that name nothing,
    `errors` what could not be read, so that it may have a term all the same; `closed` that the app has no role in the
    catalog.
    """

    carried: tuple[Tag, ...] = ()
    targets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    paused: Mapping[str, Deferred] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    closed: str = ""

    @property
    def hits(self) -> list[str]:
        """The keys of the targets that the asset has."""
        carried = {tag.key for tag in self.carried}
        return [key for key in self.targets if key in carried or key in self.listed]


@dataclass(frozen=True, slots=True)
class State:
    """What the app's own rows say of an asset; `deferred` of it, of its type and of the stores of terms."""

    record: AssetRecord | None = None
    job: Job | None = None
    deferred: tuple[Deferred, ...] = ()
    approval_needed: ApprovalNeeded | None = None
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A data source group that CluedIn shows."""

    id: str
    name: str
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class InCluedIn:
    """What CluedIn shows for an asset: by the stored ids together with their names, and by its names.

    `is_group_shown` and `is_source_shown` are None where nothing is recorded, or CluedIn does not tell. `missing` is
    what the snapshots of `reconcile` lacked; `is_in_doubt` says that many groups are missing at once.
    """

    is_group_shown: bool | None = None
    is_source_shown: bool | None = None
    namesakes: tuple[Group, ...] = ()
    missing: KnownSource | None = None
    is_in_doubt: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Data:
    """A data set in the asset's source, with what the app recorded of it."""

    summary: DataSetSummary
    record: DataSetRecord | None = None
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class DataSets:
    """The data sets of the asset's source."""

    found: tuple[Data, ...] = ()
    left_out: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was read about an asset; a section that is None was not read in this part.

    `is_tagged` is what a part before this one found, None where none looked.
    """

    now: datetime
    work: Work
    purview: InPurview
    state: State = field(default_factory=State)
    tags: Tags | None = None
    cluedin: InCluedIn | None = None
    data_sets: DataSets | None = None
    is_tagged: bool | None = None

    @property
    def record(self) -> AssetRecord | None:
        """What is recorded of it."""
        return self.state.record

    @property
    def is_selected(self) -> bool | None:
        """Whether the keywords select it, None where that was not looked at."""
        if self.work.is_all:
            return True
        return bool(self.tags.hits) if self.tags else self.is_tagged
