"""All that the triggers and the commands call: the parts of `operations/`, on top of all others."""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from sync_core.app.find_installation import FindInstallation
from sync_core.app.upkeep import Upkeep
from sync_core.discovery.discover_assets import LEASE
from sync_core.errors import SyncError
from sync_core.operations.dashboard.dashboard import Dashboard
from sync_core.operations.doctor import Doctor
from sync_core.operations.examine_catalog import ExamineCatalog
from sync_core.operations.health import Health
from sync_core.operations.probe_rights import ProbeRights
from sync_core.operations.status import Status
from sync_core.purview.resolve_collection import ResolveCollection
from sync_core.runs.deferred import Deferred, Kind
from sync_core.runs.run import RunKind
from sync_core.runs.run_log import RunLog, recorded_run
from sync_core.storage.connection import INTERACTIVE
from sync_core.storage.names import TABLES


@dataclass(frozen=True)
class App(Upkeep):
    """Everything that the triggers and the commands call."""

    @cached_property
    def impatient(self) -> "App":
        """The same app for callers who wait: its storage gives up within seconds, before they do."""
        return replace(self, patience=INTERACTIVE)

    @cached_property
    def find_installation(self) -> FindInstallation:
        """Whom the settings lead to, and where the state of those lies."""
        outside = replace(self, scope="").notes("installation")  # the same app, without a scope
        return FindInstallation(self.settings, self.cluedin, self.purview, outside, self.runtime.now)

    def note_failed_run(self, kind: RunKind, error: SyncError) -> None:
        """Record a run that could not even begin."""
        with suppress(SyncError), recorded_run(self.runs, kind, self.runtime.new_id(), self.runtime.now):
            raise error

    @cached_property
    def doctor(self) -> Doctor:
        """The check of everything that must be right."""
        return Doctor(
            tables=[self.table(name) for name in TABLES],
            purview=self.purview,
            terms=self.resolve_terms,
            collection=ResolveCollection(self.purview, self.settings.purview_collection),
            types=self.register_types,
            cluedin=self.cluedin,
            selection=self.selection,
            new_log=lambda: RunLog(self.runtime.new_id(), self.runtime.now()),
            empty_bodies=self.empty_bodies,
            probe=ProbeRights(self.assets, self.data_sets, self.cluedin_data_sets),
            paused=lambda: {one.id: one for _, one in self.deferred.notes_of(Kind.TERM).all(Deferred)},
            catalog=ExamineCatalog(self.settings, self.find_concepts, self.term_lists, self.catalog_at),
        )

    @cached_property
    def status(self) -> Status:
        """The answer to `status`."""
        return Status(
            assets=self.assets,
            count=self.count_assets,
            runs=self.runs,
            data_sets=self.data_sets,
            approvals=self.approvals,
            toggles=self.notes("toggle"),
            throttles=self.notes("throttle"),
            deferred=self.deferred,
            notifications=self.notes("notification"),
            empty_bodies=self.empty_bodies,
            curation=self.tell_curation.known,
            closed_catalog=self.resolve_terms.closed_catalog,
            is_lineage_on=self.settings.lineage_enabled,
            clock=self.runtime.now,
        )

    @cached_property
    def dashboard(self) -> Dashboard:
        """The answer to `dashboard`."""
        return Dashboard(self.status)

    @cached_property
    def health(self) -> Health:
        """The answer to `health`."""
        return Health(
            self.runs, self.watch_queues, self.runtime.now(), self.runtime.now, lambda: self.leases.is_held(LEASE)
        )
