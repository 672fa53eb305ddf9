"""All that the triggers and the commands call: the parts of `operations/`, on top of all others."""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from sync_core.app.find_installation import FindInstallation
from sync_core.app.upkeep import Upkeep
from sync_core.discovery.discover_assets import LEASE
from sync_core.discovery.terms.recall_terms import RecallTerms
from sync_core.errors import SyncError
from sync_core.operations.actions.answer import Actions
from sync_core.operations.actions.find_asset import FindAsset
from sync_core.operations.actions.form_key import PARTITION as FORMS
from sync_core.operations.actions.form_key import FormKeys
from sync_core.operations.actions.look_again import LookAgain
from sync_core.operations.actions.perform import Perform
from sync_core.operations.actions.resync import ResyncThings
from sync_core.operations.dashboard.act import Act
from sync_core.operations.dashboard.dashboard import Dashboard
from sync_core.operations.doctor import Doctor
from sync_core.operations.examine_catalog import ExamineCatalog
from sync_core.operations.health import Health
from sync_core.operations.probe_rights import ProbeRights, StatusOnAssets
from sync_core.operations.status import Status
from sync_core.purview.resolve_collection import ResolveCollection
from sync_core.runs.deferred import Deferred, Kind
from sync_core.runs.run import RunKind
from sync_core.runs.run_log import RunLog, recorded_run
from sync_core.storage.connection import INTERACTIVE
from sync_core.storage.names import TABLES

if TYPE_CHECKING:
    from sync_core.operations.bundle.bundle import Bundle
    from sync_core.operations.explain.explain import Explain
    from sync_core.operations.explain.findings import Explanation
    from sync_core.operations.plan.make_plan import MakePlan


@dataclass(frozen=True)
class App(Upkeep):
    """Everything that the triggers and the commands call."""

    @cached_property
    def impatient(self) -> "App":
        """The same app for callers who wait: its storage gives up within seconds, before they do."""
        return replace(self, patience=INTERACTIVE)

    @cached_property
    def looking(self) -> "App":
        """The same app for questions: nothing that it learns is written to storage."""
        return replace(self, only_looks=True)

    @cached_property
    def explain(self) -> "Explain":
        """The answer to why an asset is not in CluedIn."""
        from sync_core.app.questions import new_explain  # noqa: PLC0415

        return new_explain(self.looking)

    @cached_property
    def plan(self) -> "MakePlan":
        """The answer to what a term would do."""
        from sync_core.app.questions import new_plan  # noqa: PLC0415

        return new_plan(self.looking)

    def new_log(self) -> RunLog:
        """Return what notes what happens, for who is no run."""
        return RunLog(self.runtime.new_id(), self.runtime.now())

    @cached_property
    def find_installation(self) -> FindInstallation:
        """Whom the settings lead to, and where the state of those lies."""
        return FindInstallation(self.known_installation, self.cluedin, self.purview, self.runtime.now)

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
            new_log=self.new_log,
            empty_bodies=self.empty_bodies,
            monotonic=self.runtime.monotonic,
            status_on_assets=self._status_on_assets,
            probe=ProbeRights(self.assets, self.data_sets, self.cluedin_data_sets),
            paused=lambda: {one.id: one for _, one in self.deferred.notes_of(Kind.TERM).all(Deferred)},
            catalog=ExamineCatalog(
                self.settings, self.find_concepts, self.term_lists, self.catalog_at, self.purview.fetch_roots
            ),
        )

    @property
    def _status_on_assets(self) -> StatusOnAssets | None:
        if not self.settings.purview_write_status:
            return None
        return StatusOnAssets(self.write_status.refusal, self.shown_status.any)

    @cached_property
    def status(self) -> Status:
        """The answer to `status`."""
        return Status(
            assets=self.assets,
            count=self.count_assets,
            runs=self.runs,
            actions=self.action_log,
            data_sets=self.data_sets,
            approvals=self.approvals,
            toggles=self.notes("toggle"),
            throttles=self.notes("throttle"),
            deferred=self.deferred,
            notifications=self.notes("notification"),
            empty_bodies=self.empty_bodies,
            terms=RecallTerms(self.term_lists, self.cursors, self.settings.sync_term_store).recall,
            is_lineage_on=self.settings.lineage_enabled,
            clock=self.runtime.now,
        )

    @cached_property
    def actions(self) -> Perform:
        """What people do: `actions`, the dashboard's buttons and the commands all come here."""
        resync = ResyncThings(
            find=FindAsset(self.assets),
            look_again=LookAgain(
                purview=self.purview,
                deferred=self.deferred,
                assets=self.assets,
                save=self.save_assets,
                cursors=self.cursors,
                clock=self.runtime.now,
            ),
            assets=self.assets,
            data_sets=self.data_sets,
            asset_work=self.asset_work,
            lineage_work=self.lineage_work,
            clock=self.runtime.now,
        )
        return Perform(
            dead_letters=self.dead_letters,
            approvals=self.approvals,
            resync=resync,
            log=self.action_log,
            runtime=self.runtime,
            is_settled=lambda: self.known_installation.is_settled_on(self.scope),
        )

    @cached_property
    def answer_actions(self) -> Actions:
        """The answer to `actions`."""
        return Actions(self.actions, self.runtime)

    @cached_property
    def bundle(self) -> "Bundle":
        """What a report needs, without secrets."""
        from sync_core.app.questions import new_bundle  # noqa: PLC0415

        return new_bundle(self.looking)

    @cached_property
    def dashboard(self) -> Dashboard:
        """The answer to `dashboard`."""
        return Dashboard(
            report=self.status,
            act=self.act,
            listing=self.list_assets,
            find=FindAsset(self.assets),
            collections=self.collection_names.recall,
            portals=self.portals,
            explain=self._explain,
        )

    def _explain(self, asset: str, token: str) -> "Explanation":
        return self.explain.part(asset, token)

    @cached_property
    def act(self) -> Act:
        """The answer to a button of the dashboard."""
        return Act(self.actions, self.form_keys, self.runtime)

    @cached_property
    def form_keys(self) -> FormKeys:
        """The key that signs the dashboard's buttons."""
        return FormKeys(self.notes(FORMS), self.runtime.monotonic)

    @cached_property
    def health(self) -> Health:
        """The answer to `health`."""
        return Health(
            self.runs, self.watch_queues, self.runtime.now(), self.runtime.now, lambda: self.leases.is_held(LEASE)
        )
