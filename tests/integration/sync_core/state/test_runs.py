"""The history of runs and what was given up, as the status shows them."""

from datetime import timedelta

import pytest

from sync_core.domain.dead_letter import DeadLetter, letter_id
from sync_core.domain.run import RunKind, RunOutcome, RunRecord
from sync_core.state.dead_letters import DeadLetterStore
from sync_core.state.runs import RunStore
from sync_core.state.table import Table
from tests.unit.sync_core.builders import NOW


@pytest.fixture
def runs(table: Table) -> RunStore:
    return RunStore(table)


@pytest.fixture
def letters(table: Table) -> DeadLetterStore:
    return DeadLetterStore(table)


def run(minute: int, run_id: str = "", **fields: object) -> RunRecord:
    started = {
        "run_id": run_id or f"run-{minute}",
        "kind": RunKind.DISCOVER,
        "started_at": NOW + timedelta(minutes=minute),
    }
    return RunRecord.model_validate({**started, **fields})


def letter(**fields: object) -> DeadLetter:
    given = {
        "letter_id": letter_id("asset-sync", "asset-1"),
        "queue": "asset-sync",
        "subject": "https://lake/a",
        "cause_class": "rejected",
        "cause": "CluedIn refuses it",
        "payload": "{}",
        "first_seen_at": NOW,
        "last_seen_at": NOW,
        "attempts": 3,
    }
    return DeadLetter.model_validate({**given, **fields})


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


def test_the_same_work_dying_again_is_one_letter_with_its_first_time_and_all_attempts(letters: DeadLetterStore) -> None:
    later = NOW + timedelta(hours=1)
    letters.record(letter())
    letters.record(letter(first_seen_at=later, last_seen_at=later, attempts=2, cause="another reason"))
    (found,) = letters.all()
    assert (found.first_seen_at, found.last_seen_at) == (NOW, later)
    assert (found.attempts, found.cause) == (5, "another reason")


def test_a_letter_is_no_news_when_its_replay_dies_of_the_same(letters: DeadLetterStore) -> None:
    assert letters.record(letter())
    assert letters.record(letter())  # whoever kept it may have died before anybody was told
    letters.note_replay(letter().letter_id, NOW)
    assert not letters.record(letter())
    assert letters.record(letter(cause_class="another"))


def test_work_of_other_queues_and_subjects_has_letters_of_its_own() -> None:
    ids = {letter_id(queue, work) for queue in ("asset-sync", "lineage-sync") for work in ("a", "b")}
    assert len(ids) == 4
    assert letter_id("asset-sync", "a") in ids


def test_a_replay_is_noted_and_outlives_the_next_death(letters: DeadLetterStore) -> None:
    letters.record(letter())
    assert letters.note_replay(letter().letter_id, NOW)
    letters.record(letter())
    found = letters.load(letter().letter_id)
    assert found is not None
    assert (found.replays, found.replayed_at) == (1, NOW)


def test_a_letter_that_is_closed_is_not_brought_back_by_replaying_it(letters: DeadLetterStore) -> None:
    letters.record(letter())
    letters.close(letter().letter_id)
    assert not letters.note_replay(letter().letter_id, NOW)
    assert list(letters.all()) == []


def test_a_letter_whose_work_succeeded_is_dropped(letters: DeadLetterStore) -> None:
    letters.record(letter())
    letters.close(letter().letter_id)
    letters.close(letter().letter_id)
    assert list(letters.all()) == []
    assert letters.load(letter().letter_id) is None
