"""Which assets carry the tag: the parts of `discovery/`."""

from dataclasses import dataclass
from functools import cached_property

from sync_core.app.lineage import Lineage
from sync_core.discovery.compared_changes import ComparedChanges
from sync_core.discovery.discover_all import DiscoverAll
from sync_core.discovery.discover_assets import DiscoverAssets
from sync_core.discovery.discover_by_term import DiscoverByTerm
from sync_core.discovery.find_missing import FindMissing
from sync_core.discovery.read_assets import ReadAssets
from sync_core.discovery.recorded_assets import RecordedAssets
from sync_core.discovery.save_assets import SaveAssets
from sync_core.discovery.terms.curation.tell_curation import TellCuration
from sync_core.discovery.terms.find_concepts import FindConcepts
from sync_core.discovery.terms.read_lists import ReadLists
from sync_core.discovery.terms.resolve_terms import ResolveTerms
from sync_core.discovery.terms.tell_paused import TellPaused
from sync_core.discovery.terms.term_lists import TermLists
from sync_core.discovery.terms.term_memory import TermMemory
from sync_core.jobs.wake_jobs import WakeJobs
from sync_core.jobs.worker import Worker
from sync_core.settings import TermStore


@dataclass(frozen=True)
class Discovery(Lineage):
    """The minute tick."""

    @cached_property
    def discover_assets(self) -> DiscoverAssets:
        """The minute tick."""
        return DiscoverAssets(
            selection=self.selection,
            by_term=self.discover_by_term,
            all_assets=self.discover_all,
            wake=self.wake_jobs,
            announce=self.announce_assets,
            leases=self.leases,
            runs=self.runs,
            runtime=self.runtime,
            pauses=self.pauses,
            tell_refused=self.tell_refused,
        )

    @cached_property
    def discover_by_term(self) -> DiscoverByTerm:
        return DiscoverByTerm(
            lists=ReadLists(self.term_lists, self.resolve_terms, self.runtime.now),
            details=ReadAssets(self.purview),
            types=self.known_types,
            assets=self.assets,
            save=self.save_assets,
            missing=FindMissing(self.resolve_terms, self.assets, self.confirm_absence, self.retire, self.runtime.now),
            defer=self.defer,
            tell=TellPaused(self.notify, self.cursors, self.runtime.now),
            tell_curation=self.tell_curation,
            notes=self.cursors,
            clock=self.runtime.now,
        )

    @cached_property
    def discover_all(self) -> DiscoverAll:
        return DiscoverAll(
            purview=self.purview,
            types=self.known_types,
            details=ReadAssets(self.purview),
            save=self.save_assets,
            assets=self.assets,
            recorded=RecordedAssets(self.assets.index, self.notes("recorded-assets")),
            compared=ComparedChanges(self.notes("compared-changes")),
            defer=self.defer,
            notes=self.cursors,
            clock=self.runtime.now,
            own_collection=self.own_collection,
            collection_setting=self.settings.purview_collection,
        )

    @cached_property
    def tell_curation(self) -> TellCuration:
        """What people are told of asset curation."""
        return TellCuration(self.term_lists, self.notify, self.cursors)

    @cached_property
    def term_memory(self) -> TermMemory:
        return TermMemory(self.notes("term"), self.notes("term-links"))

    @cached_property
    def term_lists(self) -> TermLists:
        return TermLists(
            purview=self.purview,
            catalog=self.catalog,
            memory=self.term_memory,
            notes=self.cursors,
            clock=self.runtime.now,
            may_be_empty=self.retire.may_lose,
            is_asset=self.known_types.seems_asset,
            asks_catalog=self.settings.sync_term_store is not TermStore.CLASSIC,
        )

    @cached_property
    def resolve_terms(self) -> ResolveTerms:
        return ResolveTerms(self.purview, self.find_concepts, self.term_memory, self.cursors, self.runtime.now)

    @cached_property
    def find_concepts(self) -> FindConcepts:
        return FindConcepts(self.catalog, self.settings.sync_term_store, self.cursors)

    @cached_property
    def save_assets(self) -> SaveAssets:
        return SaveAssets(self.assets, self.asset_queue, self.runtime.now)

    @cached_property
    def wake_jobs(self) -> tuple[WakeJobs, WakeJobs]:
        return self._wake_for(self.create_data_source_group), self._wake_for(self.push_lineage)

    def _wake_for(self, worker: Worker) -> WakeJobs:
        work = worker.work
        return WakeJobs(work.jobs, work.queue, work.is_on, self.runtime.now, worker.give_back)
