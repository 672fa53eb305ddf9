"""Work that kills its worker, whenever it is done: it has an end, and the others are not held up by it."""

from typing import Literal

import pytest

from tests.faults.world import World
from tests.kit.nursery import Nursery

DEATHS = 5
CLAIM_ENDS_AFTER_S = 70
IN_THE_MIDDLE = 12
"""The outgoing call before which the worker dies: its claim is made, its work is not done."""
FUNCTIONS = {"asset-sync": "create_data_source_group", "lineage-sync": "push_lineage"}


def make_work(world: World, lane: Literal["asset-sync", "lineage-sync"]) -> bytes:
    """Return the message of new work."""
    asset = world.add_asset()
    if lane == "lineage-sync":
        world.run()
        world.announce(world.load(asset))
    else:
        world.tick()
    (delivery,) = [found for found in world.crew.lanes.receive_due() if found.lane == lane]
    world.crew.lanes.release(delivery)
    return delivery.body


@pytest.mark.parametrize("lane", FUNCTIONS)
def test_work_that_killed_its_worker_five_times_is_not_begun_a_sixth_time(
    world: World, nursery: Nursery, lane: Literal["asset-sync", "lineage-sync"]
) -> None:
    body = make_work(world, lane)

    def is_killed() -> bool:
        world.clock.advance(CLAIM_ENDS_AFTER_S)
        return nursery.kill(FUNCTIONS[lane], IN_THE_MIDDLE, world.settings, world.clock, body)

    assert [is_killed() for _ in range(DEATHS)] == [True] * DEATHS
    assert not is_killed()
    (dead_letter,) = world.app.dead_letters.all()
    assert "worker" in dead_letter.cause


def test_the_work_of_a_worker_that_died_once_is_done(world: World, nursery: Nursery) -> None:
    body = make_work(world, "asset-sync")
    assert nursery.kill(FUNCTIONS["asset-sync"], IN_THE_MIDDLE, world.settings, world.clock, body)
    world.clock.advance(CLAIM_ENDS_AFTER_S)
    world.heal()
    assert world.violations() == []
