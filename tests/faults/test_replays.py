"""Dead letters are replayed by themselves, in parts and at growing intervals, and those that are closed stay so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sync_core.jobs import replaying
from sync_core.jobs.message import message_of
from sync_core.runs.run_log import RunLog
from sync_core.upkeep.reconcile import REPLAYED, Replayed
from tests.faults.found_again import REFUSE
from tests.faults.world import World
from tests.hasty_clock import HastyClock


def replays(world: World) -> list[int]:
    """How often each open letter was replayed, in order of that."""
    return sorted(dead_letter.replays for dead_letter in world.app.dead_letters.all())


def test_a_replay_is_not_taken_for_an_old_copy(world: World) -> None:
    asset = world.add_asset()
    world.run()
    data_set = world.load(asset)
    world.account.fault("Entity_BulkCreateOrUpdate|entity/bulk", status=503, times=None)
    world.announce(data_set)
    for _ in range(40):
        world.run()
        world.clock.advance(15 * 60)
        if list(world.app.dead_letters.all()):
            break
    (dead_letter,) = world.app.dead_letters.all()
    world.crew.lanes.clear()
    world.account.clear_faults()

    assert world.app.dead_letters.replay_each([dead_letter]) == (1, [])
    world.crew.drain()

    assert list(world.app.dead_letters.all()) == []
    assert not world.app.data_set_jobs.has_pending()


def test_a_letter_that_is_closed_while_it_is_replayed_stays_closed(world: World) -> None:
    world.add_asset()
    world.organization.fault(**REFUSE)
    world.run()
    (dead_letter,) = world.app.dead_letters.all()
    world.app.dead_letters.replay(dead_letter.id)
    world.run()

    world.app.dead_letters.replay(dead_letter.id)

    assert list(world.app.dead_letters.all()) == []


def test_a_letter_that_is_never_mended_is_replayed_at_growing_intervals(world: World) -> None:
    world.add_asset()
    world.organization.fault("createDataSource$", times=None, status=400)
    world.run()

    replays = []
    for _ in range(24):
        world.reconcile()
        replays.append(next(iter(world.app.dead_letters.all())).replays)

    assert replays[-1] == 4  # at once, then after half an hour, one hour, two hours
    assert sorted(replays) == replays


def test_a_refused_asset_is_synced_without_a_person_once_it_is_refused_no_longer(world: World) -> None:
    world.add_asset()
    world.organization.fault(**REFUSE, times=2)
    world.run()
    assert [dead_letter.cause_class for dead_letter in world.app.dead_letters.all()] == ["rejected"]

    world.reconcile()  # refused again
    assert len(list(world.app.dead_letters.all())) == 1
    world.clock.advance(30 * 60)
    world.reconcile()

    assert list(world.app.dead_letters.all()) == []
    assert world.violations() == []


def test_what_an_outage_left_behind_is_replayed_in_ever_larger_parts_once_it_is_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "FEWEST_A_RUN", 1)
    for _ in range(7):
        world.add_asset()
    world.organization.fault("createDataSource$", times=None, status=400)
    world.run()
    world.clock.advance(10)  # refused together, each goes alone
    world.crew.drain()
    for _ in range(3):
        world.reconcile()
    assert replays(world) == [0, 0, 0, 0, 1, 1, 1]

    world.organization.clear_faults()
    left = []
    for _ in range(3):
        world.reconcile()
        left.append(len(replays(world)))

    assert left == [6, 4, 0]


def test_a_replay_of_letters_ends_with_its_time_and_those_that_had_no_turn_have_not_failed(world: World) -> None:
    for _ in range(6):
        world.add_asset()
    world.organization.fault(**REFUSE, times=None)
    world.run()
    world.clock.advance(10)  # refused together, each goes alone
    world.crew.drain()
    world.organization.clear_faults()
    clock = HastyClock(world.clock.now, timedelta(seconds=25))
    heal = replace(world.app.reconcile.heal, clock=clock)
    log = RunLog("run", world.clock.now())

    heal.replay_dead_letters(log)

    assert 0 < log.counts["dead_letters_replayed"] < 6
    noted = world.app.cursors.load(Replayed, REPLAYED)
    assert noted is not None
    assert len(noted.dead_letters) == log.counts["dead_letters_replayed"]
    world.app.reconcile.heal.replay_dead_letters(log)
    assert log.counts["dead_letters_replayed"] == 6


def break_work(world: World, which: str) -> None:
    """Let one kind of work fail of a bug, in the same way each time."""

    class Broken:
        def provision(self, *_: object) -> None:
            raise ZeroDivisionError

        push = provision

    worker = getattr(world.app, which)
    part = "provision" if which == "create_data_source_group" else "push"
    world.replace_parts(**{which: replace(worker, work=replace(worker.work, **{part: Broken()}))})


@pytest.mark.parametrize("which", ["create_data_source_group", "push_lineage"])
def test_work_that_fails_of_a_bug_at_each_delivery_comes_to_an_end(world: World, which: str) -> None:
    asset = world.add_asset()
    if which == "push_lineage":
        world.run()
        world.announce(world.load(asset))
    break_work(world, which)

    rounds = 0
    while not list(world.app.dead_letters.all()):
        rounds += 1
        assert rounds < 60, "it never ends"
        world.clock.advance(60)
        world.run()
        if rounds % 5 == 0:
            world.crew.reconcile()

    (dead_letter,) = world.app.dead_letters.all()
    assert (dead_letter.cause_class, dead_letter.cause) == ("exhausted_bug", "ZeroDivisionError: ")


def test_an_old_copy_of_a_message_does_not_begin_a_replay(world: World) -> None:
    world.add_asset()
    world.organization.fault(**REFUSE)
    world.run()
    (dead_letter,) = world.app.dead_letters.all()
    old = message_of(world.app.asset_jobs.load(dead_letter.id).job)  # type: ignore[union-attr]
    world.clock.advance(3600)

    world.app.dead_letters.replay(dead_letter.id)
    world.crew.lanes.clear()
    world.crew.lanes.send("asset-sync", old.to_json().encode())
    world.crew.drain()

    assert world.app.asset_jobs.has_pending()
