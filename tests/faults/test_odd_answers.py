"""CluedIn once tells of a data set less than it knows: nothing is closed by that."""

from datetime import timedelta

import pytest

from sync_core.lineage.record import DataSetStatus
from tests.faults.world import World

READ = "inbound.dataSet$"
WITHOUT_SOURCE = [
    {"dataSource": None},
    {},
    {"dataSource": {"id": "1", "name": None, "type": "endpoint"}},
    {"dataSource": {"id": None, "name": "", "type": None, "dataSourceSet": None}},
    {"dataSource": "of a newer server"},
]


def status_of(world: World, data_set_id: str) -> DataSetStatus | None:
    record = world.app.data_sets.load(data_set_id.lower())
    return record.status if record else None


def answer(data_set_id: str, **members: object) -> dict[str, object]:
    """What CluedIn says of a data set where it tells no more than that."""
    found = {"id": data_set_id, "name": "data", "annotationId": None}
    return {"data": {"inbound": {"dataSet": {**found, **members}}}}


def loaded(world: World) -> str:
    """Return a data set of an asset that is synced."""
    asset = world.add_asset()
    world.run()
    world.run()
    return world.load(asset)


@pytest.mark.parametrize("members", WITHOUT_SOURCE, ids=str)
@pytest.mark.parametrize("way", ["webhook", "own look"])
def test_one_answer_without_the_source_closes_nothing(world: World, members: dict[str, object], way: str) -> None:
    data_set = loaded(world)
    world.organization.fault(READ, status=200, body=answer(data_set, **members))
    if way == "webhook":
        world.announce(data_set)
        world.crew.drain()
    else:
        world.reconcile()
    assert status_of(world, data_set) not in {DataSetStatus.NOT_FROM_PURVIEW, DataSetStatus.UNKNOWN}

    for _ in range(2):
        world.clock.advance(60)
        world.crew.drain()

    assert status_of(world, data_set) is DataSetStatus.PUSHED


def test_an_answer_about_another_data_set_says_nothing_of_this_one(world: World) -> None:
    data_set = loaded(world)
    another = {"id": "999", "name": "x", "dataSource": {"id": "77", "name": "a stranger's", "type": "file"}}
    world.organization.fault(READ, status=200, body=answer(data_set, **another))
    world.announce(data_set)
    world.crew.drain()
    assert status_of(world, data_set) is not DataSetStatus.NOT_FROM_PURVIEW

    for _ in range(2):
        world.clock.advance(60)
        world.crew.drain()

    assert status_of(world, data_set) is DataSetStatus.PUSHED


def test_a_data_set_whose_source_is_never_told_is_unknown_and_looked_at_again(world: World) -> None:
    data_set = loaded(world)
    fault = world.organization.fault(READ, status=200, body=answer(data_set), times=None)
    world.announce(data_set)
    for _ in range(4):
        world.crew.drain()
        world.clock.advance(60)
    assert status_of(world, data_set) is DataSetStatus.UNKNOWN
    assert world.organization.has_fired(fault)
    world.organization.clear_faults()

    world.reconcile()  # it is in one of our sources: its version counts as acted upon now
    for _ in range(6):
        world.reconcile()

    assert status_of(world, data_set) is DataSetStatus.PUSHED


@pytest.mark.parametrize("status", [DataSetStatus.NOT_FROM_PURVIEW, DataSetStatus.UNKNOWN])
def test_what_was_left_alone_and_shows_in_one_of_our_sources_is_looked_at_within_two_hours(
    world: World, status: DataSetStatus
) -> None:
    data_set = loaded(world)
    world.reconcile()
    assert status_of(world, data_set) is DataSetStatus.PUSHED
    record = world.app.data_sets.load(data_set.lower())
    assert record is not None
    left = {"status": status, "left_at": world.clock.now(), "fingerprint": ""}
    world.app.data_sets.save(record.model_copy(update=left), record)

    for _ in range(8):
        world.reconcile()

    assert status_of(world, data_set) is DataSetStatus.PUSHED


def test_by_an_answer_that_did_not_tell_its_source_a_data_set_is_no_stranger(world: World) -> None:
    data_set = loaded(world)
    world.reconcile()
    record = world.app.data_sets.load(data_set.lower())
    assert record is not None
    left = {"status": DataSetStatus.NOT_FROM_PURVIEW, "left_at": world.clock.now(), "source_id": "", "asset_key": ""}
    world.app.data_sets.save(record.model_copy(update=left), record)
    world.clock.advance(timedelta(minutes=1).total_seconds())

    world.announce(data_set)
    world.crew.drain()

    assert status_of(world, data_set) is DataSetStatus.PUSHED
