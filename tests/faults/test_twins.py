"""Two assets of one qualified name, and a CluedIn whose ids were counted again: their sources look alike."""

import pytest

from local.stack import TERM
from sync_core.assets.record import AssetRecord, AssetStatus
from tests.faults.test_groups_gone import reconcile_for
from tests.faults.world import LAKE, World

TYPES = ("azure_datalake_gen2_path", "azure_datalake_gen2_resource_set")


def add(world: World, type_name: str, name: str = "orders") -> str:
    """A tagged asset; returns its guid."""
    names = {"name": name, "qualifiedName": f"{LAKE}/{name}"}
    return str(world.account.act("/assets", typeName=type_name, terms=[TERM], **names)["guid"])


def add_twins(world: World, types: tuple[str, ...] = TYPES, name: str = "orders") -> None:
    """Sync assets of one name, in this order."""
    for type_name in types:
        add(world, type_name, name)
        world.run()
    world.clock.advance(5 * 60)


def records(world: World) -> dict[tuple[str, str], AssetRecord]:
    """What is recorded of each asset."""
    return {(record.name, record.type_name): record for record in world.app.assets.all()}


def check_that_each_has_its_own(world: World) -> None:
    """What CluedIn shows is what is recorded, one group with one source for each."""
    state = world.organization.state()
    names = {group["id"]: group["name"] for group in state["data_source_sets"]}
    shown = {(str(one["id"]), names[one["data_source_set_id"]], one["name"]) for one in state["data_sources"]}
    recorded = {(one.source_id, one.group_name, one.qualified_name) for one in records(world).values()}
    assert shown == recorded
    assert len(shown) == len(names) == len(records(world))
    for one in records(world).values():
        assert world.app.groups.owner(one.group_id) == world.app.groups.asset_of_source(one.source_id) == one.key


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("types", [TYPES, TYPES[::-1]])
def test_a_cluedin_that_was_set_up_anew_has_the_groups_of_both_twins_again(
    world: World, types: tuple[str, ...], count: int
) -> None:
    for number in range(count):
        add_twins(world, types, f"orders {number}")
    before = {key: record.group_name for key, record in records(world).items()}
    world.organization.act("/set-up-anew")

    reconcile_for(world, 120)

    check_that_each_has_its_own(world)
    assert {key: record.group_name for key, record in records(world).items()} == before


def test_twins_whose_ids_were_swapped_follow_the_names_of_their_groups(world: World) -> None:
    add_twins(world)
    before = {key: record.group_name for key, record in records(world).items()}
    groups = sorted(world.organization.state()["data_source_sets"], key=lambda one: -int(one["id"]))
    world.organization.act("/set-up-anew")
    for group in groups:  # an import in another order
        world.organization.act("/groups", name=group["name"], sources=[{"name": f"{LAKE}/orders"}])

    reconcile_for(world, 15)

    check_that_each_has_its_own(world)
    assert {key: record.group_name for key, record in records(world).items()} == before
    reconcile_for(world, 10)
    check_that_each_has_its_own(world)


@pytest.mark.parametrize("types", [TYPES, TYPES[::-1]])
def test_a_twin_that_was_retired_before_the_answer_to_its_source_came_takes_none_of_the_others(
    world: World, types: tuple[str, ...]
) -> None:
    add_twins(world, types[:1])
    late = add(world, types[1])
    world.organization.fault("createDataSource$", drop="after")
    world.run()
    world.organization.fault("inbound.dataSourceSets", status=503, times=None)  # nobody looks at what was made
    world.account.act("/untag", asset=late, term=TERM)
    for _ in range(3):
        world.run()
    world.organization.clear_faults()

    reconcile_for(world, 15)

    retired = records(world)["orders", types[1]]
    assert retired.status is AssetStatus.RETIRED
    assert retired.source_id
    check_that_each_has_its_own(world)
