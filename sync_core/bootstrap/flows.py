"""What the app does: each flow with the stores and services that it needs."""

import random
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from sync_core.bootstrap.services import Services
from sync_core.bootstrap.stores import new_id
from sync_core.clients.cluedin_data_sets import CluedInDataSets
from sync_core.clients.cluedin_snapshot import CluedInSnapshots
from sync_core.clients.purview_lineage import PurviewLineageClient
from sync_core.domain.run import RunKind
from sync_core.errors import SyncError
from sync_core.flows.announce import Announce
from sync_core.flows.announce_data_sets import AnnounceDataSets
from sync_core.flows.check_existence import CheckExistence
from sync_core.flows.check_health import CheckHealth
from sync_core.flows.confirm_absence import ConfirmAbsence
from sync_core.flows.create_data_source_group import CreateDataSourceGroup
from sync_core.flows.dead_letters import DeadLetters
from sync_core.flows.defer import Defer
from sync_core.flows.discover import LEASE, Discover
from sync_core.flows.discover_all import DiscoverAll
from sync_core.flows.discover_by_term import DiscoverByTerm
from sync_core.flows.doctor import Doctor
from sync_core.flows.empty_bodies import EmptyBodies
from sync_core.flows.examine_catalog import ExamineCatalog
from sync_core.flows.find_concepts import FindConcepts
from sync_core.flows.find_group import FindGroup
from sync_core.flows.find_installation import FindInstallation
from sync_core.flows.find_missing import FindMissing
from sync_core.flows.find_processed import FindProcessed
from sync_core.flows.find_recreated import FindRecreated
from sync_core.flows.heal_groups import HealGroups
from sync_core.flows.look_at_cluedin import LookAtCluedIn
from sync_core.flows.look_now import LookNow
from sync_core.flows.match_asset import MatchAsset
from sync_core.flows.probe_rights import ProbeRights
from sync_core.flows.provision import Provision
from sync_core.flows.push_data_set import PushDataSet
from sync_core.flows.push_lineage import PushLineage
from sync_core.flows.read_assets import ReadAssets
from sync_core.flows.read_lists import ReadLists
from sync_core.flows.read_snapshot import ReadSnapshot
from sync_core.flows.receive_delivery import ReceiveDelivery
from sync_core.flows.reconcile import Heal, Reconcile
from sync_core.flows.recover_source import RecoverSource
from sync_core.flows.register_types import RegisterTypes
from sync_core.flows.report import Report
from sync_core.flows.resolve_collection import ResolveCollection
from sync_core.flows.resolve_terms import ResolveTerms
from sync_core.flows.retire import Retire
from sync_core.flows.run_log import RunLog, recorded_run
from sync_core.flows.selection import ReadSelection
from sync_core.flows.show_dashboard import ShowDashboard
from sync_core.flows.strangers import Strangers
from sync_core.flows.take_assets import TakeAssets
from sync_core.flows.take_poison import Poison, TakePoison
from sync_core.flows.tell_paused import TellPaused
from sync_core.flows.tell_twins_apart import TellTwinsApart
from sync_core.flows.term_lists import TermLists
from sync_core.flows.term_memory import TermMemory
from sync_core.flows.wake_jobs import WakeJobs
from sync_core.flows.watch_queues import WatchQueues
from sync_core.flows.worker import Work, Worker
from sync_core.flows.write_lineage import WriteLineage
from sync_core.settings import TermStore
from sync_core.state.connection import INTERACTIVE
from sync_core.state.names import POISON_SUFFIX, TABLES
from sync_core.state.notes import Notes
from sync_core.state.queues import PoisonQueue


@dataclass(frozen=True)
class App(Services):
    """Everything that the triggers and the commands call."""

    @cached_property
    def impatient(self) -> "App":
        """The same app for callers who wait: its storage gives up within seconds, before they do."""
        return replace(self, patience=INTERACTIVE)

    @cached_property
    def discover(self) -> Discover:
        """The minute tick."""
        return Discover(
            selection=self._selection,
            by_term=self._discover_by_term,
            all_assets=self._discover_all,
            wake=self._wake,
            announce=self._announce,
            leases=self._leases,
            runs=self._runs,
            clock=self.clock,
            sleep=time.sleep,
            new_id=new_id,
            pauses=self._pauses,
        )

    def note_failed_run(self, kind: RunKind, error: SyncError) -> None:
        """Record a run that could not even begin."""
        with suppress(SyncError), recorded_run(self._runs, kind, new_id(), self.clock):
            raise error

    @cached_property
    def find_installation(self) -> FindInstallation:
        """Whom the settings lead to, and where the state of those lies."""
        outside = replace(self, scope="")._notes("installation")  # noqa: SLF001  # the same app, without a scope
        return FindInstallation(self.settings, self.cluedin, self.purview, outside, self.clock)

    @cached_property
    def create_data_source_group(self) -> Worker:
        """The worker of the asset queue."""
        return self._worker(self._asset_work)

    @cached_property
    def _asset_work(self) -> CreateDataSourceGroup:
        return CreateDataSourceGroup(
            provision=Provision(
                cluedin=self.cluedin,
                assets=self._assets,
                groups=self._groups,
                find_group=self._find_group,
                clock=self.clock,
                announce=self._notify.is_on,
            ),
            assets=self._assets,
            queue=self._asset_queue,
            announce=self._announce,
            is_enabled=self._selection.is_enabled,
        )

    def _worker(self, work: Work) -> Worker:
        return Worker(work, self._leases, self._pauses, self.clock, new_id, random.random)

    @cached_property
    def receive_delivery(self) -> ReceiveDelivery:
        """The answer to the webhook."""
        return ReceiveDelivery(
            receipts=self._receipts,
            queue=self._lineage_queue,
            secrets=self.settings.webhook_secrets,
            empty_bodies=self._empty_bodies,
            clock=self.clock,
            new_id=new_id,
        )

    @cached_property
    def _empty_bodies(self) -> EmptyBodies:
        return EmptyBodies(self._cursors, self._notify, self.clock)

    @cached_property
    def push_lineage(self) -> Worker:
        """The worker of the lineage queue."""
        return self._worker(self._lineage_work)

    @cached_property
    def _lineage_work(self) -> PushLineage:
        return PushLineage(
            push=self._push_data_set,
            look=LookNow(self._look_at_cluedin, self._leases, self.clock),
            store=self._data_sets,
            queue=self._lineage_queue,
            announce=AnnounceDataSets(self._data_sets, self._notify),
            is_enabled=self.settings.lineage_enabled,
            clock=self.clock,
        )

    @cached_property
    def _wake(self) -> tuple[WakeJobs, WakeJobs]:
        return self._wake_for(self._asset_work), self._wake_for(self._lineage_work)

    def _wake_for(self, work: Work) -> WakeJobs:
        return WakeJobs(work.jobs, work.queue, work.is_on, self.clock)

    @cached_property
    def dead_letters(self) -> DeadLetters:
        """What was given up, and the way back."""
        return DeadLetters([self._asset_work, self._lineage_work], self.clock)

    @cached_property
    def _take_poison(self) -> TakePoison:
        works: tuple[Work, ...] = (self._asset_work, self._lineage_work)
        poisons = [
            Poison(PoisonQueue(self._storage.queues, work.queue.name + POISON_SUFFIX), work, wake)
            for work, wake in zip(works, self._wake, strict=True)
        ]
        return TakePoison(poisons, self.clock)

    @cached_property
    def _twins(self) -> TellTwinsApart:
        return TellTwinsApart(self.purview, self._lineage, self._assets, self.cluedin.organization_id)

    @cached_property
    def _find_group(self) -> FindGroup:
        return FindGroup(
            self.cluedin, self._groups, self._assets, self._twins, self._snapshots, self._read_snapshot, time.sleep
        )

    @cached_property
    def _read_snapshot(self) -> ReadSnapshot:
        return ReadSnapshot(CluedInSnapshots(self.cluedin), self._snapshots, self._leases, self._cursors, self.clock)

    @cached_property
    def _push_data_set(self) -> PushDataSet:
        return PushDataSet(
            data_sets=self._cluedin_data_sets,
            match=MatchAsset(self._groups, self._assets, self.purview, self._twins),
            purview=self._lineage,
            write=WriteLineage(self._lineage, self._register_types),
            store=self._data_sets,
            strangers=Strangers(self.clock),
            collection=lambda: self._collection.get().name,
            organization=self.cluedin.organization_id,
            clock=self.clock,
            announce=self._notify.is_on,
        )

    @cached_property
    def reconcile(self) -> Reconcile:
        """The tick of every five minutes."""
        return Reconcile(
            heal=self._heal,
            look_at_cluedin=self._look_at_cluedin,
            find_recreated=self._find_recreated,
            check_existence=CheckExistence(
                self.purview, self._assets, self._confirm, self._retire, self._defer, self._cursors, self.clock
            ),
            selection=self._selection,
            take_poison=self._take_poison,
            wake=self._wake,
            empty_bodies=self._empty_bodies,
            watch_queues=self._watch_queues,
            leases=self._leases,
            pauses=self._pauses,
            runs=self._runs,
            cursors=self._cursors,
            notify=self._notify,
            is_lineage_on=self.settings.lineage_enabled,
            clock=self.clock,
            new_id=new_id,
        )

    @cached_property
    def _heal(self) -> Heal:
        return Heal(
            receipts=self._receipts,
            data_sets=self._data_sets,
            letters=self.dead_letters,
            leases=self._leases,
            runs=self._runs,
            cursors=self._cursors,
            clock=self.clock,
        )

    @cached_property
    def _look_at_cluedin(self) -> LookAtCluedIn:
        return LookAtCluedIn(
            read=self._read_snapshot,
            store=self._snapshots,
            recover_source=RecoverSource(self._groups, self._assets),
            find_processed=FindProcessed(
                data_sets=self._cluedin_data_sets,
                records=self._data_sets,
                queue=self._lineage_queue,
                defer=self._defer,
                cursors=self._cursors,
                is_lineage_on=self.settings.lineage_enabled,
                clock=self.clock,
            ),
            heal_groups=HealGroups(
                self.cluedin, self._assets, self._asset_queue, self._notes("absence"), self._notify, self.clock
            ),
            assets=self._assets,
            is_sync_on=self._selection.is_on,
        )

    @cached_property
    def _find_recreated(self) -> FindRecreated:
        return FindRecreated(
            data_sets=self._data_sets,
            assets=self._assets,
            receipts=self._receipts,
            queue=self._lineage_queue,
            cursors=self._cursors,
            clock=self.clock,
        )

    @cached_property
    def doctor(self) -> Doctor:
        """The check of everything that must be right."""
        return Doctor(
            tables=[self._table(name) for name in TABLES],
            purview=self.purview,
            terms=self._resolve_terms,
            collection=ResolveCollection(self.purview, self.settings.purview_collection),
            types=self._register_types,
            cluedin=self.cluedin,
            selection=self._selection,
            new_log=lambda: RunLog(new_id(), self.clock()),
            empty_bodies=self._empty_bodies,
            probe=ProbeRights(self._assets, self._data_sets, self._cluedin_data_sets),
            catalog=ExamineCatalog(self.settings, self._concepts, self._term_lists, self.catalog_at),
        )

    @cached_property
    def report(self) -> Report:
        """The answer to `status`."""
        return Report(
            assets=self._assets,
            runs=self._runs,
            data_sets=self._data_sets,
            approvals=self.approvals,
            toggles=self._notes("toggle"),
            throttles=self._notes("throttle"),
            deferred=self._deferred,
            notifications=self._notes("notification"),
            empty_bodies=self._empty_bodies,
            is_lineage_on=self.settings.lineage_enabled,
            clock=self.clock,
        )

    @cached_property
    def dashboard(self) -> ShowDashboard:
        """The answer to `dashboard`."""
        return ShowDashboard(self.report)

    @cached_property
    def check_health(self) -> CheckHealth:
        """The answer to `health`."""
        return CheckHealth(self._runs, self._watch_queues, self.clock(), self.clock)

    @cached_property
    def _watch_queues(self) -> WatchQueues:
        queues = {queue.name: queue for queue in (self._asset_queue, self._lineage_queue)}
        return WatchQueues(queues, self._cursors, self.clock)

    @cached_property
    def _discover_by_term(self) -> DiscoverByTerm:
        return DiscoverByTerm(
            lists=ReadLists(self._term_lists, self._resolve_terms, self.clock),
            details=ReadAssets(self.purview),
            types=self._types,
            assets=self._assets,
            take=self._take_assets,
            missing=FindMissing(self._resolve_terms, self._assets, self._confirm, self._retire, self.clock),
            defer=self._defer,
            tell=TellPaused(self._notify, self._cursors, self.clock),
            notes=self._cursors,
            clock=self.clock,
        )

    @cached_property
    def _term_lists(self) -> TermLists:
        memory = TermMemory(self._notes("term"), self._notes("term-links"))
        asks_catalog = self.settings.sync_term_store is not TermStore.CLASSIC
        return TermLists(
            self.purview, self.catalog, memory, self._cursors, self.clock, self._retire.may_lose, asks_catalog
        )

    @cached_property
    def _confirm(self) -> ConfirmAbsence:
        return ConfirmAbsence(self.purview, self.clock)

    @cached_property
    def _defer(self) -> Defer:
        return Defer(self._deferred.notes_of, self.clock)

    @cached_property
    def _discover_all(self) -> DiscoverAll:
        return DiscoverAll(
            purview=self.purview,
            types=self._types,
            details=ReadAssets(self.purview),
            take=self._take_assets,
            assets=self._assets,
            defer=self._defer,
            notes=self._cursors,
            clock=self.clock,
            own_collection=self._own_collection,
            collection_setting=self.settings.purview_collection,
        )

    @cached_property
    def _selection(self) -> ReadSelection:
        return ReadSelection(self.settings, self.cluedin, self._notes("toggle"))

    @cached_property
    def _resolve_terms(self) -> ResolveTerms:
        return ResolveTerms(self.purview, self._concepts, self._cursors, self.clock)

    @cached_property
    def _concepts(self) -> FindConcepts:
        return FindConcepts(self.catalog, self.settings.sync_term_store, self._cursors)

    @cached_property
    def _lineage(self) -> PurviewLineageClient:
        return PurviewLineageClient(self.purview.door)

    @cached_property
    def _register_types(self) -> RegisterTypes:
        return RegisterTypes(self._lineage, self._notes("registered-types"), self.clock)

    @cached_property
    def _cluedin_data_sets(self) -> CluedInDataSets:
        return CluedInDataSets(self.cluedin)

    @property
    def _cursors(self) -> Notes:
        return self._notes("cursor")

    @cached_property
    def _retire(self) -> Retire:
        return Retire(self._assets, self.approvals, self._notify, self.clock)

    @cached_property
    def _take_assets(self) -> TakeAssets:
        return TakeAssets(self._assets, self._asset_queue, self.clock)

    @cached_property
    def _announce(self) -> Announce:
        return Announce(self._assets, self._notify, lambda: self._leases.is_held(LEASE))
