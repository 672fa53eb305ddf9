"""A third of all calls fail, in every way we know, while people work, messages repeat, and two instances share it."""

import random
from typing import Any

import pytest

from tests.faults.people import People
from tests.faults.remote import Simulated
from tests.faults.variants import IS_LONG
from tests.faults.world import World

pytestmark = pytest.mark.timeout(900)

SHARE = 0.3
FAILURES: tuple[dict[str, Any], ...] = (
    {"drop": "before"},
    {"drop": "after"},
    {"status": 401},
    {"status": 408},
    {"status": 429, "headers": {"Retry-After": "3"}},
    {"status": 500},
    {"status": 503, "body": "<html>Service Unavailable</html>"},
    {"delay_s": 0.05},
)
SEEDS = range(60) if IS_LONG else range(3)
MINUTES = 12
DEEDS_A_MINUTE = 3


def disturb(service: Simulated, share: float, seed: int) -> None:
    """Let so many of all calls fail, each kind of failure as often as any other."""
    part = share / len(FAILURES)
    for number, failure in enumerate(FAILURES):
        probability = part / (1 - number * part)  # of those that the kinds before let pass
        service.fault(times=None, probability=probability, seed=seed * len(FAILURES) + number, **failure)


def share_struck(service: Simulated) -> float:
    """Return how many of all calls so far were struck by a fault."""
    calls = service.requests_since()
    return sum("fault" in call for call in calls) / len(calls)


@pytest.mark.parametrize("seed", SEEDS)
def test_when_a_third_of_all_calls_fail_nothing_is_lost_or_made_twice(world: World, seed: int) -> None:
    world.crew.apps = [world.app, world.new_app()]
    world.crew.chance = chance = random.Random(seed)  # noqa: S311 - repeatable
    world.crew.again = 0.3
    world.crew.at_once = 4
    people = People(world)
    people.scan(0, tagged=True)
    world.run()
    disturb(world.account, SHARE, seed)
    disturb(world.organization, SHARE, seed + 1)

    for minute in range(MINUTES):
        for _ in range(DEEDS_A_MINUTE):
            people.do_anything(chance)
        world.run()
        if minute % 4 == 3:
            world.reconcile()

    for service in (world.account, world.organization):
        assert share_struck(service) > SHARE / 2
    world.settle()
    assert "\n".join(world.violations()) == ""
