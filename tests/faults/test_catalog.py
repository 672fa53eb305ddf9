"""Both stores of terms under faults: kills, lost answers, random faults, while stewards publish and tenants migrate."""

import random
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from tests.faults.stewards import KEYWORDS, Stewards
from tests.faults.test_kills import kill_at_each_call
from tests.faults.test_lost_answers import ANSWER_LOST, MORE_THAN_ENOUGH_CALLS, UNREACHABLE
from tests.faults.test_random_faults import DEEDS_A_MINUTE, MINUTES, SHARE, disturb
from tests.faults.variants import IS_LONG, call_numbers
from tests.faults.world import World
from tests.kit.nursery import Nursery

pytestmark = pytest.mark.timeout(900)

SEEDS = range(60) if IS_LONG else range(2)
MIGRATIONS: tuple[dict[str, Any], ...] = (
    {"classic_list_after": "frozen"},
    {"classic_list_after": "empty", "migrated_id": "same"},
    {"classic_list_after": "not_found", "classic_terms_after": "gone", "unified_hidden": "forbidden"},
    {"classic_list_after": "empty", "unified_hidden": "links_empty"},
)


@pytest.fixture
def stewards(new_world: Callable[..., World]) -> Stewards:
    """A tenant in which both stores select assets."""
    stewards = Stewards(new_world(SYNC_TERM=KEYWORDS))
    for number in range(4):
        stewards.scan(number)
    for number in range(4):
        stewards.scan(number, tagged=False)
        stewards.link(number % 2, -1)
    stewards.world.run()
    return stewards


def assert_well(stewards: Stewards) -> None:
    stewards.settle()
    assert "\n".join(stewards.world.violations()) == ""


def test_a_discovery_of_linked_assets_killed_before_any_of_its_calls_loses_nothing(
    stewards: Stewards, nursery: Nursery
) -> None:
    world = stewards.world

    def new_links() -> bytes:
        stewards.watch(world.crew.tick)  # the one after the dead one catches up: an asset is in its grace now
        stewards.scan(0, tagged=False)
        stewards.link(0, -1)
        stewards.link(1, -2)
        stewards.unlink(1, -3)
        return b""

    last = kill_at_each_call(world, nursery, "discover_assets", new_links, first=1)

    assert last > 15
    assert_well(stewards)


@pytest.mark.parametrize("switches", MIGRATIONS if IS_LONG else MIGRATIONS[::2], ids=str)
def test_a_discovery_killed_at_any_call_while_the_tenant_migrates_retires_nobody(
    stewards: Stewards, nursery: Nursery, switches: dict[str, Any]
) -> None:
    world, turns = stewards.world, count(1)
    world.account.call("PATCH", "/switches", switches)

    def next_phase() -> bytes:
        turn = next(turns)
        stewards.watch(world.crew.tick)
        if turn % 2 == 0:
            stewards.migrate()
            world.clock.advance(3600)
        stewards.scan(0)
        stewards.set_status(0, turn)
        return b""

    kill_at_each_call(world, nursery, "discover_assets", next_phase, first=1)

    assert not stewards.phases
    assert_well(stewards)


@pytest.mark.parametrize("answer", ["not_found", "empty"])
@pytest.mark.parametrize("looks", [0, 1])
def test_a_discovery_killed_at_any_call_while_the_classic_list_stops_answering_retires_nobody(
    stewards: Stewards, nursery: Nursery, answer: str, looks: int
) -> None:
    """The copies are drafts that nobody sees. The one that dies is the first to see it, or the one that concludes."""
    world = stewards.world
    for _ in range(2):
        stewards.migrate()
    assert stewards.phase == "staged"

    def stop_answering() -> bytes:
        world.account.call("PATCH", "/switches", {"classic_list_after": "frozen"})
        stewards.watch(world.crew.tick)
        world.account.call("PATCH", "/switches", {"classic_list_after": answer})
        for _ in range(looks):
            world.clock.advance(660)
            stewards.watch(world.crew.tick)
        world.clock.advance(660)
        return b""

    last = kill_at_each_call(world, nursery, "discover_assets", stop_answering, first=1)

    assert last > 12
    stewards.watch(world.run)
    assert_well(stewards)


@pytest.mark.parametrize(("failure", "first"), [(ANSWER_LOST, 1), (UNREACHABLE, 2)], ids=["lost", "unreachable"])
def test_a_call_that_fails_once_while_stewards_work_loses_nobody(
    stewards: Stewards, failure: dict[str, Any], first: int
) -> None:
    world = stewards.world
    for number in call_numbers(first):
        fault = world.account.fault(skip=number - 1, **failure)
        stewards.scan(0, tagged=False)
        stewards.link(number, -1)
        stewards.unlink(number, -2)
        stewards.set_status(number, number)
        world.clock.advance(660)  # names and details are looked up again
        stewards.watch(world.run)
        if not world.account.has_fired(fault):
            break
        world.account.clear_faults()
        assert number < MORE_THAN_ENOUGH_CALLS, "the calls never end"
    assert number > 8
    assert_well(stewards)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("switches", MIGRATIONS if IS_LONG else MIGRATIONS[1:3], ids=str)
def test_when_a_third_of_all_calls_fail_while_the_tenant_migrates_nobody_is_lost(
    stewards: Stewards, seed: int, switches: dict[str, Any]
) -> None:
    world, chance = stewards.world, random.Random(seed)  # noqa: S311 - repeatable
    world.account.call("PATCH", "/switches", switches)
    world.crew.apps = [world.app, world.new_app()]
    world.crew.chance = chance
    disturb(world.account, SHARE, seed)
    for minute in range(MINUTES):
        for _ in range(DEEDS_A_MINUTE):
            stewards.do_anything(chance)
        stewards.watch(world.run)
        if minute % 4 == 3:
            stewards.watch(world.reconcile)
    assert_well(stewards)


def test_a_data_set_of_an_asset_that_only_the_catalog_selects_gets_its_lineage(stewards: Stewards) -> None:
    world = stewards.world
    stewards.scan(0, tagged=False)
    stewards.link(0, -1)
    world.run()
    told, found = world.load(stewards.assets[-1]), world.load(stewards.assets[-1])
    world.announce(told)
    world.run()
    world.reconcile()
    assert {record.data_set_id for record in world.app.data_sets.after("")} == {told.lower(), found.lower()}
    assert "\n".join(world.violations()) == ""
    stewards.set_status(0, 1)  # its draft hides it, and the lineage goes on
    world.organization.remap(told, {"id": "user.id"}, "/Infrastructure/User")
    world.announce(told, "once more")
    world.run()
    assert "\n".join(world.violations()) == ""
