"""One chain for each data set, in the narrow places."""

from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, replace
from typing import Any

import pytest

from sync_core.cluedin.data_set import DataSet
from sync_core.errors import RejectedError, SyncError, ThrottledError, TransientError
from sync_core.jobs.message import DataSetMessage
from sync_core.lineage.data_set_jobs import new_job
from sync_core.lineage.data_set_store import DataSetStore
from sync_core.lineage.match_asset import MatchAsset, MatchedAsset
from sync_core.lineage.record import DataSetStatus
from tests.faults.world import World

LOOK = "Entity_ListByGuids"


def test_a_mapping_that_is_dropped_before_its_push_has_ended_leaves_nothing_behind(world: World) -> None:
    asset = world.add_asset()
    world.run()
    data_set = world.load(asset)
    world.organization.unmap(data_set)
    world.announce(data_set)
    world.run()
    world.organization.remap(data_set, {"id": "account.id"}, "/Account")
    world.announce(data_set)
    fault = world.account.fault(LOOK, skip=1, times=3, drop="before")  # the one before the write passes
    world.tick()
    world.crew.drain()
    assert world.account.has_fired(fault)
    assert len(world.account.own_entities()) > 2

    world.organization.unmap(data_set)
    world.announce(data_set)

    world.heal()
    assert world.violations() == []


@dataclass(frozen=True)
class SlowMatch(MatchAsset):
    """A look for the asset that takes so long that the data set's claim ends meanwhile."""

    take_over: Callable[[], None]

    def match(self, data_set: DataSet) -> MatchedAsset | None:
        """Look, and be overtaken."""
        found = super().match(data_set)
        self.take_over()
        return found


@dataclass(frozen=True)
class SlowStore(DataSetStore):
    """A state whose last answer before anything is saved takes so long that the data set's claim ends meanwhile."""

    take_over: Callable[[], None]

    def golden_guid(self, entity_type: str) -> str:
        """Look, and be overtaken."""
        found = super().golden_guid(entity_type)
        self.take_over()
        return found


def overtake(world: World, data_set: str) -> None:
    """Another worker pushes a data set after the first one's claim has ended."""
    world.clock.advance(90)
    world.organization.remap(data_set, {"id": "user.id"}, "/User")
    faster, message = world.new_app(), DataSetMessage(data_set_id=data_set.lower())
    Context().run(faster.push_lineage.handle, message.to_json().encode())  # it knows nothing of the first one's claim


def work_slowly(world: World, data_set: str, take_over: Callable[[], None]) -> None:
    """Push a data set with a worker to whom something happens while it looks for the asset."""
    match = world.app.lineage_work.push.match
    push_with(world, data_set, match=SlowMatch(match.groups, match.assets, match.purview, match.twins, take_over))


def push_with(world: World, data_set: str, **parts: Any) -> None:
    """Push a data set with a worker of whom some parts are others."""
    worker, work = world.app.push_lineage, world.app.lineage_work
    world.app.data_set_jobs.ask(new_job(data_set.lower(), world.clock.now()), world.clock.now())
    work = replace(work, push=replace(work.push, **parts))
    replace(worker, work=work).handle(DataSetMessage(data_set_id=data_set.lower()).to_json().encode())


def freeze_after_the_last_look(world: World, data_set: str) -> None:
    """Push a data set with a worker who stands still, and is overtaken, when it has asked for all that it needs."""
    store = world.app.lineage_work.push.store
    push_with(world, data_set, store=SlowStore(store.table, store.jobs, lambda: overtake(world, data_set)))


def look_slowly(world: World, data_set: str) -> None:
    """Push a data set with a worker who is overtaken while it looks for the asset."""
    work_slowly(world, data_set, lambda: overtake(world, data_set))


@pytest.mark.parametrize("push", [look_slowly, freeze_after_the_last_look])
def test_a_push_that_was_overtaken_neither_writes_nor_saves(world: World, push: Callable[[World, str], None]) -> None:
    asset = world.add_asset()
    world.run()
    data_set = world.load(asset, "/Account", id="account.id")

    push(world, data_set)

    record = world.app.data_sets.load(data_set.lower())
    assert record is not None
    assert record.entity_type == "/User"
    names = [entity["attributes"]["name"] for entity in world.account.own_entities()]
    assert "Account" not in names


@pytest.mark.parametrize(
    "error", [TransientError("away"), ThrottledError("slower"), RejectedError("never", code="any")], ids=repr
)
def test_a_push_that_was_overtaken_records_no_failure_over_what_its_successor_did(
    world: World, error: SyncError
) -> None:
    asset = world.add_asset()
    world.run()
    data_set = world.load(asset, "/Account", id="account.id")

    def fail() -> None:
        overtake(world, data_set)
        raise error

    work_slowly(world, data_set, fail)

    record = world.app.data_sets.load(data_set.lower())
    assert record is not None
    assert record.status is DataSetStatus.PUSHED
    assert not world.app.data_set_jobs.has_pending()
    assert list(world.app.dead_letters.all()) == []


def test_another_host_name_of_the_same_organization_doubles_no_lineage(world: World) -> None:
    asset = world.add_asset()
    world.run()
    data_set = world.load(asset)
    world.announce(data_set)
    world.run()
    before = {entity["attributes"]["qualifiedName"] for entity in world.account.own_entities()}

    moved = world.organization.url.replace("127.0.0.1", "localhost")
    world.crew.apps = [world.new_app(CLUEDIN_URL=moved)]
    world.organization.process(data_set)
    world.announce(data_set)
    world.run()

    assert {entity["attributes"]["qualifiedName"] for entity in world.account.own_entities()} == before
    assert world.violations() == []
