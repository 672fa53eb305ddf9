"""A page of groups that cannot be read hides no other, wherever it stands and however many a page holds."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from local.simulation.faults import Effect, Fault, Match
from sync_core.cluedin.snapshot import Snapshot
from sync_core.cluedin.snapshots import Limits
from sync_core.errors import SyncError
from sync_core.provisioning.read_snapshot import LIMITS, NotedLimits
from tests.kit.bench import LIST_GROUPS, Bench

GROUPS = 45
READ_TIME = timedelta(minutes=1)
FAILURES: list[dict[str, Any]] = [
    {"status": 500},
    {"status": 400, "body": {"errors": [{"message": "no such page"}]}},
    {"status": 403, "body": "no"},
    {"status": 404, "body": "no such page"},
    {"status": 200, "body": "<html>"},
    {"status": 200, "body": ""},
    {"status": 200, "body": '{"data": {"inbound": {"dataSourceSets": {"da'},
    {"status": 200, "body": {"data": {"inbound": {"dataSourceSets": {"total": 45, "data": "none"}}}}},
    {"drop": "before"},
]


@pytest.fixture
def many(bench: Bench) -> Bench:
    """An organization of some pages."""
    for number in range(GROUPS):
        bench.add_foreign_group(f"group {number:02}", f"source {number:02}")
    return bench


def read(bench: Bench) -> Snapshot | None:
    """Read on, and do not do so for ever."""
    turns = count()

    def turn() -> None:
        assert next(turns) < 60, "it does not end"

    return bench.app.read_snapshot.read("run", READ_TIME, turn)


def read_all(bench: Bench, runs: int) -> Snapshot | None:
    """Read in as many runs as it takes."""
    found = None
    for _ in range(runs):
        try:
            found = read(bench)
        except SyncError:
            continue
        if found is not None:
            return found
    return found


def break_group(bench: Bench, number: int, effect: dict[str, Any]) -> None:
    """Let each page fail that holds the group of that number."""
    for size in range(1, 101):
        said = rf'"page": *{number // size}\b.*"pageSize": *{size}\b'
        rule = Match(operation=LIST_GROUPS, body=said)
        bench.cluedin.faults.add(Fault(match=rule, effect=Effect.model_validate(effect), times=None))


def note_limits(bench: Bench, groups_per_call: int) -> None:
    limits = Limits(groups_per_call=groups_per_call)
    bench.app.cursors.save(LIMITS, NotedLimits(limits=limits, noted_at=datetime.now(UTC)))


@pytest.mark.parametrize("number", [0, 9, 12, 41], ids=lambda number: f"group {number}")
@pytest.mark.parametrize("groups_per_call", [10, 30, 33, 100])
def test_a_page_that_cannot_be_read_hides_no_other(many: Bench, groups_per_call: int, number: int) -> None:
    note_limits(many, groups_per_call)
    break_group(many, number, {"status": 500})

    found = read_all(many, 6)

    assert found is not None
    assert not found.is_whole
    assert "The groups from number" in found.unread
    most_hidden = 33 if groups_per_call == 33 else 10  # which no page of tens divides
    assert len(found.groups) >= GROUPS - most_hidden


@pytest.mark.parametrize("effect", FAILURES, ids=str)
def test_whatever_the_answer_about_it_is(many: Bench, effect: dict[str, Any]) -> None:
    break_group(many, 0, effect)

    found = read_all(many, 6)

    assert found is not None
    assert len(found.groups) >= GROUPS - 10
    many.cluedin.faults.clear()
    whole = read_all(many, 2)
    assert whole is not None
    assert whole.is_whole
    assert len(whole.groups) == GROUPS


@pytest.mark.parametrize("effect", FAILURES, ids=str)
@pytest.mark.parametrize("groups_per_call", [10, 100])
def test_where_no_page_can_be_read_it_is_cluedin_and_over_with_it(
    many: Bench, groups_per_call: int, effect: dict[str, Any]
) -> None:
    note_limits(many, groups_per_call)
    many.cluedin_fault(LIST_GROUPS, times=None, **effect)
    for _ in range(5):
        with pytest.raises(SyncError):
            read(many)
    many.cluedin.faults.clear()

    found = read_all(many, 3)

    assert found is not None
    assert found.is_whole
    assert len(found.groups) == GROUPS
