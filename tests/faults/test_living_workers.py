"""Storage fails at the end of work: its worker lives, and says so as soon as it can."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from sync_core.assets.record import AssetStatus
from sync_core.errors import TransientError
from sync_core.jobs.claims import Claim
from sync_core.jobs.job import MAX_DEATHS, Job
from sync_core.jobs.job_store import JobStore
from sync_core.jobs.message import message_of
from sync_core.jobs.worker import Worker
from sync_core.storage.table import Operation, Table
from tests.faults.test_deaths import Deadly
from tests.faults.world import World

CLAIM_ENDS_AFTER_S = 70


@dataclass
class IllTable:
    """A table that takes no transaction while storage is away, or takes it and does not say so."""

    table: Table
    is_away: bool = False
    loses_answers: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.table, name)

    def transact(self, operations: Sequence[Operation]) -> list[str]:
        """Carry out all operations, or none."""
        if not self.is_away:
            done = self.table.transact(operations)
            if not self.loses_answers:
                return done
        raise TransientError("Storage answered 503 Server Busy.")


@dataclass
class EndsInVain(Deadly):
    """Work that is done, and whose end storage does not take."""

    ill: Any = None

    @property
    def jobs(self) -> JobStore:
        """The jobs on a table that fails."""
        jobs: JobStore = self.work.jobs
        return replace(jobs, table=self.ill)

    def do(self, claim: Claim) -> None:
        """Work; storage goes away meanwhile."""
        self.ill.is_away = not self.is_cured
        self.work.do(claim)


def fall_ill(world: World) -> EndsInVain:
    """Let the end of each work on assets meet a storage that fails."""
    worker = world.app.create_data_source_group
    ill = EndsInVain(worker.work, "", ill=IllTable(worker.work.jobs.table))
    world.replace_parts(create_data_source_group=replace(worker, work=ill))
    return ill


def only_job(world: World) -> Job:
    (job,) = world.app.asset_jobs.between("", "~").values()
    return job


def handle(world: World, worker: Worker | None = None) -> None:
    """The host delivers the job's newest message; what storage failed of leaves the function."""
    try:
        (worker or world.app.create_data_source_group).handle(message_of(only_job(world)).to_json().encode())
    except TransientError as error:
        world.crew.failures.append(str(error))


@pytest.fixture(name="queued")
def _queued(world: World) -> World:
    """A world in which one asset waits for its group, and its message is ours to deliver."""
    world.add_asset()
    world.clock.advance(60)
    world.crew.tick()
    world.crew.lanes.clear()
    return world


def test_storage_that_fails_at_the_end_of_work_is_no_death(queued: World) -> None:
    ill = fall_ill(queued)

    for tries in range(1, MAX_DEATHS + 2):
        handle(queued)
        assert only_job(queued).owner  # it could not be given back
        queued.clock.advance(CLAIM_ENDS_AFTER_S)
        ill.ill.is_away = False
        handle(queued)  # an older message, or any other one
        assert (only_job(queued).owner, only_job(queued).deaths, only_job(queued).attempts) == ("", 0, tries)
        queued.clock.advance(900)

    ill.is_cured = True
    handle(queued)
    assert {record.status for record in queued.app.assets.all()} == {AssetStatus.SYNCED}


def test_the_next_tick_gives_back_what_could_not_be(queued: World) -> None:
    ill = fall_ill(queued)
    handle(queued)
    ill.ill.is_away, ill.is_cured = False, True
    queued.clock.advance(CLAIM_ENDS_AFTER_S)

    queued.crew.tick()

    assert (only_job(queued).owner, only_job(queued).deaths, only_job(queued).attempts) == ("", 0, 1)


def test_while_storage_is_away_it_is_kept(queued: World) -> None:
    ill = fall_ill(queued)
    handle(queued)
    queued.clock.advance(CLAIM_ENDS_AFTER_S)

    for _ in range(3):
        handle(queued)  # the first thing that it does is to give back
    assert only_job(queued).attempts == 0

    ill.ill.is_away = False
    handle(queued)
    assert (only_job(queued).deaths, only_job(queued).attempts) == (0, 1)


def test_a_claim_whose_answer_is_lost_is_no_death(queued: World) -> None:
    ill = fall_ill(queued)
    ill.ill.loses_answers = True
    handle(queued)
    assert only_job(queued).owner
    queued.clock.advance(CLAIM_ENDS_AFTER_S)

    ill.ill.loses_answers = False
    handle(queued)

    assert (only_job(queued).owner, only_job(queued).deaths, only_job(queued).attempts) == ("", 0, 1)


def test_what_another_process_took_over_is_left_to_it(queued: World) -> None:
    ill = fall_ill(queued)
    handle(queued)
    queued.clock.advance(CLAIM_ENDS_AFTER_S)
    handle(queued, queued.new_app().create_data_source_group)
    assert queued.app.asset_jobs.between("", "~") == {}

    ill.ill.is_away = False
    queued.app.create_data_source_group.give_back()

    assert queued.app.asset_jobs.between("", "~") == {}
    assert queued.app.create_data_source_group.kept == {}
