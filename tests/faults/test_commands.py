"""What a person types, `python -m sync_core ...`, on the state of a running app."""

import json

import pytest

from sync_core.absence.approval import Approval
from sync_core.absence.retire import APPROVAL
from sync_core.jobs.dead_letter import DeadLetter
from tests.faults.test_retire_approval import lose
from tests.faults.world import World

REFUSED = 400


def dead_letters(world: World) -> list[DeadLetter]:
    return sorted(world.app.dead_letters.all(), key=lambda dead_letter: dead_letter.cause_class, reverse=True)


@pytest.fixture
def world(world: World) -> World:
    """Two assets were refused, and a message came that is none."""
    world.organization.fault("createDataSource$", status=REFUSED, times=3)  # both together, and each alone
    world.add_asset()
    world.add_asset()
    world.crew.lanes.send("asset-sync", b"not ours")
    world.run()
    world.clock.advance(10)
    world.crew.drain()
    assert [dead_letter.cause_class for dead_letter in dead_letters(world)] == ["unreadable", "rejected", "rejected"]
    return world


def test_letters_are_listed_with_their_causes(world: World) -> None:
    said = world.command("dead-letters")

    for dead_letter in dead_letters(world):
        assert dead_letter.id in said
        assert dead_letter.cause_class in said
        assert dead_letter.subject in said


def test_one_letter_is_replayed_by_its_id(world: World) -> None:
    _, first, second = dead_letters(world)

    said = world.command("replay", "--id", first.id)
    world.run()

    assert "1 of 1" in said
    assert [dead_letter.id for dead_letter in dead_letters(world)][1:] == [second.id]


def test_letters_are_replayed_by_their_cause(world: World) -> None:
    said = world.command("replay", "--cause", "rejected")
    world.run()

    assert "2 of 2" in said
    assert [dead_letter.cause_class for dead_letter in dead_letters(world)] == ["unreadable"]


def test_what_cannot_be_replayed_is_named_and_holds_up_no_other(world: World) -> None:
    status, said = world.try_command("replay", "--all")
    world.run()

    assert (status, "2 of 3" in said) == (1, True)
    assert "The message is no AssetMessage" in said
    assert [dead_letter.cause_class for dead_letter in dead_letters(world)] == ["unreadable"]


@pytest.mark.parametrize("arguments", [("replay", "--id", "nothing"), ("close", "--id", "nothing")])
def test_a_letter_that_is_not_there_is_not_done(world: World, arguments: tuple[str, ...]) -> None:
    status, _ = world.try_command(*arguments)
    assert status == 1


def test_a_closed_letter_is_closed_once(world: World) -> None:
    dead_letter, *_ = dead_letters(world)
    world.command("close", "--id", dead_letter.id)

    assert dead_letter.id not in world.command("dead-letters")
    status, said = world.try_command("close", "--id", dead_letter.id)
    assert (status, "was closed before" in said) == (1, True)


@pytest.mark.parametrize(
    "wrong",
    [
        ("0",),
        ("-3",),
        ("many",),
        ("5", "--hours", "0"),
        ("5", "--hours", "nan"),
        ("5", "--hours", "-1"),
    ],
)
def test_a_word_for_no_asset_or_for_no_time_is_refused(world: World, wrong: tuple[str, ...]) -> None:
    status, _ = world.try_command("approve", "retirement", "--by", "Ada", *wrong)

    assert status == 2
    assert world.app.approvals.load(Approval, APPROVAL) is None


def test_an_approval_is_shown_with_what_was_retired_on_it(world: World) -> None:
    world.command("replay", "--cause", "rejected")
    assets = [world.add_asset() for _ in range(8)]
    world.run()
    lose(world, assets)

    world.command("approve", "retirement", "9", "--by", "Ada")
    world.clock.advance(600)
    world.tick()

    shown = json.loads(world.app.status.answer({}).body)
    assert shown["approvalNeeded"] is None
    assert (shown["approval"]["assets"], shown["approval"]["used"], shown["approval"]["by"]) == (9, 8, "Ada")
