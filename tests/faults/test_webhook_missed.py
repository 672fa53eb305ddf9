"""A data set that was processed without its webhook is found, whatever hides or hinders it."""

from datetime import timedelta
from typing import Any

import pytest
from azure.data.tables import TableServiceClient

from sync_core.assets.record import AssetStatus
from sync_core.cluedin.snapshots import Detail, Limits
from sync_core.lineage import look_at_cluedin
from sync_core.provisioning.read_snapshot import LIMITS, NotedLimits
from sync_core.runs.run import RunKind
from sync_core.runs.run_log import RunLog
from sync_core.storage.names import DATA_SETS_TABLE
from tests.faults.world import World

LOOK_AT_SOURCE = "inbound.dataSource$"


def test_a_data_set_that_was_processed_without_a_webhook_is_found(world: World) -> None:
    asset = world.add_asset()
    world.run()
    world.load(asset)

    world.reconcile()

    assert world.violations() == []


def test_a_data_set_that_lost_its_mapping_without_a_webhook_is_found(world: World) -> None:
    asset = world.add_asset()
    world.run()
    pushed, unheard_of = world.load(asset), world.load(asset)
    world.announce(pushed)
    world.run()
    for data_set in (pushed, unheard_of):
        world.organization.unmap(data_set)

    world.reconcile()

    assert world.violations() == []


def test_a_slow_cluedin_is_read_on_in_the_next_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assets = [world.add_asset() for _ in range(25)]
    world.run()
    data_set = world.load(assets[-1])
    limits = NotedLimits(limits=Limits(groups_per_call=10), noted_at=world.clock.now())
    world.app.cursors.save(LIMITS, limits)
    monkeypatch.setattr(look_at_cluedin, "READ_TIME", timedelta(0))
    world.clock.advance(60)  # from now on CluedIn shows the data set

    shown = []
    for number in range(3):
        log = RunLog(f"run-{number}", world.clock.now())
        world.app.reconcile.look_at_cluedin.run(log)
        shown.append(log.counts["groups_shown"])
    world.crew.drain()

    assert shown == [0, 0, 25]
    assert world.app.data_sets.load(data_set.lower()) is not None


def test_a_source_whose_asset_was_retired_before_its_answer_came_is_found_with_its_data_sets(world: World) -> None:
    for _ in range(5):
        world.add_asset()
    world.run()
    asset = world.add_asset()
    world.organization.fault("createDataSource$", drop="after")
    world.run()
    world.organization.fault("inbound.dataSourceSets", status=503, times=None)  # nobody looks at what was made
    world.account.untag(asset)
    for _ in range(3):
        world.run()
    world.organization.clear_faults()

    world.load(asset)
    world.heal()

    assert world.violations() == []
    (record,) = [one for one in world.app.assets.all() if one.qualified_name == asset]
    assert (record.status, bool(record.source_id)) == (AssetStatus.RETIRED, True)


@pytest.mark.parametrize("failure", [{"status": 502, "times": 3}, {"status": 400}])
def test_a_source_that_cannot_be_read_does_not_hide_those_behind_it(world: World, failure: dict[str, Any]) -> None:
    assets = [world.add_asset() for _ in range(3)]
    world.run()
    for asset in assets:
        world.load(asset)
    only_sources = NotedLimits(limits=Limits(detail=Detail.SOURCES), noted_at=world.clock.now())
    world.app.cursors.save(LIMITS, only_sources)  # so that each source is asked for its data sets

    world.organization.fault(LOOK_AT_SOURCE, **failure)
    world.reconcile()
    assert len(list(world.app.data_sets.after(""))) == 2

    world.reconcile()
    assert world.violations() == []


@pytest.mark.parametrize("failure", [{"status": 500}, {"status": 403}, {"drop": "before"}], ids=str)
def test_a_source_that_can_never_be_read_is_named_left_alone_for_a_while_and_found_later(
    world: World, failure: dict[str, Any]
) -> None:
    assets = [world.add_asset() for _ in range(3)]
    world.run()
    for asset in assets:
        world.load(asset)
    only_sources = NotedLimits(limits=Limits(detail=Detail.SOURCES), noted_at=world.clock.now())
    world.app.cursors.save(LIMITS, only_sources)  # so that each source is asked for its data sets
    (record, *_) = world.app.assets.all()
    said = f'"id": ?"?{record.source_id}"?[,}}]'
    world.organization.fault(LOOK_AT_SOURCE, times=None, said=said, **failure)

    for _ in range(3):
        assert world.crew.reconcile()
        world.clock.advance(60)
    world.crew.drain()

    assert len(list(world.app.data_sets.after(""))) == 2
    (run, *_) = world.app.runs.latest(RunKind.RECONCILE, 1)
    assert any(record.qualified_name in note and "next look" in note for note in run.notes)
    world.organization.clear_faults()
    world.clock.advance(2 * 3600)
    world.heal()
    assert world.violations() == []


def test_records_of_data_sets_that_are_lost_come_back(world: World) -> None:
    asset = world.add_asset()
    world.run()
    data_set = world.load(asset)
    world.reconcile()
    assert world.app.data_sets.load(data_set.lower()) is not None
    with TableServiceClient.from_connection_string(world.settings["AzureWebJobsStorage"]) as service:
        service.delete_table(DATA_SETS_TABLE)

    world.heal()

    assert world.app.data_sets.load(data_set.lower()) is not None
    assert world.violations() == []
