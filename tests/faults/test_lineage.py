"""One chain for each data set, in the narrow places."""

from tests.faults.world import World

LOOK = "Entity_GetByUniqueAttributes"


def test_a_mapping_that_is_dropped_before_its_push_has_ended_leaves_nothing_behind(world: World) -> None:
    asset = world.add_asset()
    world.run()
    data_set = world.load(asset)
    world.organization.unmap(data_set)
    world.announce(data_set)
    world.run()
    world.organization.remap(data_set, {"id": "account.id"}, "/Account")
    world.announce(data_set)
    fault = world.account.fault(LOOK, skip=1, times=3, drop="before")  # the one before the write passes
    world.tick()
    world.crew.drain()
    assert world.account.has_fired(fault)
    assert len(world.account.own_entities()) > 2

    world.organization.unmap(data_set)
    world.announce(data_set)

    world.heal()
    assert world.violations() == []
