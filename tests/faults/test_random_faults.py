"""A third of all calls fail, in every way we know, while people work, messages repeat, and two instances share it."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.faults.people import People
from tests.faults.remote import Simulated
from tests.faults.variants import ALL_OTHERS, IS_LONG, USUAL, Variant, each_variant
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
GRAPHQL_FAILURES: tuple[dict[str, Any], ...] = tuple(
    {"status": 200, "body": {"errors": [{"message": f"{status}: {said}", "extensions": {"code": code}}], "data": None}}
    for status, said, code in (
        (429, "Too Many Requests", "INTERNAL_SERVER_ERROR"),
        (503, "Service Unavailable", "INTERNAL_SERVER_ERROR"),
        (401, "Unauthorized", "UNAUTHENTICATED"),
    )
)
SEEDS = range(60) if IS_LONG else range(2)
MINUTES = 12
DEEDS_A_MINUTE = 3


def disturb(service: Simulated, share: float, seed: int, failures: Sequence[dict[str, Any]] = FAILURES) -> None:
    """Let so many of all calls fail, each kind of failure as often as any other."""
    part = share / len(failures)
    for number, failure in enumerate(failures):
        probability = part / (1 - number * part)  # of those that the kinds before let pass
        service.fault(times=None, probability=probability, seed=seed * len(failures) + number, **failure)


def share_struck(service: Simulated) -> float:
    """Return how many of all calls so far were struck by a fault."""
    calls = service.requests_since()
    return sum("fault" in call for call in calls) / len(calls)


@pytest.mark.parametrize("seed", SEEDS)
@each_variant(USUAL, ALL_OTHERS)
def test_when_a_third_of_all_calls_fail_nothing_is_lost_or_made_twice(
    variant_world: Callable[[Variant], World], variant: Variant, seed: int
) -> None:
    world = variant_world(variant)
    world.crew.apps = [world.app, world.new_app()]
    world.crew.chance = chance = random.Random(seed)  # noqa: S311 - repeatable
    world.crew.again = 0.3
    world.crew.at_once = 4
    people = People(world)
    people.scan(0, tagged=True)
    world.run()
    disturb(world.account, SHARE, seed)
    failures = FAILURES if variant is USUAL else FAILURES + GRAPHQL_FAILURES
    disturb(world.organization, SHARE, seed + 1, failures)

    for minute in range(MINUTES):
        for _ in range(DEEDS_A_MINUTE):
            people.do_anything(chance)
        world.run()
        if minute % 4 == 3:
            world.reconcile()

    for service in (world.account, world.organization):
        assert share_struck(service) > SHARE / 4  # by chance, and of few calls where pauses were asked for
    world.settle()
    assert "\n".join(world.violations()) == ""
