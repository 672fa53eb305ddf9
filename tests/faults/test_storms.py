"""A service that answers 429 for long: it is left alone by all instances, and nothing is lost or given up for it."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from sync_core.jobs.job import Job, JobState
from sync_core.runs.run import RunKind, RunOutcome
from tests.faults.remote import Simulated
from tests.faults.world import World

pytestmark = pytest.mark.timeout(600)

STORM_S = 600
STEP_S = 20
STEPS = STORM_S // STEP_S
WORK = 5
INSTANCES = 2
AT_ONCE = 8
RETRY_AFTER_S = 60
THROTTLED_BACK_END = {"errors": [{"message": "429: Too Many Requests"}], "data": None}
THROTTLED_WORK = "createDataSource$|dataSet$"
TRIES = 3  # the HTTP client's, for a call that may be repeated
CALLS_A_TRY = 2  # the call itself, or one for a token before it
# What is under way when the first 429 comes: one call of each message and one tick, on both instances.
LARGEST_BURST = (2 * WORK + INSTANCES) * TRIES * CALLS_A_TRY
MOST_CALLS_A_SECOND = 0.15
MOST_COPIES = 2 * 2  # two pieces of work; the newest message of each, and one that came twice


def account(world: World) -> Simulated:
    return world.account


def organization(world: World) -> Simulated:
    return world.organization


def storm(world: World, service: Simulated) -> list[int]:
    """Live through a storm; return how many calls the service saw in each twenty seconds of it."""
    calls = []
    for step in range(STEPS):
        before = service.last_seq()
        world.clock.advance(STEP_S)
        if step * STEP_S % 60 == 0:
            world.crew.tick()
        world.crew.drain()
        calls.append(service.last_seq() - before)
    return calls


def outstanding(world: World) -> list[Job]:
    """The jobs that are not done."""
    jobs = [*world.app.asset_jobs.between("", "~").values(), *world.app.data_set_jobs.between("", "~").values()]
    return [job for job in jobs if job.state is JobState.PENDING]


def busy(world: World) -> World:
    """Two instances on one storage, each with eight messages at once; as many assets as data sets are under way."""
    world.crew.apps = [world.app, world.new_app()]
    world.crew.at_once = AT_ONCE
    first = world.add_asset()
    world.run()
    for _ in range(WORK):
        world.add_asset()
        world.announce(world.load(first))
    world.crew.apps = [world.new_app(), world.new_app()]  # signed in nowhere yet: a token would outlive a storm
    return world


@pytest.mark.parametrize(
    ("service", "answer"),
    [
        pytest.param(account, {"status": 429}, id="Purview"),
        pytest.param(organization, {"status": 429}, id="CluedIn"),
        pytest.param(organization, {"operation": "auth.token", "status": 429}, id="CluedIn's sign-in"),
        pytest.param(
            organization, {"operation": "^(?!auth)", "status": 200, "body": THROTTLED_BACK_END}, id="CluedIn's back end"
        ),
    ],
)
def test_a_storm_neither_hammers_nor_loses_anything(
    world: World, service: Callable[[World], Simulated], answer: dict[str, Any]
) -> None:
    busy(world)
    service(world).fault(times=None, **answer)

    calls = storm(world, service(world))

    assert max(calls) <= LARGEST_BURST
    assert 0 < sum(calls) / STORM_S < MOST_CALLS_A_SECOND
    assert list(world.app.dead_letters.all()) == []  # nothing is poison either: that would be a letter
    assert {job.attempts for job in outstanding(world)} == {0}
    world.heal()
    assert world.violations() == []


def test_all_instances_leave_a_service_alone_for_as_long_as_it_asked(world: World) -> None:
    busy(world)
    world.organization.fault(times=None, status=429, headers={"Retry-After": str(RETRY_AFTER_S)})

    calls = storm(world, world.organization)

    assert sum(1 for count in calls if count) <= STORM_S / RETRY_AFTER_S + 1
    assert all(not (now and then) for now, then in pairwise(calls))


def test_work_that_hears_of_nothing_but_a_storm_for_a_day_is_a_dead_letter_that_heals(world: World) -> None:
    asset = world.add_asset()
    world.run()
    world.announce(world.load(asset))
    world.add_asset()
    world.organization.fault(THROTTLED_WORK, times=None, status=429, headers={"Retry-After": "3600"})
    for _ in range(30):
        world.run()
        world.clock.advance(3700)
        assert all("429" in job.last_error for job in outstanding(world) if job.last_error)

    assert len(list(world.app.dead_letters.all())) == 2
    assert {dead_letter.cause_class for dead_letter in world.app.dead_letters.all()} == {"exhausted_throttled"}
    world.heal()
    assert world.violations() == []


def test_messages_that_come_twice_do_not_multiply_while_a_service_is_away(world: World) -> None:
    asset = world.add_asset()
    world.run()
    world.announce(world.load(asset))
    world.add_asset()
    world.organization.fault(THROTTLED_WORK, times=None, status=429, headers={"Retry-After": str(RETRY_AFTER_S)})
    world.crew.again = 0.8
    waiting = []

    for _ in range(15):
        world.tick()
        world.crew.drain()
        waiting.append(world.crew.lanes.count())

    assert max(waiting) <= MOST_COPIES
    world.crew.again = 0
    world.heal()
    assert world.violations() == []


@pytest.mark.parametrize(("source", "service"), [("app", "purview"), ("cluedin", "cluedin"), ("cluedin", "purview")])
def test_a_tick_asks_nobody_while_a_service_that_it_needs_wants_to_be_left_alone(
    new_world: Callable[..., World], source: str, service: str
) -> None:
    world = new_world(SYNC_SETTINGS_SOURCE=source)
    world.add_asset()
    world.app.pauses.note(service, RETRY_AFTER_S * 5)
    before = world.organization.last_seq(), world.account.last_seq()

    world.tick()

    assert (world.organization.last_seq(), world.account.last_seq()) == before
    (run, *_) = world.app.runs.latest(RunKind.DISCOVER, 1)
    assert run.outcome is RunOutcome.SKIPPED


@pytest.mark.parametrize("service", ["purview", "cluedin"])
def test_a_reconciliation_leaves_a_service_alone_that_wants_to_be(world: World, service: str) -> None:
    asset = world.add_asset()
    world.run()
    world.load(asset)
    world.app.pauses.note(service, 3600)
    paused = world.account if service == "purview" else world.organization
    before = paused.last_seq()

    world.clock.advance(15 * 60)
    world.crew.reconcile()

    assert paused.last_seq() == before
    world.clock.advance(3600)
    world.heal()
    assert world.violations() == []
