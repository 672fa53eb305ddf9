"""The state is lost, as a whole or in part, with work done, half done and outstanding."""

from collections.abc import Callable, Sequence

import pytest
from azure.data.tables import TableServiceClient

from sync_core.assets.record import AssetStatus
from sync_core.storage.names import ASSETS_TABLE, DATA_SETS_TABLE, NOTES_TABLE, TABLES
from tests.faults.world import World

CREATE_SOURCE = r"createDataSource$"
ONE_BY_ONE = (ASSETS_TABLE, NOTES_TABLE, DATA_SETS_TABLE)


def wipe(world: World, tables: Sequence[str]) -> None:
    """Delete tables with all that is in them; the app makes them anew. What is left was never told."""
    with TableServiceClient.from_connection_string(world.settings["AzureWebJobsStorage"]) as service:
        for table in tables:
            service.delete_table(table)
    if DATA_SETS_TABLE in tables:
        world.accepted.clear()


def give_up_on(world: World, asset: str) -> None:
    """CluedIn refuses an asset, once."""
    world.organization.fault(CREATE_SOURCE, status=400)
    world.run()
    dead_letters = [(dead_letter.subject, dead_letter.cause_class) for dead_letter in world.app.dead_letters.all()]
    assert dead_letters == [(asset, "rejected")]


def lead_a_life(world: World) -> None:
    """Assets are synced, of one name too; one was renamed, one has a group only, one is given up.

    Data sets are pushed, and reconcile has seen them; one delivery is open, and of one data set nobody told.
    """
    first, second, third = world.add_asset(), world.add_asset("same"), world.add_asset("same")
    world.run()
    world.rename(first, "another name")
    for asset in (first, second):
        world.announce(world.load(asset))
    world.run()
    world.reconcile()
    world.reconcile()
    give_up_on(world, world.add_asset("given up"))
    world.organization.fault(CREATE_SOURCE, status=503)
    world.add_asset("half made")
    world.add_asset("same")
    world.run()
    world.announce(world.load(third, "/Infrastructure/User"))
    world.load(second, "/Account", id="account.id", city="account.city")


@pytest.mark.parametrize(
    "tables",
    [
        pytest.param(TABLES, id="all tables"),
        *([table] for table in ONE_BY_ONE),
        pytest.param([ASSETS_TABLE, NOTES_TABLE], id="all but the data sets"),
    ],
)
def test_what_is_lost_is_found_again(world: World, tables: Sequence[str]) -> None:
    lead_a_life(world)

    wipe(world, tables)

    world.heal()
    assert world.violations() == []


@pytest.mark.parametrize("tables", [pytest.param(TABLES, id="all tables"), [ASSETS_TABLE]])
def test_what_is_lost_while_messages_wait_is_found_again(world: World, tables: Sequence[str]) -> None:
    lead_a_life(world)
    world.clock.advance(60)
    world.crew.tick()

    wipe(world, tables)
    world.crew.drain()

    world.heal()
    assert world.violations() == []


def test_with_all_assets_selected_lost_records_are_found_by_the_next_ticks(new_world: Callable[..., World]) -> None:
    world = new_world(SYNC_TERM="*")
    for _ in range(3):
        world.add_asset()
    world.run()
    world.clock.advance(3600)  # what was scanned then is no news any more
    world.run()
    world.run()

    wipe(world, [ASSETS_TABLE])
    world.run()
    world.run()

    assert {record.status for record in world.app.assets.all()} == {AssetStatus.SYNCED}
    assert len(list(world.app.assets.all())) == len(world.organization.state()["data_sources"]) == 3
