"""What answers questions that are rarely asked: imported when the first one is, so that no cold start waits for it."""

from typing import TYPE_CHECKING

from sync_core.app.secrets import secrets_of
from sync_core.cluedin.snapshots import CluedInSnapshots
from sync_core.operations.actions.find_asset import FindAsset
from sync_core.operations.bundle.bundle import Bundle
from sync_core.operations.bundle.rows import StoredRows
from sync_core.operations.doctor import tell
from sync_core.operations.explain.explain import Explain
from sync_core.operations.explain.find_assets import FindAssets
from sync_core.operations.explain.look_at_cluedin import LookAtCluedIn
from sync_core.operations.explain.look_at_purview import LookAtPurview, LookAtWork
from sync_core.operations.explain.look_at_state import LookAtState
from sync_core.operations.explain.look_at_tags import LookAtTags
from sync_core.operations.plan.make_plan import MakePlan
from sync_core.operations.plan.read_groups import ReadGroups
from sync_core.operations.plan.read_selected import Describe, Rows
from sync_core.runs.deferred import Deferred, Kind
from sync_core.storage.names import ASSETS_TABLE, DATA_SETS_TABLE, NOTES_TABLE, RUNS_TABLE

if TYPE_CHECKING:
    from sync_core.app.parts import App


def new_explain(app: "App") -> Explain:
    """Return what explains assets by the parts of an app that only looks."""
    types, clock = app.known_types, app.runtime.now
    return Explain(
        work=LookAtWork(app.settings, app.selection, app.runs, app.pauses, clock),
        find_assets=FindAssets(app.purview, app.assets, types),
        purview=LookAtPurview(app.purview, types, app.own_collection, app.new_log),
        tags=LookAtTags(app.purview, app.catalog, app.resolve_terms, app.deferred, types.seems_asset, app.new_log),
        state=LookAtState(app.assets, app.deferred, app.approvals),
        cluedin=LookAtCluedIn(app.cluedin, app.cluedin_data_sets, app.data_sets, app.snapshots, app.notes("absence")),
        clock=clock,
        monotonic=app.runtime.monotonic,
    )


def new_bundle(app: "App") -> Bundle:
    """Return what puts together what a report needs."""
    tables = (app.table(name) for name in (ASSETS_TABLE, DATA_SETS_TABLE, NOTES_TABLE, RUNS_TABLE))
    return Bundle(
        settings=app.settings,
        secrets=list(secrets_of(app.settings)),
        rows=StoredRows(*tables),
        find=FindAsset(app.assets),
        findings=lambda: tell(app.doctor.look()),
        evidence=lambda guid: app.explain.whole(guid).to_json(),
        clock=app.runtime.now,
    )


def new_plan(app: "App") -> MakePlan:
    """Return what plans by the parts of an app that only looks."""
    return MakePlan(
        selection=app.selection,
        terms=app.resolve_terms,
        purview=app.purview,
        new_rows=lambda: Rows(app.purview, app.catalog),
        describe=Describe(app.purview, app.known_types, app.new_log),
        groups=ReadGroups(CluedInSnapshots(app.cluedin), app.snapshots),
        names=app.groups,
        assets=app.assets,
        paused=lambda: {one.id: one for _, one in app.deferred.notes_of(Kind.TERM).all(Deferred)},
        own_collection=app.own_collection,
        new_log=app.new_log,
        clock=app.runtime.now,
        monotonic=app.runtime.monotonic,
    )
