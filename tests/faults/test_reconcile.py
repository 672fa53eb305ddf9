"""The steps of a reconciliation: which runs take them, and none keeps another from its turn."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from sync_core.jobs.dead_letter import DeadLetter
from sync_core.jobs.dead_letters import DeadLetters
from sync_core.runs.run import RunKind, RunOutcome
from sync_core.runs.run_log import RUN_TIME, RunLog
from sync_core.upkeep.reconcile import THOROUGH, ThoroughRun
from tests.faults.world import World


class BrokenLetters(DeadLetters):
    """Dead letters that a bug keeps from being read."""

    def all(self) -> Iterator[DeadLetter]:
        """Fail."""
        raise ZeroDivisionError


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
    assert max(light) <= 30, light  # four of them ask the queues: docs/cost.md


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
