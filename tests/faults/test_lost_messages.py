"""Work whose message is lost is sent again soon, and a backlog does not multiply its messages."""

from sync_core.assets.record import AssetStatus
from sync_core.jobs.message import AssetMessage, DataSetMessage
from tests.faults.found_again import record_of
from tests.faults.world import World


def test_a_found_data_set_whose_message_is_lost_is_enqueued_again(world: World) -> None:
    asset = world.add_asset()
    world.run()
    world.load(asset)

    world.clock.advance(15 * 60)
    world.crew.reconcile()
    assert world.crew.lanes.count() == 1
    world.crew.lanes.clear()

    world.heal()
    assert world.violations() == []


def test_a_delivery_of_a_known_data_set_whose_message_is_lost_is_enqueued_again(world: World) -> None:
    asset = world.add_asset()
    world.run()
    data_set = world.load(asset)
    world.announce(data_set)
    world.reconcile()  # from here on, reading CluedIn finds nothing new
    world.announce(data_set)
    world.crew.lanes.clear()

    world.heal()

    assert world.violations() == []


def test_what_is_lost_is_sent_again_within_three_ticks(world: World) -> None:
    asset = world.add_asset()
    world.run()
    late = world.add_asset()
    world.clock.advance(60)
    world.crew.tick()
    world.announce(world.load(asset))
    world.crew.lanes.clear()

    for _ in range(3):
        world.run()

    assert record_of(world, late)[1] is AssetStatus.SYNCED
    assert not world.app.data_set_jobs.has_pending()


def test_what_may_wait_behind_other_messages_is_sent_once_it_is_overdue(world: World) -> None:
    asset = world.add_asset()
    world.run()
    world.announce(world.load(asset))
    world.crew.lanes.clear()
    other = DataSetMessage(data_set_id="00000000-0000-4000-8000-000000000000")
    world.app.lineage_queue.send(other)  # it waits, and nobody takes it
    for _ in range(3):
        world.tick()
    assert world.crew.lanes.count() == 1

    world.clock.advance(15 * 60)
    world.tick()

    assert world.crew.lanes.count() == 2


def test_a_backlog_does_not_multiply_its_messages(world: World) -> None:
    for _ in range(3):
        world.add_asset()
    for _ in range(7):  # nobody works them off
        world.clock.advance(16 * 60)
        world.crew.tick()

    assert world.crew.lanes.count() == 1 + 2  # all three in one, after a quarter of an hour, and half an hour more


def test_a_message_for_what_has_no_job_is_dropped_and_is_no_loss(world: World) -> None:
    asset = world.add_asset()
    world.run()
    key, _ = record_of(world, asset)
    world.app.assets.forget(key)
    world.crew.lanes.send("asset-sync", AssetMessage.of(key).to_json().encode())
    world.crew.lanes.send("asset-sync", AssetMessage.of("0" * 32).to_json().encode())
    world.crew.drain()
    assert list(world.app.dead_letters.all()) == []

    world.heal()

    assert world.violations() == []


def test_a_queued_asset_whose_message_is_gone_is_sent_again(world: World) -> None:
    world.add_asset()
    world.clock.advance(60)
    world.crew.tick()
    world.crew.lanes.clear()

    world.heal()

    assert world.violations() == []


def test_an_outage_of_hours_multiplies_no_message(world: World) -> None:
    asset = world.add_asset()
    world.run()
    for _ in range(3):
        world.announce(world.load(asset))
    world.organization.fault("inbound.dataSet$", status=503, times=None)
    world.add_asset()
    world.organization.fault("inbound.dataSourceSets", status=503, times=None)

    waiting = []
    for _ in range(6):
        world.run()
        world.reconcile()
        waiting.append(world.crew.lanes.count())

    assert max(waiting) == waiting[0]
    world.heal()
    assert world.violations() == []
