"""Work that kills its worker: it is found, it comes to an end, and who died with it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from sync_core.assets.record import AssetStatus
from sync_core.jobs.claims import Claim
from sync_core.jobs.go_together import Team
from sync_core.jobs.job import DIED, MAX_DEATHS
from sync_core.jobs.message import Member
from sync_core.jobs.together import Outcome
from sync_core.jobs.worker import Worker
from tests.faults.world import World
from tests.kit.nursery import Nursery

WITHIN_S = 45 * 60  # design: work that kills its worker is dead by then
INNOCENT = 4


class WorkerKilledError(BaseException):
    """The process ends here: nobody catches it."""


@dataclass
class Deadly:
    """Work that kills its worker, and all that the worker has in its hands, for one of its keys."""

    work: Any
    key: str
    kills: int = 0
    deaths: dict[str, int] = field(default_factory=dict)
    """How many workers had died in a job when it was last begun."""
    is_cured: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.work, name)

    def do(self, claim: Claim) -> None:
        """Die, or work."""
        self.deaths[claim.job.key] = claim.job.deaths
        if claim.job.key == self.key and not self.is_cured:
            self.kills += 1
            raise WorkerKilledError
        self.work.do(claim)


@dataclass
class DeadlyTeam:
    """The same for several jobs together."""

    team: Team
    deadly: Deadly

    def limit(self) -> int:
        """For as many as they are."""
        return self.team.limit()

    def do(self, pairs: Sequence[tuple[Claim, Member]]) -> Outcome:
        """Die with all of them, or work."""
        self.deadly.deaths |= {claim.job.key: claim.job.deaths for claim, _ in pairs}
        if not self.deadly.is_cured and self.deadly.key in {claim.job.key for claim, _ in pairs}:
            self.deadly.kills += 1
            raise WorkerKilledError
        return self.team.do(pairs)


@dataclass
class MortalWorker:
    """A worker of a process that dies: it neither releases nor records anything."""

    worker: Worker

    def __getattr__(self, name: str) -> Any:
        return getattr(self.worker, name)

    def handle(self, body: bytes) -> None:
        """Work off a message; the host sees it come back when the process is gone."""
        try:
            replace(self.worker, leases=Unreleased(self.worker.leases)).handle(body)  # type: ignore[arg-type]
        except WorkerKilledError as error:
            raise RuntimeError from error


@dataclass
class Unreleased:
    """Leases that a dead worker does not give back, and a living one does."""

    leases: Any

    def acquire(self, *arguments: Any) -> Any:
        """Take a lease."""
        lease = self.leases.acquire(*arguments)
        return KeptByTheDead(lease) if hasattr(lease, "release") else lease


@dataclass
class KeptByTheDead:
    """A lease that is given back only by who lives."""

    lease: Any

    def renew(self) -> None:
        """Hold it for its full time."""
        self.lease.renew()

    def release(self) -> None:
        """Give it back, unless the worker is dying right now."""
        import sys  # noqa: PLC0415

        if not isinstance(sys.exc_info()[1], WorkerKilledError):
            self.lease.release()


def make_deadly(world: World, function: str, key: str) -> Deadly:
    """Let a function of the app die of one job."""
    worker = getattr(world.app, function)
    deadly = Deadly(worker.work, key)
    team = DeadlyTeam(worker.team, deadly) if worker.team else None
    world.replace_parts(**{function: MortalWorker(replace(worker, work=deadly, team=team))})
    return deadly


def key_of(world: World, asset: str) -> str:
    (record,) = [each for each in world.app.assets.all() if each.qualified_name == asset]
    return record.key


def live_until_dead(world: World) -> float:
    """Let minutes pass until something is given up; return how many seconds that took."""
    started_s = world.clock.offset_s
    while not list(world.app.dead_letters.all()):
        world.run()
        passed_s = world.clock.offset_s - started_s
        assert passed_s <= WITHIN_S, "it never ends"
    return world.clock.offset_s - started_s


@pytest.mark.parametrize("function", ["create_data_source_group", "push_lineage"])
def test_work_that_kills_its_worker_is_given_up_and_left_to_a_person(world: World, function: str) -> None:
    asset = world.add_asset()
    world.clock.advance(60)
    world.crew.tick()
    if function == "push_lineage":
        world.crew.drain()
        key = world.load(asset).lower()
        world.announce(key)
    else:
        key = key_of(world, asset)
    deadly = make_deadly(world, function, key)

    live_until_dead(world)

    assert deadly.kills == MAX_DEATHS
    (dead_letter,) = world.app.dead_letters.all()
    assert (dead_letter.id, dead_letter.cause_class, dead_letter.attempts) == (key, DIED, MAX_DEATHS)
    assert "worker died in it" in dead_letter.cause
    for _ in range(8):
        world.reconcile()
    assert deadly.kills == MAX_DEATHS  # nobody but a person brings it back

    deadly.is_cured = True
    world.command("replay", "--id", key)
    world.heal()
    assert world.violations() == []


@pytest.mark.parametrize("how", ["in the hands of the same worker", "in one batch"])
def test_who_dies_with_it_collects_one_death_and_is_done_while_the_guilty_one_is_found(world: World, how: str) -> None:
    assets = [world.add_asset() for _ in range(1 + INNOCENT)]
    world.clock.advance(60)
    world.crew.tick()
    guilty, *innocent = (key_of(world, asset) for asset in assets)
    for key in innocent if how != "in one batch" else ():
        stored = world.app.asset_jobs.load(key)
        assert stored is not None
        world.app.asset_jobs.claim(stored, stored.job, "dead", None)
    deadly = make_deadly(world, "create_data_source_group", guilty)

    live_until_dead(world)

    assert deadly.kills == MAX_DEATHS
    assert deadly.deaths == {guilty: MAX_DEATHS - 1, **dict.fromkeys(innocent, 1)}
    statuses = {record.key: record.status for record in world.app.assets.all()}
    assert statuses == {guilty: AssetStatus.FAILED, **dict.fromkeys(innocent, AssetStatus.SYNCED)}


def test_suspects_run_one_at_a_time(world: World) -> None:
    for _ in range(3):
        world.add_asset()
    world.clock.advance(60)
    world.crew.tick()
    for record in world.app.assets.all():
        stored = world.app.asset_jobs.load(record.key)
        assert stored is not None
        world.app.asset_jobs.claim(stored, stored.job, "dead", None)
    at_once: list[bool] = []

    class Watched(Deadly):
        """Looks whether another suspect could begin meanwhile."""

        def do(self, claim: Claim) -> None:
            lease = world.new_app().leases.acquire("suspects", "another", 60)
            at_once.append(hasattr(lease, "release"))
            self.work.do(claim)

    worker = world.app.create_data_source_group
    world.replace_parts(create_data_source_group=replace(worker, work=Watched(worker.work, "")))
    for _ in range(6):
        world.run()

    assert at_once == [False] * 3
    assert not world.app.asset_jobs.has_pending()


def test_a_real_worker_that_is_killed_five_times_is_the_last_one(world: World, nursery: Nursery) -> None:
    asset = world.add_asset()
    world.clock.advance(60)
    world.crew.tick()
    world.crew.lanes.clear()
    key = key_of(world, asset)
    started_s, kills = world.clock.offset_s, 0

    while not list(world.app.dead_letters.all()):
        world.clock.advance(60)
        world.crew.tick()
        for delivery in world.crew.lanes.receive_due():
            # The 9th call is well after the claim, and before the asset is done.
            if nursery.kill("create_data_source_group", 9, world.settings, world.clock, delivery.body):
                kills += 1
            world.crew.lanes.delete(delivery)
        assert world.clock.offset_s - started_s <= WITHIN_S, "it never ends"

    assert kills == MAX_DEATHS
    (dead_letter,) = world.app.dead_letters.all()
    assert (dead_letter.id, dead_letter.cause_class) == (key, DIED)


@pytest.mark.parametrize("die_before", [1, 2, 3, 6, 9])
def test_work_whose_worker_was_killed_is_taken_up_within_three_ticks(
    world: World, nursery: Nursery, die_before: int
) -> None:
    world.add_asset()
    world.clock.advance(60)
    world.crew.tick()
    (delivery,) = world.crew.lanes.receive_due()  # it stays hidden: the host shows it again after ten minutes only
    assert nursery.kill("create_data_source_group", die_before, world.settings, world.clock, delivery.body)

    for _ in range(3):
        world.run()

    assert {record.status for record in world.app.assets.all()} == {AssetStatus.SYNCED}


def test_what_a_dead_worker_held_is_woken_though_other_messages_wait(world: World) -> None:
    world.add_asset()
    world.clock.advance(60)
    world.crew.tick()
    (record,) = world.app.assets.all()
    stored = world.app.asset_jobs.load(record.key)
    assert stored is not None
    world.app.asset_jobs.claim(stored, stored.job, "dead", None)
    assert world.crew.lanes.count() == 1  # it waits, and nobody takes it

    for _ in range(2):
        world.tick()

    assert world.crew.lanes.count() == 2


def test_while_the_sync_is_off_asset_jobs_wait_and_use_up_no_attempt(world: World) -> None:
    world.add_asset()
    world.tick()
    off = world.new_app(SYNC_ENABLED="false")
    world.crew.apps = [off]
    for _ in range(5):
        world.run()

    (job,) = off.asset_jobs.between("", "~").values()
    assert (job.attempts, job.deaths, world.organization.state()["data_source_sets"]) == (0, 0, [])
    assert world.crew.lanes.count() == 0
    world.crew.apps = [world.new_app()]
    for _ in range(2):
        world.run()
    assert world.violations() == []
