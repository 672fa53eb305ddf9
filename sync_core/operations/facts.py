"""What `status` and `dashboard` tell: the state as it was read for one question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from sync_core.absence.approval import Approval, ApprovalNeeded
from sync_core.assets.listed import ListedAsset
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.discovery.selection import Toggle
from sync_core.discovery.terms.recall_terms import KnownTerms
from sync_core.guids import to_guid
from sync_core.jobs.dead_letter import DeadLetter
from sync_core.jobs.job import TAKEN_UP_WITHIN, Job, JobState
from sync_core.lineage.record import DataSetRecord
from sync_core.notifications.announcement import LastNotification
from sync_core.runs.action_log import ActionRecord
from sync_core.runs.deferred import Deferred, Kind
from sync_core.runs.run import RunRecord
from sync_core.runs.throttle import Throttle
from sync_core.storage.unreadable import Unreadable

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which assets and data sets to show: of one state, type, term and collection, with a text, from behind a key."""

    state: AssetStatus | None
    text: str
    page_size: int
    after: str
    after_data_set: str
    type_name: str = ""
    term: str = ""
    collection: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether not each asset is to be shown."""
        return self.state is not None or any((self.text, self.type_name, self.term, self.collection))

    def accepts_data_set(self, record: DataSetRecord) -> bool:
        """Whether a data set is to be shown; also one whose source asset has the text in its qualified name."""
        return self.text.lower() in f"{record.name}\n{record.data_set_id}\n{record.asset_qualified_name}".lower()

    def accepts(self, asset: AssetRecord | ListedAsset) -> bool:
        """Whether an asset is to be shown."""
        return (
            (self.state is None or asset.status == self.state)
            and self.type_name in {"", asset.type_name}
            and self.collection in {"", asset.collection_id}
            and self._has_term(asset)
            and self._has_text(asset)
        )

    def _has_term(self, asset: AssetRecord | ListedAsset) -> bool:
        """Whether a term selects it: by the term's guid or id, however that is spelled, or by its key."""
        wanted = to_guid(self.term) or self.term.lower()
        keys = (key.lower() for key in asset.terms) if wanted else ()
        return not wanted or any(wanted in {key, key.rpartition("/")[2]} for key in keys)

    def _has_text(self, asset: AssetRecord | ListedAsset) -> bool:
        names = (asset.name, asset.qualified_name, asset.guid, asset.group_id)
        return not self.text or self.text.lower() in "\n".join(names).lower()


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items, and the key behind which there may be more; None if these are the last."""

    items: Sequence[Item]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is told. `jobs` are those of the assets and data sets shown, by asset key and by data set id.

    `counts` are those of `counted_at`, and incomplete where nobody has counted all yet. `collections` are what people
    call collections, by the generated names, as far as that is known.
    """

    generated_at: datetime
    toggle: Toggle | None
    is_lineage_on: bool
    counts: Mapping[str, int]
    assets: Page[AssetRecord]
    data_sets: Page[DataSetRecord]
    counted_at: datetime | None = None
    jobs: Mapping[str, Job] = field(default_factory=dict)
    open_deliveries: int = 0
    runs: Sequence[RunRecord] = ()
    reconciliations: Sequence[RunRecord] = ()
    actions: Sequence[ActionRecord] = ()
    approval_needed: ApprovalNeeded | None = None
    approval: Approval | None = None
    dead_letters: Sequence[DeadLetter] = ()
    throttles: Sequence[Throttle] = ()
    deferred: Sequence[Deferred] = ()
    notifications: Mapping[str, LastNotification] = field(default_factory=dict)
    unreadable: Sequence[Unreadable] = ()
    webhook_problem: str = ""
    terms: KnownTerms = field(default_factory=KnownTerms)
    collections: Mapping[str, str] = field(default_factory=dict)

    @property
    def hidden(self) -> Mapping[str, Deferred]:
        """What is deferred because Purview refuses to show it: assets, by guid."""
        return {one.id: one for one in self.deferred if one.kind is Kind.ASSET and one.is_hidden}

    def try_at(self, key: str) -> datetime | None:
        """Return when outstanding work is tried next: when its message shows up, or now if it has."""
        job = self.jobs.get(key)
        if job is None or job.state is JobState.DEAD:
            return None
        return max(job.due_at - TAKEN_UP_WITHIN, self.generated_at)
