"""Dead letters, which are the jobs that were given up: what closes them, and what brings them back."""

import json
from typing import Any

import pytest
from azure.data.tables import TableServiceClient

from sync_core.assets.record import AssetStatus
from sync_core.jobs.dead_letter import DeadLetter
from sync_core.storage.names import ASSETS_TABLE
from tests.faults.found_again import REFUSE, record_of
from tests.faults.world import World

REFUSE_WRITE: dict[str, Any] = {
    "operation": "Entity_BulkCreateOrUpdate",
    "status": 400,
    "body": {"errorCode": "ATLAS-400-00-01A", "errorMessage": "invalid parameters"},
}


def dead_letters(world: World) -> list[DeadLetter]:
    return list(world.app.dead_letters.all())


def only_letter(world: World) -> DeadLetter:
    (dead_letter,) = dead_letters(world)
    return dead_letter


def fail_asset(world: World) -> str:
    asset = world.add_asset()
    world.organization.fault(**REFUSE)
    world.run()
    return asset


def fail_data_set(world: World) -> None:
    asset = world.add_asset()
    world.run()
    world.account.fault(times=None, **REFUSE_WRITE)
    world.announce(world.load(asset))
    world.run()
    world.reconcile()  # it is not found as one that was missed the next time
    world.account.clear_faults()


def replay_all(world: World) -> None:
    world.app.dead_letters.replay_each(dead_letters(world))
    world.clock.advance(60)
    world.crew.drain()
    assert dead_letters(world) == []


@pytest.mark.parametrize("fail", [fail_asset, fail_data_set])
def test_what_is_replayed_is_no_letter_while_it_is_at_work_and_none_afterwards(world: World, fail: Any) -> None:
    fail(world)
    dead_letter = only_letter(world)

    world.app.dead_letters.replay(dead_letter.id)

    assert dead_letters(world) == []
    assert world.app.dead_letters.unsettled() == {dead_letter.id}
    world.clock.advance(60)
    world.crew.drain()
    assert world.app.dead_letters.unsettled() == set()
    assert world.violations() == []


def test_what_gave_up_after_many_tries_is_replayed_by_itself(world: World) -> None:
    world.add_asset()
    world.organization.fault("createDataSource$", times=None, status=503)
    for _ in range(60):
        world.run()
        world.clock.advance(15 * 60)
    assert only_letter(world).cause_class == "exhausted_transient"

    world.heal()

    assert world.violations() == []


def test_a_letter_that_a_person_closed_stays_closed_and_can_still_be_replayed(world: World) -> None:
    fail_asset(world)
    dead_letter = only_letter(world)

    world.command("close", "--id", dead_letter.id)
    world.reconcile()
    assert dead_letters(world) == []
    assert dead_letter.id not in world.command("dead-letters")

    world.command("replay", "--id", dead_letter.id)
    world.heal()
    assert world.violations() == []


def test_what_dies_again_after_its_letter_was_closed_is_shown_again(world: World) -> None:
    fail_asset(world)
    dead_letter = only_letter(world)
    world.command("close", "--id", dead_letter.id)

    world.organization.fault(**REFUSE)
    world.command("replay", "--id", dead_letter.id)
    world.run()

    again = only_letter(world)
    assert (again.first_seen_at, again.attempts) == (dead_letter.first_seen_at, 2)


def test_the_letter_of_an_asset_that_lost_its_term_is_closed(world: World) -> None:
    asset = fail_asset(world)
    world.account.untag(asset)
    world.run()
    world.run()

    world.reconcile()

    assert record_of(world, asset)[1] is AssetStatus.RETIRED
    assert dead_letters(world) == []


def spoil(world: World, key: str, status: str) -> None:
    """Write into an asset's record what this version of the app does not know."""
    with TableServiceClient.from_connection_string(world.settings["AzureWebJobsStorage"]) as service:
        service.get_table_client(ASSETS_TABLE).update_entity(
            {"PartitionKey": "assets", "RowKey": f"record:{key}", "status": status}
        )


def test_a_record_that_cannot_be_read_stops_nothing_and_is_told(world: World) -> None:
    first = world.add_asset()
    world.run()
    key, status = record_of(world, first)
    spoil(world, key, "from a later version")

    second = world.add_asset()
    for _ in range(3):
        assert world.tick()
        world.crew.drain()
        world.clock.advance(600)
    world.reconcile()

    assert record_of(world, second)[1] is AssetStatus.SYNCED
    (unreadable,) = json.loads(world.app.status.answer({}).body)["unreadable"]
    assert "from a later version" in unreadable["reason"]
    spoil(world, key, status)
    world.heal()
    assert world.violations() == []
