"""Many assets are retired on a person's word only: it counts once, and for what it was given."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sync_core.domain.approval import Approval, ApprovalNeeded
from sync_core.domain.asset import AssetRecord, AssetStatus
from sync_core.errors import StateError
from sync_core.flows.retire import APPROVAL, NEEDED
from sync_core.state.assets import AssetStore
from tests.faults.test_retire import question, retired
from tests.faults.world import World

EARLIER, LATER = 6, 6
ALL = 14


def world_of(world: World, count: int) -> list[str]:
    """A world of so many assets that are known; returns them."""
    assets = [world.add_asset() for _ in range(count)]
    world.tick()
    return assets


def lose(world: World, assets: list[str]) -> None:
    """Assets lose the term, and their grace passes."""
    for asset in assets:
        world.account.untag(asset)
    for _ in range(2):
        world.tick()


def approve(world: World, assets: int) -> None:
    """A person gives the word; it counts for the very next run."""
    now = world.clock.now()
    word = Approval(assets=assets, by="Ada", given_at=now, expires_at=now + timedelta(days=1))
    world.app.approvals.save(APPROVAL, word)
    world.tick()


def test_a_word_is_used_up_by_what_is_retired_on_it(world: World) -> None:
    assets = world_of(world, ALL)
    lose(world, assets[:EARLIER])
    approve(world, EARLIER)
    assert retired(world) == set(assets[:EARLIER])

    lose(world, assets[EARLIER : EARLIER + LATER])

    assert retired(world) == set(assets[:EARLIER])
    assert question(world) is not None
    word = world.app.approvals.load(Approval, APPROVAL)
    assert word is not None
    assert (word.assets, word.used, word.by) == (EARLIER, EARLIER, "Ada")


def test_who_said_so_stands_in_the_record(world: World) -> None:
    assets = world_of(world, ALL)
    lose(world, assets[:EARLIER])
    approve(world, EARLIER)

    reasons = {record.reason for record in world.app._assets.all() if record.status is AssetStatus.RETIRED}
    assert [reason.partition("stays. ")[2] for reason in reasons] == ["Approved by Ada."]


def test_a_word_for_as_many_as_the_question_says_is_enough_after_others_went_without_one(world: World) -> None:
    assets = world_of(world, ALL)
    lose(world, assets[:2])
    assert len(retired(world)) == 2

    lose(world, assets[2 : 2 + EARLIER])
    asked = world.app.approvals.load(ApprovalNeeded, NEEDED)
    assert asked is not None
    approve(world, asked.assets)

    assert len(retired(world)) == 2 + EARLIER


def test_after_a_loss_that_was_approved_a_small_one_needs_no_word(world: World) -> None:
    assets = world_of(world, ALL)
    lose(world, assets[:EARLIER])
    approve(world, EARLIER)

    lose(world, assets[-1:])

    assert retired(world) == {*assets[:EARLIER], assets[-1]}


def test_small_losses_of_one_day_that_are_a_large_one_together_need_a_word(world: World) -> None:
    assets = world_of(world, ALL)
    lose(world, assets[:4])
    assert len(retired(world)) == 4

    lose(world, assets[4:8])
    assert len(retired(world)) == 4
    assert question(world) is not None

    world.clock.advance(24 * 3600)
    world.tick()
    assert len(retired(world)) == 8


class FailsHalfWay(AssetStore):
    """A store that can retire two assets, then no more."""

    def close(self, key: str, change: Callable[[AssetRecord], AssetRecord], *, announce: bool) -> AssetRecord:
        """Fail once two are retired."""
        if sum(1 for record in self.all() if record.status is AssetStatus.RETIRED) == 2:
            raise StateError("Storage is gone.")
        return super().close(key, change, announce=announce)


def test_a_word_is_used_up_also_when_the_run_dies_half_way(world: World) -> None:
    assets = world_of(world, ALL)
    lose(world, assets[:9])
    discover = world.app.discover
    retire = replace(discover.by_term.retire, assets=FailsHalfWay(world.app._assets.table))
    world.app.__dict__["discover"] = replace(discover, by_term=replace(discover.by_term, retire=retire))

    approve(world, 9)
    assert len(retired(world)) == 2
    world.crew.apps = [world.new_app()]
    world.tick()

    assert len(retired(world)) == 2
    assert question(world) is not None
