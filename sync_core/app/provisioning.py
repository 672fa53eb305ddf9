"""From an asset to its group and source in CluedIn: the parts of `provisioning/` and `absence/`."""

from dataclasses import dataclass, replace
from functools import cached_property

from sync_core.absence.confirm_absence import ConfirmAbsence
from sync_core.absence.retire import Retire
from sync_core.app.services import Services
from sync_core.assets.twins import TellTwinsApart
from sync_core.cluedin.batches import CluedInBatches
from sync_core.cluedin.snapshots import CluedInSnapshots
from sync_core.discovery.discover_assets import LEASE
from sync_core.discovery.selection import ReadSelection
from sync_core.jobs.worker import Work, Worker
from sync_core.lineage.graph.names import LineageRefs
from sync_core.provisioning.announce_assets import Announce
from sync_core.provisioning.batch_limit import BatchLimit
from sync_core.provisioning.create_data_source_group import CreateDataSourceGroup
from sync_core.provisioning.find_group import FindGroup
from sync_core.provisioning.provision import Provision
from sync_core.provisioning.provision_together import ProvisionTogether
from sync_core.provisioning.read_snapshot import ReadSnapshot
from sync_core.purview.graph import EntityRef
from sync_core.runs.defer import Defer


@dataclass(frozen=True)
class Provisioning(Services):
    """The way into CluedIn."""

    @cached_property
    def create_data_source_group(self) -> Worker:
        """The worker of the asset queue."""
        return replace(self._worker(self.asset_work), team=self.provision_together)

    @cached_property
    def provision_together(self) -> ProvisionTogether:
        return ProvisionTogether(
            batches=CluedInBatches(self.cluedin),
            assets=self.assets,
            groups=self.groups,
            find_group=self.find_group,
            batch_limit=BatchLimit(self.cursors, self.runtime.now),
            clock=self.runtime.now,
            announce=self.notify.is_on,
        )

    @cached_property
    def asset_work(self) -> CreateDataSourceGroup:
        return CreateDataSourceGroup(
            provision=Provision(
                cluedin=self.cluedin,
                assets=self.assets,
                groups=self.groups,
                find_group=self.find_group,
                clock=self.runtime.now,
                announce=self.notify.is_on,
            ),
            assets=self.assets,
            queue=self.asset_queue,
            announce=self.announce_assets,
            is_enabled=self.selection.is_enabled,
        )

    def _worker(self, work: Work) -> Worker:
        return Worker(work, self.leases, self.pauses, self.runtime)

    @cached_property
    def announce_assets(self) -> Announce:
        return Announce(self.assets, self.notify, lambda: self.leases.is_held(LEASE))

    @cached_property
    def find_group(self) -> FindGroup:
        return FindGroup(
            self.cluedin,
            self.groups,
            self.assets,
            self.tell_twins_apart,
            self.snapshots,
            self.read_snapshot,
            self.runtime.sleep,
            self.runtime.now,
        )

    @cached_property
    def read_snapshot(self) -> ReadSnapshot:
        return ReadSnapshot(CluedInSnapshots(self.cluedin), self.snapshots, self.leases, self.cursors, self.runtime.now)

    @cached_property
    def tell_twins_apart(self) -> TellTwinsApart:
        return TellTwinsApart(self.purview, self.purview_lineage, self.assets, self._ingest_of)

    def _ingest_of(self, data_set_id: str) -> EntityRef:
        return LineageRefs(self.cluedin.organization_id(), data_set_id).ingest

    @cached_property
    def confirm_absence(self) -> ConfirmAbsence:
        return ConfirmAbsence(self.purview, self.runtime.now)

    @cached_property
    def retire(self) -> Retire:
        return Retire(self.assets, self.approvals, self.notify, self.runtime.now)

    @cached_property
    def selection(self) -> ReadSelection:
        return ReadSelection(self.settings, self.cluedin, self.notes("toggle"))

    @cached_property
    def defer(self) -> Defer:
        return Defer(self.deferred, self.runtime.now)
