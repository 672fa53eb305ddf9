"""SIGKILL of real processes before each of their outgoing calls in turn, with new work for each of them.

That is after the call before it, too: with the worker its answer is lost, whether it had arrived or not. Provisioning
alone is killed in tests/integration/sync_core/provisioning/test_kill.py. Here a short run takes every third call.
"""

import itertools
import json
from collections.abc import Callable, Iterable

import pytest

from sync_core.jobs.message import DataSetMessage
from sync_core.lineage.data_set_jobs import new_job
from tests.faults.people import People
from tests.faults.variants import ALL_ASSETS, USUAL, Variant, call_numbers, each_variant
from tests.faults.world import World
from tests.kit.nursery import Nursery

pytestmark = pytest.mark.timeout(900)

LONGEST_LEASE_S = 70
MORE_THAN_ENOUGH_CALLS = 200


def kill_at_each_call(
    world: World,
    nursery: Nursery,
    function: str,
    new_work: Callable[[], bytes],
    *,
    first: int = 1,
    numbers: Iterable[int] = (),
) -> int:
    """Let one worker after the other die, each some calls later than the one before; return where the last one died."""
    last = 0
    for number in numbers or call_numbers(first):
        body = new_work()
        if not nursery.kill(function, number, world.settings, world.clock, body):
            return last
        last = number
        world.clock.advance(LONGEST_LEASE_S)  # what the dead one holds ends by itself
        assert number < MORE_THAN_ENOUGH_CALLS, f"{function} never comes to an end"
    raise AssertionError


def test_a_discovery_killed_before_any_of_its_calls_loses_nothing(world: World, nursery: Nursery) -> None:
    def new_asset() -> bytes:
        world.crew.tick()  # the one after the dead one catches up
        world.add_asset()
        return b""

    last = kill_at_each_call(world, nursery, "discover_assets", new_asset, first=1)

    assert last > 15
    world.heal()
    assert world.violations() == []


@each_variant(USUAL, ALL_ASSETS)
def test_a_discovery_killed_while_assets_come_and_go_and_come_back_loses_nothing(
    variant_world: Callable[[Variant], World], variant: Variant, nursery: Nursery
) -> None:
    world = variant_world(variant)
    people = People(world)
    for name in range(8):
        people.scan(name, tagged=True)
    world.run()

    def new_changes() -> bytes:
        world.crew.tick()  # the one after the dead one catches up: an asset is in its grace now
        people.scan(0, tagged=True)
        people.recreate(0, keep_terms=True)
        people.rename(1, len(people.assets))
        people.untag(2)
        return b""

    last = kill_at_each_call(world, nursery, "discover_assets", new_changes, first=2)

    assert last > 20
    world.settle()
    assert "\n".join(world.violations()) == ""


def test_a_push_killed_before_any_of_its_calls_leaves_one_chain(world: World, nursery: Nursery) -> None:
    asset = world.add_asset()
    world.run()

    def new_data_set() -> bytes:
        data_set_id, now = world.load(asset).lower(), world.clock.now()
        world.app.data_set_jobs.ask(new_job(data_set_id, now), now)
        return DataSetMessage(data_set_id=data_set_id).to_json().encode()

    last = kill_at_each_call(world, nursery, "push_lineage", new_data_set, first=2)

    assert last > 15
    world.heal()
    assert world.violations() == []


def test_a_webhook_killed_before_any_of_its_calls_loses_no_delivery(world: World, nursery: Nursery) -> None:
    asset = world.add_asset()
    world.run()
    sent: list[tuple[str, str]] = []

    def new_delivery() -> bytes:
        event_id, data_set_id = f"evt_{len(sent)}", world.load(asset)
        sent.append((event_id, data_set_id))
        return json.dumps({"dataSetId": data_set_id, "eventId": event_id}).encode()

    last = kill_at_each_call(world, nursery, "data_set_processed", new_delivery, numbers=itertools.count(1))

    assert last >= 2  # the transaction, and the message
    for event_id, data_set_id in sent:
        world.announce(data_set_id, event_id)  # nobody was answered, so the sender tries again
    world.heal()  # a tick wakes the job whose message was not sent
    assert world.violations() == []


def test_a_reconciliation_killed_before_any_of_its_calls_heals_the_next_time(world: World, nursery: Nursery) -> None:
    asset = world.add_asset()
    world.run()
    missed, lost = world.load(asset), world.load(asset)
    keys = itertools.cycle(["account.name", "account.title"])

    def new_damage() -> bytes:
        world.reconcile()  # the one after the dead one catches up
        world.organization.remap(missed, {"id": "account.id", "name": next(keys)}, "/Account")
        world.organization.process(missed)  # no webhook comes
        world.announce(lost)
        world.crew.lanes.clear()
        world.clock.advance(16 * 60)
        return b""

    last = kill_at_each_call(world, nursery, "reconcile", new_damage, first=2)

    assert last > 15
    world.heal()
    assert world.violations() == []
