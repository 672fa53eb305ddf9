"""From a processed data set to its lineage in Purview: the parts of `lineage/`."""

from dataclasses import dataclass
from functools import cached_property

from sync_core.absence.heal_groups import HealGroups
from sync_core.app.provisioning import Provisioning
from sync_core.cluedin.data_sets import CluedInDataSets
from sync_core.jobs.worker import Worker
from sync_core.lineage.announce_data_sets import AnnounceDataSets
from sync_core.lineage.find_processed import FindProcessed
from sync_core.lineage.find_recreated import FindRecreated
from sync_core.lineage.look_at_cluedin import LookAtCluedIn
from sync_core.lineage.look_now import LookNow
from sync_core.lineage.match_asset import MatchAsset
from sync_core.lineage.push_data_set import PushDataSet
from sync_core.lineage.push_lineage import PushLineage
from sync_core.lineage.register_types import RegisterTypes
from sync_core.lineage.strangers import Strangers
from sync_core.lineage.webhook.silent_webhook import SilentWebhook
from sync_core.lineage.webhook.tell_empty_bodies import TellEmptyBodies
from sync_core.lineage.write_lineage import WriteLineage
from sync_core.provisioning.recover_source import RecoverSource


@dataclass(frozen=True)
class Lineage(Provisioning):
    """The way back into Purview."""

    @cached_property
    def tell_empty_bodies(self) -> TellEmptyBodies:
        return TellEmptyBodies(self.empty_bodies, self.notify)

    @cached_property
    def silent_webhook(self) -> SilentWebhook:
        return SilentWebhook(self.receipts, self.cursors, self.notify, self.runtime.now)

    @cached_property
    def push_lineage(self) -> Worker:
        """The worker of the lineage queue."""
        return self._worker(self.lineage_work)

    @cached_property
    def lineage_work(self) -> PushLineage:
        return PushLineage(
            push=self.push_data_set,
            look=LookNow(self.look_at_cluedin, self.leases, self.runtime.now),
            store=self.data_sets,
            queue=self.lineage_queue,
            announce=AnnounceDataSets(self.data_sets, self.notify),
            is_enabled=self.settings.lineage_enabled,
            clock=self.runtime.now,
        )

    @cached_property
    def push_data_set(self) -> PushDataSet:
        return PushDataSet(
            data_sets=self.cluedin_data_sets,
            match=MatchAsset(self.groups, self.assets, self.purview, self.tell_twins_apart),
            purview=self.purview_lineage,
            write=WriteLineage(self.purview_lineage, self.register_types),
            store=self.data_sets,
            strangers=Strangers(self.runtime.now),
            collection=lambda: self.collection.get().name,
            organization=self.cluedin.organization_id,
            clock=self.runtime.now,
            announce=self.notify.is_on,
        )

    @cached_property
    def look_at_cluedin(self) -> LookAtCluedIn:
        return LookAtCluedIn(
            read=self.read_snapshot,
            store=self.snapshots,
            recover_source=RecoverSource(self.groups, self.assets),
            find_processed=FindProcessed(
                data_sets=self.cluedin_data_sets,
                records=self.data_sets,
                queue=self.lineage_queue,
                defer=self.defer,
                silent_webhook=self.silent_webhook,
                cursors=self.cursors,
                is_lineage_on=self.settings.lineage_enabled,
                clock=self.runtime.now,
            ),
            heal_groups=HealGroups(
                cluedin=self.cluedin,
                assets=self.assets,
                queue=self.asset_queue,
                notes=self.notes("absence"),
                notify=self.notify,
                defer=self.defer,
                clock=self.runtime.now,
            ),
            assets=self.assets,
            is_sync_on=self.selection.is_on,
        )

    @cached_property
    def find_recreated(self) -> FindRecreated:
        return FindRecreated(
            data_sets=self.data_sets,
            assets=self.assets,
            receipts=self.receipts,
            queue=self.lineage_queue,
            cursors=self.cursors,
            clock=self.runtime.now,
        )

    @cached_property
    def register_types(self) -> RegisterTypes:
        notes, store = self.notes("registered-types"), self.data_sets
        return RegisterTypes(self.purview_lineage, notes, self.runtime.now, store.note_nothing_stands)

    @cached_property
    def cluedin_data_sets(self) -> CluedInDataSets:
        return CluedInDataSets(self.cluedin)
