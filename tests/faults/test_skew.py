"""Workers whose clocks are two minutes off, in either direction."""

import pytest

from sync_core.assets.record import AssetStatus
from sync_core.jobs.message import AssetMessage
from sync_core.runs.leases import Held, Lease
from tests.faults.world import World
from tests.kit.nursery import Nursery

SKEW_S = 120
PAUSE_S = 60
RESOLUTION_S = 2  # the service tells when it answers to the second
LEASE_S = 45


@pytest.mark.parametrize(("owner", "other"), [(SKEW_S, -SKEW_S), (-SKEW_S, SKEW_S)])
def test_a_lease_holds_until_its_end_whatever_the_clocks_of_the_workers_say(
    world: World, owner: float, other: float
) -> None:
    first, second = world.new_app(skew_s=owner), world.new_app(skew_s=other)
    held = first.leases.acquire("thing", "first", LEASE_S)
    assert isinstance(held, Lease)

    assert isinstance(second.leases.acquire("thing", "second", LEASE_S), Held)
    world.clock.advance(LEASE_S - 5)
    assert isinstance(second.leases.acquire("thing", "second", LEASE_S), Held)
    world.clock.advance(10)
    assert isinstance(second.leases.acquire("thing", "second", LEASE_S), Lease)


def test_workers_with_skewed_clocks_share_the_work_and_make_nothing_twice(world: World) -> None:
    world.crew.apps = [world.new_app(skew_s=skew) for skew in (-SKEW_S, 0, SKEW_S)]
    world.crew.again = 0.3
    world.crew.at_once = 4
    for _ in range(3):
        asset = world.add_asset()
        world.add_asset("same")
        world.organization.fault("createDataSource", drop="after")
        world.run()
        world.clock.advance(60)
        world.run()
        world.announce(world.load(asset))
        world.run()

    world.heal()

    assert world.violations() == []


def test_a_worker_with_a_fast_clock_waits_for_the_claim_of_a_slow_one(world: World, nursery: Nursery) -> None:
    world.add_asset()
    world.clock.advance(60)
    world.crew.tick()
    (record,) = world.app.assets.all()
    message = AssetMessage.of(record.key).to_json().encode()
    die_before = 12  # after its claim, before the asset is done
    assert nursery.kill("create_data_source_group", die_before, world.settings, world.clock, message)
    fast = world.new_app(skew_s=SKEW_S)

    fast.create_data_source_group.handle(message)
    stored = world.app.assets.load(record.key)
    assert stored is not None
    assert stored.record.status is AssetStatus.QUEUED

    world.heal()
    assert world.violations() == []


@pytest.mark.parametrize("skew_s", [-SKEW_S, SKEW_S])
def test_a_pause_is_as_long_for_an_instance_with_another_clock(world: World, skew_s: float) -> None:
    wrong, right = world.new_app(skew_s=skew_s), world.new_app()
    wrong.pauses.note("cluedin", PAUSE_S)
    right.pauses.note("purview", PAUSE_S)

    waits = [right.pauses.wait_s("cluedin"), wrong.pauses.wait_s("purview")]
    assert all(PAUSE_S - RESOLUTION_S <= wait <= 2 * PAUSE_S + RESOLUTION_S for wait in waits)

    world.clock.advance(PAUSE_S + RESOLUTION_S)
    assert right.pauses.wait_s("cluedin") == wrong.pauses.wait_s("purview") == 0
