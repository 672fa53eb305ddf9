"""The history of runs, as the status shows it."""

from datetime import timedelta

import pytest

from sync_core.runs.run import RunKind, RunOutcome, RunRecord
from sync_core.runs.run_store import RunStore
from sync_core.storage.table import Table
from tests.unit.sync_core.builders import NOW


@pytest.fixture
def runs(table: Table) -> RunStore:
    return RunStore(table)


def run(minute: int, run_id: str = "", **fields: object) -> RunRecord:
    started = {
        "run_id": run_id or f"run-{minute}",
        "kind": RunKind.DISCOVER,
        "started_at": NOW + timedelta(minutes=minute),
    }
    return RunRecord.model_validate({**started, **fields})


def test_runs_are_listed_newest_first(runs: RunStore) -> None:
    for minute in (2, 10, 1, 9):
        runs.save(run(minute))
    assert [found.run_id for found in runs.latest(RunKind.DISCOVER, 3)] == ["run-10", "run-9", "run-2"]


def test_a_run_comes_back_with_all_that_it_did(runs: RunStore) -> None:
    done = run(
        1,
        finished_at=NOW,
        outcome=RunOutcome.FAILED,
        counts={"new": 2, "left out: column, a column": 7},
        requests={"purview": 3},
        notes=["The settings changed"],
        error="ConfigError: no",
        error_class="config",
    )
    runs.save(done)
    assert runs.latest(RunKind.DISCOVER, 5) == [done]


def test_saving_a_run_again_replaces_it(runs: RunStore) -> None:
    runs.save(run(1))
    runs.save(run(1, outcome=RunOutcome.SUCCEEDED))
    assert [found.outcome for found in runs.latest(RunKind.DISCOVER, 5)] == [RunOutcome.SUCCEEDED]


def test_runs_that_started_in_the_same_moment_are_both_kept(runs: RunStore) -> None:
    runs.save(run(1, "one"))
    runs.save(run(1, "two"))
    assert {found.run_id for found in runs.latest(RunKind.DISCOVER, 5)} == {"one", "two"}


def test_without_runs_the_history_is_empty(runs: RunStore) -> None:
    assert runs.latest(RunKind.DISCOVER, 5) == []
    assert runs.forget_before(RunKind.DISCOVER, NOW) == 0


def test_runs_before_a_moment_are_forgotten(runs: RunStore) -> None:
    for minute in range(4):
        runs.save(run(minute))
    assert runs.forget_before(RunKind.DISCOVER, NOW + timedelta(minutes=2)) == 2
    assert [found.run_id for found in runs.latest(RunKind.DISCOVER, 5)] == ["run-3", "run-2"]
