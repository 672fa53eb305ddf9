"""Each call to CluedIn and Purview fails in turn, before or after it is carried out, with new work each time."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.remote import Simulated
from tests.faults.variants import call_numbers
from tests.faults.world import World

pytestmark = pytest.mark.timeout(900)

MORE_THAN_ENOUGH_CALLS = 80
ANSWER_LOST = {"drop": "after", "times": 1}
UNREACHABLE = {"drop": "before", "times": 3}  # the HTTP client repeats a read as often: now the message must come again


def account(world: World) -> Simulated:
    return world.account


def organization(world: World) -> Simulated:
    return world.organization


def fail_each_call(world: World, service: Simulated, failure: dict[str, Any], first: int) -> int:
    """Let one call after the other fail while an asset is synced and a data set comes back; return the last number."""
    asset, last = world.add_asset(), 0
    world.run()
    for number in call_numbers(first):
        fault = service.fault(skip=number - 1, **failure)
        world.add_asset()
        world.announce(world.load(asset))
        world.run()
        if not service.has_fired(fault):
            return last
        last = number
        service.clear_faults()
        assert number < MORE_THAN_ENOUGH_CALLS, "the calls never end"
    raise AssertionError


@pytest.mark.parametrize(
    ("service", "failure", "first", "calls"),
    [
        pytest.param(organization, ANSWER_LOST, 1, 5, id="answers of CluedIn are lost"),
        pytest.param(organization, UNREACHABLE, 2, 5, id="CluedIn is not reached"),
        pytest.param(account, ANSWER_LOST, 3, 6, id="answers of Purview are lost"),
        pytest.param(account, UNREACHABLE, 1, 6, id="Purview is not reached"),
    ],
)
def test_a_call_that_fails_once_makes_nothing_twice_and_loses_nothing(
    world: World, service: Callable[[World], Simulated], failure: dict[str, Any], first: int, calls: int
) -> None:
    last = fail_each_call(world, service(world), failure, first)

    assert last >= calls
    world.heal()
    assert world.violations() == []
