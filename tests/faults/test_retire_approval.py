"""Many assets are retired on a person's approval only: it counts once, and for what it was given."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from sync_core.absence import retire
from sync_core.absence.approval import Approval, ApprovalNeeded
from sync_core.absence.retire import APPROVAL, NEEDED
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.errors import StateError
from sync_core.runs.run import RunKind
from tests.faults.test_retire import question, retired
from tests.faults.world import World
from tests.hasty_clock import HastyClock

EARLIER, LATER = 6, 6
ALL = 14


def world_of(world: World, count: int) -> list[str]:
    """A world of so many assets that are known; returns them."""
    assets = [world.add_asset() for _ in range(count)]
    world.run()
    return assets


def lose(world: World, assets: list[str]) -> None:
    """Assets lose the term, and their grace passes."""
    for asset in assets:
        world.account.untag(asset)
    for _ in range(2):
        world.tick()


def approve(world: World, assets: int) -> None:
    """A person gives approval; it counts for the very next run."""
    now = world.clock.now()
    approval = Approval(assets=assets, by="Ada", given_at=now, expires_at=now + timedelta(days=1))
    world.app.approvals.save(APPROVAL, approval)
    world.tick()


def test_an_approval_is_used_up_by_what_is_retired_on_it(world: World) -> None:
    assets = world_of(world, ALL)
    lose(world, assets[:EARLIER])
    approve(world, EARLIER)
    assert retired(world) == set(assets[:EARLIER])

    lose(world, assets[EARLIER : EARLIER + LATER])

    assert retired(world) == set(assets[:EARLIER])
    assert question(world) is not None
    approval = world.app.approvals.load(Approval, APPROVAL)
    assert approval is not None
    assert (approval.assets, approval.used, approval.by) == (EARLIER, EARLIER, "Ada")


def test_who_said_so_stands_in_the_record(world: World) -> None:
    assets = world_of(world, ALL)
    lose(world, assets[:EARLIER])
    approve(world, EARLIER)

    reasons = {record.reason for record in world.app.assets.all() if record.status is AssetStatus.RETIRED}
    assert [reason.partition("stays. ")[2] for reason in reasons] == ["Approved by Ada."]


def test_an_approval_for_as_many_as_the_question_says_is_enough_after_others_went_without_one(world: World) -> None:
    assets = world_of(world, ALL)
    lose(world, assets[:2])
    assert len(retired(world)) == 2

    lose(world, assets[2 : 2 + EARLIER])
    asked = world.app.approvals.load(ApprovalNeeded, NEEDED)
    assert asked is not None
    approve(world, asked.assets)

    assert len(retired(world)) == 2 + EARLIER


def test_after_a_loss_that_was_approved_a_small_one_needs_no_approval(world: World) -> None:
    assets = world_of(world, ALL)
    lose(world, assets[:EARLIER])
    approve(world, EARLIER)

    lose(world, assets[-1:])

    assert retired(world) == {*assets[:EARLIER], assets[-1]}


def test_small_losses_of_one_day_that_are_a_large_one_together_need_approval(world: World) -> None:
    assets = world_of(world, ALL)
    lose(world, assets[:4])
    assert len(retired(world)) == 4

    lose(world, assets[4:8])
    assert len(retired(world)) == 4
    assert question(world) is not None

    world.clock.advance(24 * 3600)
    world.tick()
    assert len(retired(world)) == 8


def change_retire(world: World, **parts: object) -> None:
    """Give the app other parts to retire with."""
    discover = world.app.discover_assets
    missing = discover.by_term.missing
    changed = replace(missing, retire=replace(missing.retire, **parts))  # type: ignore[arg-type]
    world.replace_parts(discover_assets=replace(discover, by_term=replace(discover.by_term, missing=changed)))


class FailsHalfWay(AssetStore):
    """A store that can retire two assets, then no more."""

    def close(self, key: str, change: Callable[[AssetRecord], AssetRecord], *, announce: bool = False) -> AssetRecord:
        """Fail once two are retired."""
        if sum(1 for record in self.all() if record.status is AssetStatus.RETIRED) == 2:
            raise StateError("Storage is gone.")
        return super().close(key, change, announce=announce)


def test_an_approval_is_used_up_also_when_the_run_dies_half_way(world: World) -> None:
    assets = world_of(world, ALL)
    lose(world, assets[:9])
    change_retire(world, assets=FailsHalfWay(world.app.assets.table, world.app.asset_jobs))

    approve(world, 9)
    assert len(retired(world)) == 2
    world.crew.apps = [world.new_app()]
    world.tick()

    assert len(retired(world)) == 2
    assert question(world) is not None


@pytest.fixture
def hasty(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which two assets are retired at once, of all that there is time for."""
    monkeypatch.setattr(retire, "NOTED_AT_ONCE", 2)
    return world


def hurry(world: World) -> None:
    """Let each look of retiring at the clock take seven seconds, from the next run on."""
    change_retire(world, clock=HastyClock(world.clock.now, timedelta(seconds=7)))


def test_those_that_a_run_has_no_time_for_are_retired_by_the_next_on_the_same_approval(hasty: World) -> None:
    assets = world_of(hasty, ALL)
    lose(hasty, assets[:9])

    hurry(hasty)
    approve(hasty, 9)
    assert 0 < len(retired(hasty)) < 9
    (run, *_) = hasty.app.runs.latest(RunKind.DISCOVER, 1)
    assert run.notes == [f"{9 - len(retired(hasty))} assets are left to the next run to retire."]
    for _ in range(4):
        hurry(hasty)
        hasty.tick()

    assert retired(hasty) == set(assets[:9])
    approval = hasty.app.approvals.load(Approval, APPROVAL)
    assert approval is not None
    assert approval.used == 9


def test_those_that_a_run_has_no_time_for_still_need_no_approval_if_all_of_them_needed_none(hasty: World) -> None:
    assets = world_of(hasty, 20)
    hurry(hasty)
    lose(hasty, assets[:6])  # 30 %
    assert 0 < len(retired(hasty)) < 6

    for _ in range(2):
        hurry(hasty)
        hasty.tick()

    assert retired(hasty) == set(assets[:6])
    assert question(hasty) is None
