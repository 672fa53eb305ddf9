"""Exactly one group and one source for each asset, in the narrow places."""

import time
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, fields, replace
from datetime import datetime

import pytest

from sync_core.app import App
from sync_core.assets.asset_rows import PARTITION, range_of
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.cluedin.wire import DataSourceSet
from sync_core.errors import RejectedError, SyncError, ThrottledError, TransientError
from sync_core.http import client as http
from sync_core.jobs.claims import Claim, StoredJob
from sync_core.jobs.job import Job
from sync_core.jobs.job_store import JobStore
from sync_core.jobs.message import AssetMessage
from sync_core.provisioning.find_group import FindGroup, Found
from sync_core.storage.names import ASSET_QUEUE
from sync_core.storage.queues import Sendable, WorkQueue
from sync_core.storage.table import KEYS_BETWEEN, Operation
from tests.faults.world import World
from tests.kit.parts import with_parts

CREATE_GROUP = "createDataSourceSet$"
CREATE_SOURCE = "createDataSource$"


def test_an_asset_that_is_renamed_before_its_lost_group_is_found_gets_no_second_one(world: World) -> None:
    asset = world.add_asset("first name")
    world.organization.fault(CREATE_GROUP, drop="after")
    world.run()
    world.rename(asset, "second name")

    world.heal()

    assert world.violations() == []
    assert [group["name"] for group in world.organization.state()["data_source_sets"]] == ["first name"]


def lose_owners(world: World) -> None:
    """A restore of the state to a moment at which the records stood, and these rows did not."""
    table = world.app.groups.table
    for kind in ("own", "name", "made"):
        for row in list(table.rows(KEYS_BETWEEN, range_of(kind), select=["RowKey"])):
            table.delete(PARTITION, row["RowKey"])


def test_a_half_made_group_whose_owner_row_is_lost_is_not_shared(world: World) -> None:
    world.organization.fault(CREATE_SOURCE, status=503)
    world.add_asset("same")
    world.run()
    lose_owners(world)
    world.clock.advance(3)  # from now on CluedIn shows the group
    world.add_asset("same")
    world.crew.tick()
    world.crew.drain()  # the new asset is quicker than the one in its back-off
    (group,) = world.organization.state()["data_source_sets"]
    first, second = sorted(world.app.assets.all(), key=lambda record: record.qualified_name)
    assert first.group_id == second.group_id == str(group["id"])

    world.heal()

    assert world.violations() == []


def test_assets_of_one_name_whose_answers_are_lost_all_get_groups_of_their_own(world: World) -> None:
    for _ in range(4):
        world.add_asset("same")
    world.organization.fault(CREATE_GROUP, drop="after", times=3)
    world.organization.fault(CREATE_SOURCE, drop="after", times=3, skip=1)
    world.crew.again = 0.3
    world.crew.at_once = 4

    world.run()
    world.heal()

    assert world.violations() == []
    assert len(world.organization.state()["data_source_sets"]) == 4


def test_an_asset_that_another_worker_is_at_is_left_to_it(world: World) -> None:
    world.add_asset()
    world.tick()
    (record,) = world.app.assets.all()
    claim(world, record.key)

    world.crew.drain()

    assert world.organization.state()["data_source_sets"] == []
    world.heal()
    assert world.violations() == []


def claim(world: World, key: str) -> Claim:
    """Another worker takes an asset's job, as far as it may."""
    jobs = world.new_app().asset_jobs
    stored = jobs.load(key)
    assert stored is not None
    assert not stored.is_held
    return jobs.claim(stored, stored.job, "another worker", None)


@dataclass(frozen=True)
class SlowFind(FindGroup):
    """A look-up that takes so long that the asset's claim ends meanwhile."""

    take_over: Callable[[], None]

    def find(
        self, record: AssetRecord, run_id: str, unseen_since: datetime | None = None
    ) -> tuple[Found | None, list[DataSourceSet]]:
        """Look for a group, and be overtaken."""
        found = super().find(record, run_id, unseen_since)
        self.take_over()
        return found

    def existing(self, record: AssetRecord) -> DataSourceSet | None:
        """Look for the group that an earlier try made, and be overtaken."""
        found = super().existing(record)
        self.take_over()
        return found


def take_over(world: World, key: str) -> None:
    """Another worker claims an asset whose claim has ended."""
    world.clock.advance(70)
    claim(world, key)


def work_slowly(world: World, key: str, meanwhile: Callable[[], None]) -> None:
    """Let a worker look for so long that something happens meanwhile."""
    worker, work = world.app.create_data_source_group, world.app.asset_work
    provision = work.provision
    find = provision.find_group
    slow = SlowFind(**{each.name: getattr(find, each.name) for each in fields(find)}, take_over=meanwhile)
    message = AssetMessage.of(key).to_json().encode()
    work = replace(work, provision=replace(provision, find_group=slow))
    replace(worker, work=work).handle(message)


def test_a_worker_that_was_overtaken_makes_nothing_more(world: World) -> None:
    world.add_asset()
    world.tick()
    (record,) = world.app.assets.all()

    work_slowly(world, record.key, lambda: take_over(world, record.key))

    assert world.organization.state()["data_source_sets"] == []
    world.heal()
    assert world.violations() == []


def test_a_worker_that_was_overtaken_makes_no_source_in_a_group_that_stands(world: World) -> None:
    world.add_asset()
    world.organization.fault(CREATE_SOURCE, status=503)
    world.run()
    world.clock.advance(300)
    (record,) = world.app.assets.all()
    assert record.group_id

    work_slowly(world, record.key, lambda: take_over(world, record.key))

    assert world.organization.state()["data_sources"] == []
    world.heal()
    assert world.violations() == []


@pytest.mark.parametrize(
    "error", [TransientError("away"), ThrottledError("slower"), RejectedError("never", code="any")], ids=repr
)
def test_a_worker_that_was_overtaken_records_no_failure_over_what_its_successor_did(
    world: World, error: SyncError
) -> None:
    world.add_asset()
    world.tick()
    (record,) = world.app.assets.all()

    def fail() -> None:
        world.clock.advance(70)
        faster, message = world.new_app(), AssetMessage.of(record.key)
        Context().run(faster.create_data_source_group.handle, message.to_json().encode())
        raise error

    work_slowly(world, record.key, fail)

    (record,) = world.app.assets.all()
    assert record.status is AssetStatus.SYNCED
    assert not world.app.asset_jobs.has_pending()
    assert list(world.app.dead_letters.all()) == []


@pytest.mark.parametrize("operation", [CREATE_GROUP, CREATE_SOURCE])
def test_what_cluedin_carries_out_after_we_gave_up_waiting_is_found_and_not_made_again(
    world: World, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "READ_TIMEOUT_S", 0.3)
    world.add_asset()
    world.organization.fault(operation, delay_s=1.5)
    world.run()
    world.clock.advance(30)  # longer than the first back-off
    world.crew.drain()
    time.sleep(2)  # now it is carried out

    world.heal()

    assert world.violations() == []


@dataclass(frozen=True)
class StubbornJobs(JobStore):
    """Jobs that can be read and claimed, but not put back: storage fails then."""

    def changing(self, stored: StoredJob, after: Job) -> Operation:
        """Fail once the attempt is over."""
        if not after.owner:
            raise TransientError(f"storage is away: {after.key}")
        return super().changing(stored, after)


def replace_jobs(app: App) -> App:
    """Return an app whose jobs cannot be put back."""
    jobs = app.asset_jobs
    return with_parts(app, asset_jobs=StubbornJobs(jobs.table, jobs.partition, jobs.monotonic))


def test_work_that_cannot_be_put_back_multiplies_no_message(world: World) -> None:
    for _ in range(3):
        world.add_asset()
    world.organization.fault(CREATE_GROUP, status=503, times=None)
    world.tick()
    world.crew.apps = [replace_jobs(world.new_app())]
    for _ in range(3):  # after five the host gives a message up
        world.crew.drain()
        world.clock.advance(60)

    assert world.crew.lanes.count() <= 3
    world.crew.apps = [world.new_app()]
    world.heal()
    assert world.violations() == []


class DeadlyQueue(WorkQueue):
    """A queue before which the worker dies."""

    def __init__(self) -> None:
        self.name = ASSET_QUEUE

    def send(self, message: Sendable, delay_s: float = 0) -> None:
        """Die."""
        raise ZeroDivisionError(message, delay_s)


def test_a_worker_that_dies_before_it_puts_a_message_back_loses_nothing(world: World) -> None:
    world.add_asset()
    world.organization.fault(CREATE_GROUP, status=503, times=None)
    world.run()  # the message was put back once
    app = world.app
    deadly = replace(app.create_data_source_group, work=replace(app.asset_work, queue=DeadlyQueue()))
    world.replace_parts(create_data_source_group=deadly)
    world.clock.advance(30)
    world.crew.drain()
    world.crew.apps[0] = app
    world.organization.clear_faults()
    world.crew.lanes.clear()

    for _ in range(3):
        world.run()

    assert [record.status for record in app.assets.all()] == [AssetStatus.SYNCED]
    (failure,) = world.crew.failures
    assert failure.startswith("ZeroDivisionError")
