"""Deliveries whose body did not arrive: a look into CluedIn finds what was processed, at most once a minute."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sync_core.cluedin.snapshots import Limits
from sync_core.lineage import look_at_cluedin
from sync_core.lineage.record import DataSetStatus
from sync_core.provisioning.read_snapshot import LIMITS, NotedLimits
from tests.faults.world import World

CHUNKED = {"content-type": "application/json", "transfer-encoding": "chunked"}
GROUPS = "inbound.dataSourceSets"


def deliver(world: World) -> int:
    """CluedIn tells that something was processed, and its body does not arrive."""
    return world.app.data_set_processed.answer(CHUNKED, b"").status


def load(world: World, asset: str) -> str:
    """An engineer loads, maps and processes a data set; CluedIn shows what it made after about a second."""
    data_set = world.load(asset)
    world.clock.advance(2)
    return data_set


def reads(world: World, since: int) -> list[str]:
    """What was read of CluedIn's groups and sources."""
    asked = [str(request["operation"]) for request in world.organization.requests_since(since)]
    return [operation for operation in asked if operation in {GROUPS, "inbound.dataSource"}]


def looks(world: World, since: int) -> int:
    """How often the list of all groups was read."""
    return reads(world, since).count(GROUPS)


def is_pushed(world: World, data_set: str) -> bool:
    record = world.app.data_sets.load(data_set.lower())
    return record is not None and record.status is DataSetStatus.PUSHED


@pytest.fixture(name="asset")
def _asset(world: World) -> str:
    """An asset that is synced, among others whose sources hold no data."""
    world.add_asset()
    found = world.add_asset()
    world.add_asset()
    world.run()
    return found


def test_the_data_set_is_found_at_once_by_one_read_of_cluedin(world: World, asset: str) -> None:
    data_set = load(world, asset)
    before = world.organization.last_seq()

    assert deliver(world) == 202
    world.crew.drain()

    assert is_pushed(world, data_set)
    assert reads(world, before) == [GROUPS]
    assert not world.app.data_set_jobs.has_pending()


def test_many_at_once_cause_one_look_and_one_that_comes_within_the_minute_is_looked_for_at_its_end(
    world: World, asset: str
) -> None:
    before = world.organization.last_seq()
    first = load(world, asset)
    for _ in range(13):
        assert deliver(world) == 202
    world.crew.drain()
    assert (looks(world, before), is_pushed(world, first)) == (1, True)

    second = load(world, asset)
    for _ in range(13):
        assert deliver(world) == 202
    for _ in range(2):  # the clock goes on by itself, too
        world.clock.advance(10)
        world.crew.drain()
    assert (looks(world, before), is_pushed(world, second)) == (1, False)
    world.clock.advance(45)
    world.crew.drain()

    assert (looks(world, before), is_pushed(world, second)) == (2, True)
    assert not world.app.data_set_jobs.has_pending()
    assert world.crew.lanes.count() == 0


def test_an_hour_of_them_costs_a_look_a_minute_and_no_message_is_left(world: World, asset: str) -> None:
    before = world.organization.last_seq()
    load(world, asset)
    for _ in range(30):
        for _ in range(3):
            deliver(world)
            world.clock.advance(20)
            world.crew.drain()

    assert looks(world, before) <= 31
    world.clock.advance(120)
    world.crew.drain()
    assert world.crew.lanes.count() == 0
    assert not world.app.data_set_jobs.has_pending()


def test_two_messages_at_once_are_one_look(world: World, asset: str) -> None:
    before = world.organization.last_seq()
    load(world, asset)
    deliver(world)
    (due,) = world.crew.lanes.receive_due()
    world.crew.lanes.send("lineage-sync", due.body)
    world.crew.lanes.release(due)

    world.crew.drain()

    assert looks(world, before) == 1


def test_a_message_too_many_causes_no_look_within_the_minute(world: World, asset: str) -> None:
    before = world.organization.last_seq()
    load(world, asset)
    deliver(world)
    (due,) = world.crew.lanes.receive_due()
    world.crew.lanes.release(due)
    world.crew.drain()
    deliver(world)
    world.crew.lanes.send("lineage-sync", due.body)

    world.crew.drain()

    assert looks(world, before) == 1
    world.clock.advance(62)
    world.crew.drain()
    assert looks(world, before) == 2
    assert world.crew.lanes.count() == 0


@pytest.mark.parametrize("failure", [{"status": 503}, {"status": 429}, {"drop": "after"}])
def test_while_cluedin_is_away_the_delivery_waits(world: World, asset: str, failure: dict[str, Any]) -> None:
    data_set = load(world, asset)
    world.organization.fault(GROUPS, times=None, **failure)
    deliver(world)
    for _ in range(20):
        world.clock.advance(60)
        world.crew.drain()
    assert world.app.data_set_jobs.has_pending()
    assert world.crew.lanes.count() == 1

    world.organization.clear_faults()
    for _ in range(16):
        world.clock.advance(60)
        world.crew.drain()

    assert is_pushed(world, data_set)
    assert not world.app.data_set_jobs.has_pending()


def test_a_look_whose_message_is_lost_is_made_by_the_next_reconciliation(world: World, asset: str) -> None:
    load(world, asset)
    world.crew.reconcile()
    world.crew.drain()
    deliver(world)
    world.crew.lanes.clear()
    world.clock.advance(5 * 60)
    assert world.app.data_set_jobs.has_pending()

    world.crew.reconcile()
    world.crew.drain()

    assert not world.app.data_set_jobs.has_pending()


def test_a_look_that_the_host_gave_up_is_no_letter_and_asked_for_again(world: World, asset: str) -> None:
    load(world, asset)
    deliver(world)
    (due,) = world.crew.lanes.receive_due()
    world.crew.lanes.send("lineage-sync-poison", due.body)
    world.crew.lanes.delete(due)
    world.clock.advance(5 * 60)

    world.crew.reconcile()
    world.crew.drain()

    assert list(world.app.dead_letters.all()) == []
    assert not world.app.data_set_jobs.has_pending()


def read_a_group_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a look end after one page, and a page hold one group."""
    world.app.cursors.save(LIMITS, NotedLimits(limits=Limits(groups_per_call=1), noted_at=world.clock.now()))
    monkeypatch.setattr(look_at_cluedin, "READ_TIME", timedelta(0))


@pytest.mark.usefixtures("asset")
def test_a_look_that_takes_long_goes_on_where_it_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    others = [record.qualified_name for record in world.app.assets.all()]
    data_sets = [load(world, other) for other in others]
    read_a_group_at_a_time(world, monkeypatch)
    deliver(world)

    for _ in others[1:]:
        world.crew.drain()
        assert world.app.data_set_jobs.has_pending()
        world.clock.advance(61)
    world.crew.drain()

    assert all(is_pushed(world, data_set) for data_set in data_sets)
    assert not world.app.data_set_jobs.has_pending()


@pytest.mark.usefixtures("asset")
def test_a_delivery_that_comes_while_a_long_look_is_under_way_is_closed_by_one_that_began_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for record in list(world.app.assets.all()):
        load(world, record.qualified_name)
    read_a_group_at_a_time(world, monkeypatch)
    deliver(world)
    world.crew.drain()
    first = min(world.app.assets.all(), key=lambda record: record.key)
    late = load(world, first.qualified_name)  # behind the look's back
    world.clock.advance(10)
    deliver(world)

    for _ in range(10):
        world.clock.advance(61)
        world.crew.drain()

    assert is_pushed(world, late)
    assert not world.app.data_set_jobs.has_pending()


def test_without_lineage_it_waits(world: World, asset: str) -> None:
    before = world.organization.last_seq()
    data_set = load(world, asset)
    off = world.new_app(LINEAGE_ENABLED="false")
    assert off.data_set_processed.answer(CHUNKED, b"").status == 202

    replace(world.crew, apps=[off]).drain()

    assert looks(world, before) == 0
    for _ in range(2):  # it is switched on
        world.run()
    assert is_pushed(world, data_set)
