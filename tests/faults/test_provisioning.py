"""Exactly one group and one source for each asset, in the narrow places."""

from azure.data.tables import TableServiceClient

from sync_core.state.names import GROUPS_TABLE
from tests.faults.world import World

CREATE_GROUP = "createDataSourceSet$"
CREATE_SOURCE = "createDataSource$"


def test_an_asset_that_is_renamed_before_its_lost_group_is_found_gets_no_second_one(world: World) -> None:
    asset = world.add_asset("first name")
    world.organization.fault(CREATE_GROUP, drop="after")
    world.run()
    world.account.act("/rename", asset=asset, name="second name")

    world.heal()

    assert world.violations() == []
    assert [group["name"] for group in world.organization.state()["data_source_sets"]] == ["first name"]


def test_a_half_made_group_whose_owner_row_is_lost_is_not_shared(world: World) -> None:
    world.organization.fault(CREATE_SOURCE, status=503)
    world.add_asset("same")
    world.run()
    with TableServiceClient.from_connection_string(world.settings["AzureWebJobsStorage"]) as service:
        service.delete_table(GROUPS_TABLE)
    world.add_asset("same")
    world.crew.tick()
    world.crew.drain()  # the new asset is quicker than the one in its back-off

    world.heal()

    assert world.violations() == []


def test_assets_of_one_name_whose_answers_are_lost_all_get_groups_of_their_own(world: World) -> None:
    for _ in range(4):
        world.add_asset("same")
    world.organization.fault(CREATE_GROUP, drop="after", times=3)
    world.organization.fault(CREATE_SOURCE, drop="after", times=3, skip=1)
    world.crew.again = 0.3
    world.crew.at_once = 4

    world.run()
    world.heal()

    assert world.violations() == []
    assert len(world.organization.state()["data_source_sets"]) == 4
