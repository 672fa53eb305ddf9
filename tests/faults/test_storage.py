"""Storage loses answers, and is restarted in mid-run."""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Literal

import pytest

from local.azurite import DEFAULT_ACCOUNT, Azurite, run_azurite
from local.simulation import Effect, Fault, Match
from tests.faults.people import People
from tests.faults.storage_door import Doors, StorageDoor, open_doors
from tests.faults.variants import IS_LONG, call_numbers
from tests.faults.world import World

pytestmark = pytest.mark.timeout(900)

MORE_THAN_ENOUGH_CALLS = 300
STORAGE_FAILURES = (Effect(drop="after"), Effect(drop="before"), Effect(status=500), Effect(status=503))
SHARE = 0.02  # of each kind; the SDK repeats a call up to four times
MINUTES = 8
DOWN_S = 1


@pytest.fixture
def doors() -> Iterator[Doors]:
    with open_doors() as doors:
        yield doors


@pytest.fixture
def world_behind_doors(
    new_world: Callable[..., World], azurite_server: Azurite, doors: Doors, _unused_accounts: Iterator[str]
) -> World:
    """The app reaches storage through the doors, the host does not."""
    doors.lead_to(azurite_server)
    account = next(_unused_accounts)
    behind, direct = doors.connection_string(azurite_server, account), azurite_server.connection_string(account)
    return new_world(AzureWebJobsStorage=behind, host_storage=direct)


@pytest.mark.parametrize(("service", "calls"), [("Table", 25), ("Queue", 1)])
def test_a_lost_answer_of_storage_makes_nothing_twice_and_loses_nothing(
    world_behind_doors: World, doors: Doors, service: str, calls: int
) -> None:
    world = world_behind_doors

    last = lose_each_answer(world, doors.doors[service])

    assert last >= calls
    world.heal()
    assert world.violations() == []


@pytest.mark.parametrize("loss", ["before", "after"])
@pytest.mark.parametrize("service", ["Table", "Queue"])
def test_a_delivery_is_taken_although_storage_does_not_answer_once(
    world_behind_doors: World, doors: Doors, service: str, loss: Literal["before", "after"]
) -> None:
    world = world_behind_doors
    asset = world.add_asset()
    world.run()
    data_set = world.load(asset)
    world.announce(data_set)  # now its table and queue are there
    world.crew.drain()
    doors.doors[service].faults.add(Fault(match=Match(method="POST"), effect=Effect(drop=loss)))
    body = json.dumps({"dataSetId": data_set, "eventId": "event"}).encode()
    receive = world.app.impatient.data_set_processed

    answers = [receive.answer({"content-type": "application/json"}, body) for _ in range(2)]

    assert doors.doors[service].faults.dump()[0]["fired"] == 1
    assert [(answer.status, json.loads(answer.body)["status"]) for answer in answers] == [
        (HTTPStatus.ACCEPTED, "accepted"),
        (HTTPStatus.ACCEPTED, "duplicate"),
    ]


def lose_each_answer(world: World, door: StorageDoor) -> int:
    """Lose one answer after the other while an asset is synced and a data set comes back; return the last number."""
    asset, last = world.add_asset(), 0
    world.run()
    for number in call_numbers():
        door.faults.add(Fault(effect=Effect(drop="after"), skip=number - 1))
        world.add_asset()
        world.announce(world.load(asset))
        world.run()
        (fault,) = door.faults.dump()
        if not fault["fired"]:
            return last
        last = number
        door.faults.clear()
        assert number < MORE_THAN_ENOUGH_CALLS, "the calls never end"
    raise AssertionError


@pytest.mark.parametrize("seed", range(20) if IS_LONG else range(1))
def test_a_storage_that_fails_at_random_makes_nothing_twice_and_loses_nothing(
    world_behind_doors: World, doors: Doors, seed: int
) -> None:
    world, chance = world_behind_doors, random.Random(seed)  # noqa: S311 - repeatable
    people = People(world)
    people.scan(0, tagged=True)
    world.run()
    for number, effect in enumerate(STORAGE_FAILURES):
        for service in ("Table", "Queue"):
            doors.doors[service].faults.add(
                Fault(effect=effect, times=None, probability=SHARE, seed=seed * len(STORAGE_FAILURES) + number)
            )

    for minute in range(MINUTES):
        people.do_anything(chance)
        people.do_anything(chance)
        world.run()
        if minute % 4 == 3:
            world.reconcile()

    for door in doors.doors.values():
        door.faults.clear()
    world.settle()
    assert "\n".join(world.violations()) == ""


def test_a_restart_of_storage_in_mid_run_loses_nothing(
    new_world: Callable[..., World], doors: Doors, tmp_path: Path
) -> None:
    with ExitStack() as first_life:
        azurite = first_life.enter_context(run_azurite(folder=tmp_path))
        doors.lead_to(azurite)
        world = new_world(AzureWebJobsStorage=doors.connection_string(azurite, DEFAULT_ACCOUNT))
        asset = world.add_asset()
        world.run()
        for _ in range(4):
            world.add_asset()
            world.announce(world.load(asset))
        before = doors.calls()
        app_at_work = threading.Thread(target=world.run)
        app_at_work.start()
        while doors.calls() < before + 40:
            time.sleep(0.01)
        doors.lead_to(None)
    time.sleep(DOWN_S)
    with run_azurite(folder=tmp_path) as azurite:
        doors.lead_to(azurite)
        app_at_work.join()
        world.heal()
        assert world.violations() == []
