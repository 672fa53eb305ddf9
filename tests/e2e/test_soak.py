"""The app at work for long, with people, faults and storms: memory stays flat, and work does not pile up.

A short run takes seconds and has no faults; `make soak` takes thirty minutes (`SYNC_SOAK_MINUTES`).
"""

import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import pytest

from local.stack import Stack
from tests.e2e.real_world import RealWorld, make_real_world
from tests.faults.people import People
from tests.faults.test_random_faults import disturb
from tests.faults.variants import IS_LONG, SOAK_MINUTES

pytestmark = [pytest.mark.faults, pytest.mark.timeout(SOAK_MINUTES * 60 + 3600 if IS_LONG else 300)]

LASTS_S = SOAK_MINUTES * 60 if IS_LONG else 15
ROUND_S = 5
ROUNDS_A_RECONCILE = 12
DEEDS_A_ROUND = 4
SHARE_OF_FAULTS = 0.1
SICK_ROUNDS = range(20, 60)
"""Of a hundred rounds, in these some calls fail; the others let the app catch up."""
MOST_GROWTH_MIB = 12
HEALED_AFTER_S = 3000 if IS_LONG else 120
# The world does not grow beyond this, so what grows is the app's.
MOST_ASSETS, MOST_DATA_SETS = 30, 40


@dataclass(frozen=True)
class Sample:
    """How the app was at one moment."""

    at_s: float
    memory_mib: float
    outstanding: int


def test_a_long_life_leaks_nothing_and_piles_nothing_up(stack: Stack) -> None:
    world = make_real_world(stack)
    people = People(world, most_assets=MOST_ASSETS, most_data_sets=MOST_DATA_SETS)
    chance = random.Random(11)  # noqa: S311 - repeatable
    samples, started, rounds = [], time.monotonic(), 0
    while (at_s := time.monotonic() - started) < LASTS_S:
        rounds += 1
        live_a_round(world, people, chance, rounds)
        samples.append(Sample(at_s, world.memory_mib(), sum(world.outstanding().values())))
        time.sleep(max(0.0, rounds * ROUND_S - (time.monotonic() - started)))
    set_weather(world, is_sick=False, seed=0)
    world.wait_until_quiet(HEALED_AFTER_S)

    report(world, samples)
    assert "\n".join(world.violations()) == ""
    if IS_LONG:
        assert growth_mib(samples) < MOST_GROWTH_MIB
        assert most(samples[-len(samples) // 4 :]) <= 2 * most(samples[: len(samples) // 2]) + 10


def live_a_round(world: RealWorld, people: People, chance: random.Random, number: int) -> None:
    """People do something, and the timers run."""
    if IS_LONG and number % 100 in {SICK_ROUNDS.start, SICK_ROUNDS.stop}:
        set_weather(world, is_sick=number % 100 in SICK_ROUNDS, seed=number)
    for _ in range(DEEDS_A_ROUND):
        people.do_anything(chance)
    world.tick()
    if number % ROUNDS_A_RECONCILE == 0:
        world.reconcile()


def set_weather(world: RealWorld, *, is_sick: bool, seed: int) -> None:
    """Let some calls fail, or none."""
    for service in (world.account, world.organization):
        service.clear_faults()
        if is_sick:
            disturb(service, SHARE_OF_FAULTS, seed)


def growth_mib(samples: Sequence[Sample]) -> float:
    """By how much memory grew from the second quarter to the last: the first one warms up."""
    quarter = len(samples) // 4
    memory = [sample.memory_mib for sample in samples]
    return median(memory[-quarter:]) - median(memory[quarter : 2 * quarter])


def most(samples: Sequence[Sample]) -> int:
    """Return the most work that was outstanding at any moment."""
    return max(sample.outstanding for sample in samples)


def report(world: RealWorld, samples: Sequence[Sample]) -> None:
    """Print what happened, ten samples of it."""
    calls = world.account.last_seq() + world.organization.last_seq()
    sys.stdout.write(f"\n{len(samples)} rounds, {calls} calls, {world.failed_runs} runs of a timer failed\n")
    for sample in samples[:: max(1, len(samples) // 10)]:
        sys.stdout.write(f"{sample.at_s:6.0f} s {sample.memory_mib:7.1f} MiB {sample.outstanding:4} outstanding\n")
    sys.stdout.write(f"memory grew by {growth_mib(samples):.1f} MiB\n" if len(samples) > 3 else "")
