"""Records, work list and dead letters are brought together again where a crash or a lost table parted them."""

from typing import Any

import pytest
from azure.data.tables import TableServiceClient

from sync_core.domain.asset import AssetStatus
from sync_core.domain.dead_letter import DeadLetter
from sync_core.domain.ledger import request_ledger
from sync_core.flows import look_through
from sync_core.flows.run_log import RunLog
from sync_core.state.leases import Lease
from sync_core.state.names import ASSETS_TABLE, DEAD_LETTERS_TABLE
from tests.faults.test_reconcile import REFUSE, record_of
from tests.faults.test_wipes import wipe
from tests.faults.world import World

REFUSE_WRITE: dict[str, Any] = {
    "operation": "Entity_BulkCreateOrUpdate",
    "status": 400,
    "body": {"errorCode": "ATLAS-400-00-01A", "errorMessage": "invalid parameters"},
}


def letters(world: World) -> list[DeadLetter]:
    return list(world.app.dead_letters.all())


def only_letter(world: World) -> DeadLetter:
    (letter,) = letters(world)
    return letter


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
    world.app.replay.replay_each(letters(world))
    world.clock.advance(60)
    world.crew.drain()
    assert letters(world) == []


@pytest.mark.parametrize("fail", [fail_asset, fail_data_set])
def test_a_lost_letter_of_what_failed_is_written_again_and_can_be_replayed(world: World, fail: Any) -> None:
    fail(world)
    before = only_letter(world)

    wipe(world, [DEAD_LETTERS_TABLE])
    world.app.reconcile.look_through.look_at_assets(RunLog("run", world.clock.now()))
    world.app.reconcile.look_through.look_at_data_sets(RunLog("run", world.clock.now()))

    after = only_letter(world)
    assert (after.letter_id, after.queue, after.cause_class) == (before.letter_id, before.queue, before.cause_class)
    assert (after.cause, after.subject) == (before.cause, before.subject)
    replay_all(world)
    assert world.violations() == []


def test_what_gave_up_after_many_tries_is_replayed_though_its_letter_was_lost(world: World) -> None:
    world.add_asset()
    world.organization.fault("createDataSource$", times=None, status=503)
    for _ in range(60):
        world.run()
        world.clock.advance(15 * 60)
    assert only_letter(world).cause_class == "exhausted_transient"

    wipe(world, [DEAD_LETTERS_TABLE])
    world.heal()

    assert world.violations() == []


def test_a_letter_that_a_person_closed_stays_closed_and_can_still_be_replayed(world: World) -> None:
    fail_asset(world)
    letter = only_letter(world)

    world.command("close", "--id", letter.letter_id)
    world.reconcile()
    assert letters(world) == []
    assert letter.letter_id not in world.command("letters")

    world.command("replay", "--id", letter.letter_id)
    world.heal()
    assert world.violations() == []


def test_what_dies_again_after_its_letter_was_closed_is_shown_again(world: World) -> None:
    fail_asset(world)
    letter = only_letter(world)
    world.command("close", "--id", letter.letter_id)

    world.organization.fault(**REFUSE)
    world.command("replay", "--id", letter.letter_id)
    world.run()

    again = only_letter(world)
    assert (again.first_seen_at, again.attempts) == (letter.first_seen_at, 2)


def test_the_letter_of_a_worker_that_died_before_closing_it_is_closed(world: World) -> None:
    fail_asset(world)
    letter = only_letter(world)
    replay_all(world)
    world.app.dead_letters.record(letter)

    world.reconcile()

    assert world.violations() == []


def test_the_letter_of_a_push_that_died_before_closing_it_is_closed(world: World) -> None:
    fail_data_set(world)
    letter = only_letter(world)
    replay_all(world)
    world.app.dead_letters.record(letter)

    world.reconcile()

    assert world.violations() == []


def test_the_letter_of_an_asset_that_lost_its_term_is_closed(world: World) -> None:
    asset = fail_asset(world)
    world.account.untag(asset)
    world.run()
    world.run()

    world.reconcile()

    assert record_of(world, asset)[1] is AssetStatus.RETIRED
    assert letters(world) == []


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
    assert "from a later version" in only_letter(world).cause
    spoil(world, key, status)
    world.heal()
    assert world.violations() == []


def test_many_outstanding_assets_and_leases_cost_a_reconciliation_a_few_queries(world: World) -> None:
    for number in range(30):
        world.add_asset()
        assert isinstance(world.app._leases.acquire(f"asset-{number}", "a dead worker", 1), Lease)
    world.tick()
    reconcile, log = world.app.reconcile, RunLog("run", world.clock.now())

    with request_ledger() as requests:
        reconcile.look_through.look_at_assets(log)
        reconcile.heal.tidy(log)

    assert requests["storage"] < 12
    assert log.counts["assets_reopened"] == 0


def test_a_run_looks_at_a_part_of_the_records_and_the_next_ones_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_through, "RECORDS_A_RUN", 2)
    for _ in range(5):
        world.add_asset()
    world.organization.fault(times=None, **REFUSE)
    world.run()
    wipe(world, [DEAD_LETTERS_TABLE])

    found = []
    for _ in range(3):
        world.reconcile()
        found.append(len(letters(world)))

    assert found == [2, 4, 5]
