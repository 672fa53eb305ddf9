"""What a list leaves out is not gone for that: Purview's store is asked, and what it hides from the app stays."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sync_core.absence import check_existence, retire
from sync_core.assets.record import AssetRecord
from sync_core.runs.run import RunKind
from tests.faults.test_retire import question, retired
from tests.faults.world import World
from tests.hasty_clock import HastyClock

LIST = "Entity_ListByGuids"
NOT_ALLOWED: dict[str, Any] = {"status": 403, "body": {"error": {"code": "Unauthorized", "message": "Not authorized"}}}
MANY = 8


@pytest.fixture
def world_of_all(new_world: Callable[..., World]) -> World:
    """With `*`, eight assets are synced."""
    world = new_world(SYNC_TERM="*")
    for _ in range(MANY):
        world.add_asset()
    world.run()
    return world


def records(world: World) -> list[AssetRecord]:
    return sorted(world.app.assets.all(), key=lambda record: record.qualified_name)


def look(world: World, times: int) -> None:
    for _ in range(times):
        world.reconcile()


def leave_out(world: World, hidden: Sequence[AssetRecord]) -> None:
    """Purview's answers to many guids do not show some of them."""
    shown = [record for record in records(world) if record not in hidden]
    entities = [
        {"guid": one.guid, "typeName": one.type_name, "attributes": {"qualifiedName": one.qualified_name}}
        for one in shown
    ]
    world.account.fault(LIST, times=None, status=200, body={"entities": entities})


def hide(world: World, hidden: Sequence[AssetRecord]) -> None:
    """Purview refuses to tell anything of some assets."""
    for record in hidden:
        world.account.fault(path=f"/entity/guid/{record.guid}$", times=None, **NOT_ALLOWED)


def test_what_is_gone_is_retired_after_it_was_missing_twice_and_nothing_else(world_of_all: World) -> None:
    world, gone = world_of_all, min(world_of_all.ever_tagged)
    world.account.act("/delete", asset=gone)

    look(world, 1)
    assert retired(world) == set()
    look(world, 1)

    assert retired(world) == {gone}


def test_what_is_left_out_of_an_answer_to_many_guids_is_not_gone(world_of_all: World) -> None:
    leave_out(world_of_all, records(world_of_all)[:2])

    look(world_of_all, 3)

    assert retired(world_of_all) == set()
    assert {record.absent for record in records(world_of_all)} == {0}


def test_what_the_app_may_not_read_any_more_is_not_gone(world_of_all: World) -> None:
    world, (hidden, gone, *_) = world_of_all, records(world_of_all)
    world.account.act("/delete", asset=gone.qualified_name)
    world.account.fault(LIST, times=None, **NOT_ALLOWED)
    hide(world, [hidden])

    look(world, 3)

    assert retired(world) == {gone.qualified_name}
    (run, *_) = world.app.runs.latest(RunKind.RECONCILE, 1)
    assert run.counts["hidden"] == 1
    assert any(hidden.qualified_name in note for note in run.notes)


def test_the_question_is_withdrawn_when_the_assets_are_back_with_all(world_of_all: World) -> None:
    world = world_of_all
    for asset in sorted(world.ever_tagged):
        world.account.act("/delete", asset=asset)
    look(world, 2)
    assert question(world) is not None

    for asset in sorted(world.ever_tagged):
        world.account.add_asset(asset.rpartition("/")[2], asset)
    world.run()
    look(world, 1)

    assert retired(world) == set()
    assert question(world) is None


def test_a_loss_that_is_found_in_parts_is_one_loss(world_of_all: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_existence, "RECORDS_A_RUN", 3)
    world = world_of_all
    for asset in sorted(world.ever_tagged):
        world.account.act("/delete", asset=asset)

    look(world, 10)

    assert retired(world) == set()
    asked = question(world)
    assert asked is not None
    assert (asked.assets, asked.of) == (MANY, MANY)


def test_a_persons_approval_does_not_wait_for_the_end_of_another_round(
    world_of_all: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_existence, "RECORDS_A_RUN", 3)
    world, gone = world_of_all, sorted(world_of_all.ever_tagged)[: MANY - 1]
    for asset in gone:
        world.account.act("/delete", asset=asset)
    look(world, 6)  # two rounds
    assert question(world) is not None

    world.command("approve", "retirement", str(MANY), "--by", "Ada")
    look(world, 1)

    assert retired(world) == set(gone)


def test_with_all_those_that_a_run_has_no_time_for_are_retired_by_the_next(
    world_of_all: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_existence, "RECORDS_A_RUN", 3)
    monkeypatch.setattr(retire, "NOTED_AT_ONCE", 1)
    world, gone = world_of_all, sorted(world_of_all.ever_tagged)[:2]
    for asset in gone:
        world.account.act("/delete", asset=asset)
    look(world, 5)
    for count in (1, 2):
        check = world.app.reconcile.check_existence
        slow = replace(check.retire, clock=HastyClock(world.clock.now, timedelta(seconds=40)))
        world.replace_parts(reconcile=replace(world.app.reconcile, check_existence=replace(check, retire=slow)))
        look(world, 1)
        assert len(retired(world)) == count

    assert retired(world) == set(gone)


def test_a_run_looks_at_so_many_single_assets_only_and_the_next_ones_go_on(
    world_of_all: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_existence, "ENTITIES_A_CALL", 2)
    monkeypatch.setattr(check_existence, "LOOKS_A_RUN", 3)
    world, gone = world_of_all, sorted(world_of_all.ever_tagged)[:5]
    for asset in gone:
        world.account.act("/delete", asset=asset)

    before = world.account.last_seq()
    look(world, 1)
    asked = [each["operation"] for each in world.account.requests_since(before)]
    assert 0 < asked.count("Entity_Get") <= 4
    look(world, 5)

    assert retired(world) == set(gone)


def test_with_a_term_what_the_app_may_not_read_any_more_has_not_lost_it(world: World) -> None:
    for _ in range(3):
        world.add_asset()
    world.run()
    hidden, untagged, _ = records(world)
    world.account.untag(hidden.qualified_name)  # as its list looks to the app
    world.account.untag(untagged.qualified_name)
    hide(world, [hidden])

    for _ in range(4):
        world.tick()

    assert retired(world) == {untagged.qualified_name}
    assert {record.absent for record in records(world) if record.guid == hidden.guid} == {0}
