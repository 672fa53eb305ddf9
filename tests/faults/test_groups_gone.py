"""What CluedIn no longer shows is made again only when it is proven to be gone; and then all of it is."""

import pytest

from sync_core.runs.run import RunKind
from tests.faults.world import World

MANY = 8  # more than five, and more than a third of all


def switch(world: World, **switches: object) -> None:
    """Let CluedIn answer in another way."""
    world.organization.call("PATCH", "/switches", switches)


def groups(world: World) -> list[str]:
    """The names of the groups that stand in CluedIn."""
    return sorted(group["name"] for group in world.organization.state()["data_source_sets"])


def reconcile_for(world: World, minutes: int) -> None:
    """Let that much time pass, with a look at CluedIn every five minutes and all the work that comes of it."""
    for _ in range(0, minutes, 5):
        world.clock.advance(5 * 60)
        world.crew.tick()
        world.crew.reconcile()
        world.crew.drain()


def synced(world: World, count: int) -> list[str]:
    """So many assets, all of them synced a while ago."""
    assets = [world.add_asset(f"file {number}.csv") for number in range(count)]
    world.run()
    world.clock.advance(5 * 60)
    return assets


def test_an_hour_and_more_of_empty_answers_makes_at_most_one_group_again(world: World) -> None:
    synced(world, MANY)
    before = groups(world)
    switch(world, shown="nothing")

    reconcile_for(world, 30)
    assert groups(world) == before

    reconcile_for(world, 240)
    assert len(groups(world)) <= MANY + 1  # the proof that its answers cannot be trusted

    switch(world, shown="all")
    reconcile_for(world, 120)
    assert len(groups(world)) <= MANY + 1


def test_the_only_group_is_not_made_again_within_an_hour_of_empty_answers(world: World) -> None:
    synced(world, 1)
    switch(world, shown="nothing")
    reconcile_for(world, 55)
    assert len(groups(world)) == 1
    switch(world, shown="all")
    world.heal()
    assert world.violations() == []


def test_work_in_flight_makes_no_second_group_while_nothing_is_shown(world: World) -> None:
    synced(world, 2)
    world.add_asset("late.csv")
    world.organization.fault("createDataSource$", status=503)  # its group is made, its source is not
    world.run()
    switch(world, shown="nothing")
    reconcile_for(world, 30)
    assert groups(world) == ["file 0.csv", "file 1.csv", "late.csv"]

    switch(world, shown="all")
    world.heal()
    assert world.violations() == []


def test_a_lost_answer_makes_no_second_group_while_nothing_is_shown(world: World) -> None:
    synced(world, 2)
    reconcile_for(world, 5)
    world.add_asset("late.csv")
    world.organization.fault("createDataSourceSet$", drop="after")
    world.run()
    switch(world, shown="nothing")
    reconcile_for(world, 30)
    assert groups(world) == ["file 0.csv", "file 1.csv", "late.csv"]

    switch(world, shown="all")
    world.heal()
    assert world.violations() == []


def test_one_group_that_someone_deletes_is_made_again_within_a_quarter_of_an_hour(world: World) -> None:
    synced(world, 3)
    reconcile_for(world, 5)
    world.organization.act("/groups/delete", name="file 1.csv")
    reconcile_for(world, 15)
    assert groups(world) == ["file 0.csv", "file 1.csv", "file 2.csv"]
    assert world.violations() == []


def test_a_cluedin_that_was_set_up_anew_has_all_groups_again_within_two_hours(world: World) -> None:
    synced(world, MANY)
    before = groups(world)
    world.organization.act("/set-up-anew")

    reconcile_for(world, 50)
    assert groups(world) == []

    reconcile_for(world, 70)
    assert groups(world) == before
    assert world.violations() == []


def test_ids_that_belong_to_strangers_now_are_not_taken_for_ours(world: World) -> None:
    synced(world, MANY)
    ours = groups(world)
    numbers = sorted(int(group["id"]) for group in world.organization.state()["data_source_sets"])
    world.organization.act("/set-up-anew")
    for number in numbers:  # Finance, Legal ... have the ids that were ours
        world.organization.act("/groups", name=f"stranger {number}", sources=[{"name": f"their source {number}"}])

    reconcile_for(world, 120)

    assert groups(world) == sorted([*ours, *(f"stranger {number}" for number in numbers)])
    state = world.organization.state()
    strangers = {group["id"] for group in state["data_source_sets"] if group["name"].startswith("stranger")}
    in_theirs = [source for source in state["data_sources"] if source["data_source_set_id"] in strangers]
    assert len(in_theirs) == len(numbers)


def test_a_read_model_that_lags_is_no_reason_to_make_a_second_source(world: World) -> None:
    switch(world, read_after_create_lag_s=20)
    for number in range(5):
        world.add_asset(f"file {number}.csv")
        world.run()
        world.crew.reconcile()
        world.crew.drain()
    reconcile_for(world, 30)
    assert world.violations() == []


def test_while_the_sync_is_off_no_group_is_made_again(world: World) -> None:
    synced(world, 3)
    world.organization.act("/groups/delete", name="file 1.csv")
    world.crew.apps = [world.new_app(SYNC_ENABLED="false")]
    reconcile_for(world, 60)
    assert groups(world) == ["file 0.csv", "file 2.csv"]
    assert not world.app.asset_jobs.has_pending()

    world.crew.apps = [world.new_app()]
    reconcile_for(world, 20)
    assert groups(world) == ["file 0.csv", "file 1.csv", "file 2.csv"]


def test_healing_does_not_depend_on_lineage(world: World) -> None:
    synced(world, 3)
    world.crew.apps = [world.new_app(LINEAGE_ENABLED="false")]
    world.organization.act("/groups/delete", name="file 1.csv")
    reconcile_for(world, 20)
    assert groups(world) == ["file 0.csv", "file 1.csv", "file 2.csv"]


def test_what_was_processed_while_lineage_was_off_is_pushed_once_it_is_on(world: World) -> None:
    (asset, *_) = synced(world, 2)
    world.crew.apps = [world.new_app(LINEAGE_ENABLED="false")]
    data_set = world.load(asset)
    reconcile_for(world, 15)
    assert world.app.data_sets.load(data_set.lower()) is None
    assert not world.app.data_set_jobs.has_pending()

    world.crew.apps = [world.new_app()]
    reconcile_for(world, 10)
    assert world.violations() == []


@pytest.mark.parametrize("effect", [{"status": 500}, {"status": 503, "headers": {"Retry-After": "2"}}], ids=str)
def test_a_page_of_groups_that_cannot_be_read_hides_no_other_and_makes_nobody_missing(
    world: World, effect: dict[str, object]
) -> None:
    synced(world, 25)
    before = groups(world)
    last = max(world.app.assets.all(), key=lambda record: int(record.group_id))
    data_set = world.load(last.qualified_name)
    for body in ('"pageSize": 100', '"page": 1, "pageSize": 10,'):  # one of the groups 11 to 20 is the bad one
        match = {"operation": "inbound.dataSourceSets", "body": body}
        world.organization.call("POST", "/faults", {"match": match, "effect": effect, "times": None})

    reconcile_for(world, 60)

    assert groups(world) == before
    assert not any(source.missing_looks for source in world.app.snapshots.known())
    assert world.app.data_sets.load(data_set.lower()) is not None
    notes = [note for run in world.app.runs.latest(RunKind.RECONCILE, 20) for note in run.notes]
    assert any("The groups from number 11 on: " in note and str(effect["status"]) in note for note in notes)
