"""What looks after everything: the parts of `upkeep/` and `jobs/`."""

from dataclasses import dataclass
from functools import cached_property

from sync_core.absence.check_existence import CheckExistence
from sync_core.app.discovery import Discovery
from sync_core.jobs.dead_letters import DeadLetters
from sync_core.jobs.drain_poison_queues import DrainPoisonQueues, Poison
from sync_core.jobs.job import JobKind
from sync_core.jobs.wake_jobs import WakeJobs
from sync_core.jobs.watch_queues import WatchQueues
from sync_core.jobs.worker import Work
from sync_core.operations.portals import Portals
from sync_core.purview.business_metadata import BusinessMetadataClient
from sync_core.storage.names import POISON_SUFFIX
from sync_core.storage.queues import PoisonQueue
from sync_core.upkeep.measure_backlog import MeasureBacklog
from sync_core.upkeep.mend_index import MendIndex
from sync_core.upkeep.reconcile import Heal, Reconcile
from sync_core.upkeep.write_status import WriteStatus


@dataclass(frozen=True)
class Upkeep(Discovery):
    """The tick of every five minutes."""

    @cached_property
    def reconcile(self) -> Reconcile:
        """The tick of every five minutes."""
        return Reconcile(
            heal=self.heal,
            count_assets=self.count_assets,
            list_assets=self.list_assets,
            collection_names=self.collection_names,
            measure_backlog=self._measure_backlog,
            mend_index=MendIndex(self.assets, self.cursors),
            look_at_cluedin=self.look_at_cluedin,
            find_recreated=self.find_recreated,
            check_existence=self._check_existence,
            selection=self.selection,
            drain_poison_queues=self.drain_poison_queues,
            wake=self.wake_jobs,
            tell_empty_bodies=self.tell_empty_bodies,
            silent_webhook=self.silent_webhook,
            watch_queues=self.watch_queues,
            leases=self.leases,
            pauses=self.pauses,
            runs=self.runs,
            cursors=self.cursors,
            notify=self.notify,
            tell_refused=self.tell_refused,
            write_status=self.write_status if self.settings.purview_write_status else None,
            is_lineage_on=self.settings.lineage_enabled,
            runtime=self.runtime,
        )

    @property
    def _measure_backlog(self) -> MeasureBacklog:
        jobs = {JobKind.ASSET: self.asset_jobs, JobKind.DATA_SET: self.data_sets.jobs}
        return MeasureBacklog(jobs, self.runtime.now)

    @property
    def _check_existence(self) -> CheckExistence:
        return CheckExistence(
            self.purview, self.assets, self.confirm_absence, self.retire, self.defer, self.cursors, self.runtime.now
        )

    @cached_property
    def write_status(self) -> WriteStatus:
        """What writes the status onto assets, where PURVIEW_WRITE_STATUS says so."""
        return WriteStatus(
            client=BusinessMetadataClient(self.purview.http),
            assets=self.assets,
            shown=self.shown_status,
            data_sets=self.data_sets,
            cursors=self.cursors,
            registered=self.notes("registered-types"),
            link=self.portals.data_sources(),
            clock=self.runtime.now,
        )

    @cached_property
    def portals(self) -> Portals:
        """Where people see in Purview and CluedIn what the app works on."""
        return Portals(self.settings.purview_endpoint, self.settings.cluedin_url)

    @cached_property
    def heal(self) -> Heal:
        return Heal(
            receipts=self.receipts,
            data_sets=self.data_sets,
            dead_letters=self.dead_letters,
            leases=self.leases,
            runs=self.runs,
            actions=self.action_log,
            cursors=self.cursors,
            clock=self.runtime.now,
        )

    @cached_property
    def dead_letters(self) -> DeadLetters:
        """What was given up, and the way back."""
        return DeadLetters([self.asset_work, self.lineage_work], self.runtime.now)

    @cached_property
    def drain_poison_queues(self) -> DrainPoisonQueues:
        wake_asset_jobs, wake_lineage_jobs = self.wake_jobs
        poisons = [self._poison(self.asset_work, wake_asset_jobs), self._poison(self.lineage_work, wake_lineage_jobs)]
        return DrainPoisonQueues(poisons, self.runtime.now)

    def _poison(self, work: Work, wake: WakeJobs) -> Poison:
        return Poison(PoisonQueue(self.storage.queues, work.queue.name + POISON_SUFFIX), work, wake)

    @cached_property
    def watch_queues(self) -> WatchQueues:
        queues = {queue.name: queue for queue in (self.asset_queue, self.lineage_queue)}
        return WatchQueues(queues, self.cursors, self.runtime.now)
