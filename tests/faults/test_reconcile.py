"""What fell through is found and put right within two runs of `reconcile`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from azure.data.tables import TableServiceClient

from sync_core.assets.record import AssetStatus
from sync_core.cluedin.snapshots import Detail, Limits
from sync_core.jobs import replaying
from sync_core.jobs.dead_letter import DeadLetter
from sync_core.jobs.dead_letters import DeadLetters
from sync_core.jobs.message import AssetMessage, DataSetMessage
from sync_core.lineage import look_at_cluedin
from sync_core.provisioning.read_snapshot import LIMITS, NotedLimits
from sync_core.runs.run import RunKind, RunOutcome
from sync_core.runs.run_log import RUN_TIME, RunLog
from sync_core.storage.names import DATA_SETS_TABLE
from sync_core.upkeep.reconcile import REPLAYED, THOROUGH, Replayed, ThoroughRun
from tests.faults.world import World
from tests.hasty_clock import HastyClock

LOOK_AT_SOURCE = "inbound.dataSource$"
REFUSE: dict[str, Any] = {"operation": "createDataSource$", "status": 400}


class BrokenLetters(DeadLetters):
    """Dead letters that a bug keeps from being read."""

    def all(self) -> Iterator[DeadLetter]:
        """Fail."""
        raise ZeroDivisionError


def replays(world: World) -> list[int]:
    """How often each open letter was replayed, in order of that."""
    return sorted(dead_letter.replays for dead_letter in world.app.dead_letters.all())


def record_of(world: World, asset: str) -> tuple[str, AssetStatus]:
    """Return an asset's key and status."""
    (found,) = [record for record in world.app.assets.all() if record.qualified_name == asset]
    return found.key, found.status


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


def test_a_found_data_set_whose_message_is_lost_is_enqueued_again(world: World) -> None:
    asset = world.add_asset()
    world.run()
    world.load(asset)

    world.clock.advance(15 * 60)
    world.crew.reconcile()
    assert world.crew.lanes.count() == 1
    world.crew.lanes.clear()

    world.heal()
    assert world.violations() == []


def test_a_delivery_of_a_known_data_set_whose_message_is_lost_is_enqueued_again(world: World) -> None:
    asset = world.add_asset()
    world.run()
    data_set = world.load(asset)
    world.announce(data_set)
    world.reconcile()  # from here on, reading CluedIn finds nothing new
    world.announce(data_set)
    world.crew.lanes.clear()

    world.heal()

    assert world.violations() == []


def test_what_is_lost_is_sent_again_within_three_ticks(world: World) -> None:
    asset = world.add_asset()
    world.run()
    late = world.add_asset()
    world.clock.advance(60)
    world.crew.tick()
    world.announce(world.load(asset))
    world.crew.lanes.clear()

    for _ in range(3):
        world.run()

    assert record_of(world, late)[1] is AssetStatus.SYNCED
    assert not world.app.data_set_jobs.has_pending()


def test_what_may_wait_behind_other_messages_is_sent_once_it_is_overdue(world: World) -> None:
    asset = world.add_asset()
    world.run()
    world.announce(world.load(asset))
    world.crew.lanes.clear()
    other = DataSetMessage(data_set_id="00000000-0000-4000-8000-000000000000")
    world.app.lineage_queue.send(other)  # it waits, and nobody takes it
    for _ in range(3):
        world.tick()
    assert world.crew.lanes.count() == 1

    world.clock.advance(15 * 60)
    world.tick()

    assert world.crew.lanes.count() == 2


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


def test_a_backlog_does_not_multiply_its_messages(world: World) -> None:
    for _ in range(3):
        world.add_asset()
    for _ in range(7):  # nobody works them off
        world.clock.advance(16 * 60)
        world.crew.tick()

    assert world.crew.lanes.count() == 3 * 3  # at once, after a quarter of an hour, after half an hour more


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
    for _ in range(3):
        world.reconcile()
    assert replays(world) == [0, 0, 0, 0, 1, 1, 1]

    world.organization.clear_faults()
    left = []
    for _ in range(3):
        world.reconcile()
        left.append(len(replays(world)))

    assert left == [6, 4, 0]


def test_a_message_for_what_has_no_job_is_dropped_and_is_no_loss(world: World) -> None:
    asset = world.add_asset()
    world.run()
    key, _ = record_of(world, asset)
    world.app.assets.forget(key)
    world.crew.lanes.send("asset-sync", AssetMessage(asset_key=key).to_json().encode())
    world.crew.lanes.send("asset-sync", AssetMessage(asset_key="0" * 32).to_json().encode())
    world.crew.drain()
    assert list(world.app.dead_letters.all()) == []

    world.heal()

    assert world.violations() == []


def test_a_queued_asset_whose_message_is_gone_is_sent_again(world: World) -> None:
    world.add_asset()
    world.clock.advance(60)
    world.crew.tick()
    world.crew.lanes.clear()

    world.heal()

    assert world.violations() == []


def test_an_outage_of_hours_multiplies_no_message(world: World) -> None:
    asset = world.add_asset()
    world.run()
    for _ in range(3):
        world.announce(world.load(asset))
    world.organization.fault("inbound.dataSet$", status=503, times=None)
    world.add_asset()
    world.organization.fault("inbound.dataSourceSets", status=503, times=None)

    waiting = []
    for _ in range(6):
        world.run()
        world.reconcile()
        waiting.append(world.crew.lanes.count())

    assert max(waiting) == waiting[0]
    world.heal()
    assert world.violations() == []


def test_a_step_that_fails_keeps_no_other_from_healing(world: World) -> None:
    asset = world.add_asset()
    world.run()
    world.load(asset)
    world.clock.advance(15 * 60)
    reconcile = world.app.reconcile
    heal = replace(reconcile.heal, dead_letters=BrokenLetters(world.app.dead_letters.works, world.clock.now))

    with pytest.raises(ZeroDivisionError):
        replace(reconcile, heal=heal).run()
    world.crew.drain()

    (run, *_) = world.app.runs.latest(RunKind.RECONCILE, 1)
    assert run.outcome is RunOutcome.FAILED
    assert any("replay dead letters" in note for note in run.notes)
    assert world.violations() == []


def five_minutes(world: World) -> dict[str, int]:
    """Reconcile five minutes later; return what the run counted, and how often it asked CluedIn and storage."""
    world.clock.advance(5 * 60)
    assert world.crew.reconcile()
    (run,) = world.app.runs.latest(RunKind.RECONCILE, 1)
    return {"thorough": 0, "sources_checked": 0, "storage": 0, **run.counts, **run.requests}


def test_an_hour_asks_as_much_as_four_thorough_runs_and_looks_into_cluedin_every_five_minutes(world: World) -> None:
    for _ in range(40):
        world.add_asset()
    for _ in range(3):
        world.run()

    runs = [five_minutes(world) for _ in range(12)]

    assert [run["thorough"] for run in runs] == [1, 0, 0] * 4
    assert [run["sources_shown"] for run in runs] == [40] * 12
    light = [run["storage"] for run in runs if not run["thorough"]]
    assert max(light) <= 29, light  # four of them ask the queues: docs/cost.md


def test_a_run_that_dies_of_a_thorough_step_does_not_do_so_every_five_minutes(world: World) -> None:
    reconcile = world.app.reconcile
    heal = replace(reconcile.heal, dead_letters=BrokenLetters(world.app.dead_letters.works, world.clock.now))
    with pytest.raises(ZeroDivisionError):
        replace(reconcile, heal=heal).run()

    assert five_minutes(world)["thorough"] == 0


@pytest.mark.parametrize("off_s", [3600, -20])
def test_a_clock_that_was_wrong_keeps_no_thorough_run_away(world: World, off_s: int) -> None:
    world.app.cursors.save(THOROUGH, ThoroughRun(began_at=world.clock.now() + timedelta(seconds=off_s)))
    runs = [five_minutes(world)["thorough"] for _ in range(3)]

    assert sum(runs) == 1


class Dawdler:
    """A step that takes as long as a run has."""

    def __init__(self, world: World) -> None:
        self.world = world

    def run(self, log: RunLog) -> None:
        """Take longer."""
        assert log.has_time(self.world.clock.now())
        self.world.clock.advance(RUN_TIME.total_seconds() + 1)


def test_steps_that_a_run_has_no_time_for_come_first_in_the_next_one(world: World) -> None:
    asset = world.add_asset()
    world.run()
    world.load(asset)
    reconcile = world.app.reconcile
    world.clock.advance(15 * 60)
    replace(reconcile, drain_poison_queues=Dawdler(world)).run()  # type: ignore[arg-type]
    (run,) = world.app.runs.latest(RunKind.RECONCILE, 1)
    assert run.counts["thorough"] == 1
    assert "sources_shown" not in run.counts
    assert "no time for these steps" in run.notes[0]
    left = world.app.cursors.load(ThoroughRun, THOROUGH)
    assert left is not None
    assert {"look at CluedIn", "tidy", "check existence"} <= set(left.left)

    replace(reconcile, drain_poison_queues=Dawdler(world)).run()  # type: ignore[arg-type]  # it comes last now

    (run,) = world.app.runs.latest(RunKind.RECONCILE, 1)
    assert (run.counts["thorough"], run.counts["sources_shown"]) == (0, 1)
    assert "data_sets_dropped" in run.counts
    left = world.app.cursors.load(ThoroughRun, THOROUGH)
    assert left is not None
    assert left.left == []
    assert five_minutes(world)["thorough"] == 0


def test_a_replay_of_letters_ends_with_its_time_and_those_that_had_no_turn_have_not_failed(world: World) -> None:
    for _ in range(6):
        world.add_asset()
    world.organization.fault(**REFUSE, times=None)
    world.run()
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
