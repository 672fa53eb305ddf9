"""Absence acts only after a complete snapshot, after its grace, and on many assets with a person's approval only."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.simulation import serve
from sync_core.absence.approval import ApprovalNeeded
from sync_core.absence.retire import NEEDED
from sync_core.assets.record import AssetStatus
from sync_core.discovery import find_missing
from sync_core.errors import ConflictError
from sync_core.runs.leases import Lease
from sync_core.runs.run import RunKind
from sync_core.runs.run_log import RunLog
from tests.faults.world import World

# One of Apprise's plugins imports it; not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

ASSIGNMENTS = "Glossary_ListEntitiesAssignedWithTerm"
MANY = 8


@dataclass
class Channel:
    """Where notifications arrive."""

    titles: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        body = await request.json()
        self.titles.append(body["title"])
        self.bodies.append(body["message"])
        return Response()


@pytest.fixture
def channel() -> Channel:
    return Channel()


@pytest.fixture
def world(new_world: Callable[..., World], channel: Channel) -> Iterator[World]:
    """A world whose people are notified."""
    with serve(Starlette(routes=[Route("/{path:path}", channel.take, methods=["POST"])])) as url:
        yield new_world(NOTIFY_URLS=url.replace("http", "json"))


def statuses(world: World) -> dict[str, AssetStatus]:
    return {record.qualified_name: record.status for record in world.app.assets.all()}


def retired(world: World) -> set[str]:
    return {name for name, status in statuses(world).items() if status is AssetStatus.RETIRED}


def question(world: World) -> ApprovalNeeded | None:
    return world.app.approvals.load(ApprovalNeeded, NEEDED)


def untag(world: World, count: int) -> list[str]:
    """Take the term from that many assets."""
    assets = sorted(world.ever_tagged)[:count]
    for asset in assets:
        world.account.untag(asset)
    return assets


def test_an_asset_is_retired_after_two_complete_snapshots_and_people_are_told(world: World, channel: Channel) -> None:
    for _ in range(3):
        world.add_asset()
    world.run()
    before = world.organization.state()
    (gone,) = untag(world, 1)

    world.run()
    assert retired(world) == set()
    world.run()

    assert retired(world) == {gone}
    assert channel.titles[-1] == "Assets are no longer synced"
    assert world.organization.state() == before
    world.account.tag(gone)
    world.run()
    assert world.violations() == []


def test_only_snapshots_in_a_row_count(world: World) -> None:
    world.add_asset()
    world.run()
    for _ in range(3):
        (asset,) = untag(world, 1)
        world.run()
        world.account.tag(asset)
        world.run()

    assert retired(world) == set()
    assert [record.absent for record in world.app.assets.all()] == [0]


def test_an_asset_that_was_retired_half_made_gets_its_group_back(world: World) -> None:
    asset = world.add_asset()
    world.organization.fault("createDataSource$", status=503)
    world.run()
    world.account.untag(asset)
    world.heal()
    assert retired(world) == {asset}

    world.tag(asset)

    world.heal()
    assert world.violations() == []
    assert len(world.organization.state()["data_source_sets"]) == 1


def test_an_asset_that_is_deleted_and_scanned_again_keeps_its_group_and_its_lineage(world: World) -> None:
    asset = world.add_asset()
    world.run()
    world.announce(world.load(asset))
    world.run()
    world.reconcile()

    world.account.act("/recreate", asset=asset, keep_terms=True)

    world.heal()
    assert world.violations() == []
    assert len(world.organization.state()["data_source_sets"]) == 1


@pytest.mark.parametrize("skip", [0, 1], ids=["at once", "after the first page"])
@pytest.mark.parametrize("effect", [{"status": 500}, {"drop": "before"}, {"status": 200, "body": {}}])
def test_an_enumeration_that_breaks_off_retires_nothing(world: World, skip: int, effect: dict[str, Any]) -> None:
    for _ in range(3):
        world.add_asset()
    world.tick()
    untag(world, 2)
    world.tick()  # one snapshot without them is complete

    for _ in range(3):
        world.clock.advance(600)  # the pause of a list that could not be read is over
        world.account.fault(ASSIGNMENTS, skip=skip, times=3, **effect)
        assert world.tick()
        (run, *_) = world.app.runs.latest(RunKind.DISCOVER, 1)
        assert "cannot be read" in " ".join(run.notes)
        world.account.clear_faults()

    assert retired(world) == set()
    assert {record.absent for record in world.app.assets.all()} == {0, 1}


def test_many_assets_are_retired_only_with_a_persons_approval(world: World, channel: Channel) -> None:
    for _ in range(MANY):
        world.add_asset()
    world.tick()
    gone = untag(world, MANY - 1)

    for _ in range(3):
        world.tick()
        world.clock.advance(600)
    assert retired(world) == set()
    assert channel.titles.count("Many assets are missing: approval needed") == 1
    assert "asset 1.csv" in channel.bodies[-1]

    world.command("approve", "retirement", str(MANY - 2), "--by", "Ada", "--hours", "1000")
    world.clock.advance(600)
    world.tick()
    assert retired(world) == set()  # fewer were approved than would go

    world.command("approve", "retirement", str(MANY), "--by", "Ada", "--hours", "0.001")
    world.clock.advance(600)
    world.tick()
    assert retired(world) == set()  # it has expired

    world.command("approve", "retirement", str(MANY), "--by", "Ada", "--hours", "1000")
    world.clock.advance(600)
    world.tick()
    assert retired(world) == set(gone)


def test_a_loss_that_takes_many_runs_to_look_up_is_asked_about_as_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_missing, "LOOKS_A_RUN", 4)
    for _ in range(20):
        world.add_asset()
    world.run()
    untag(world, 18)

    for _ in range(20):
        world.tick()

    assert retired(world) == set()
    asked = question(world)
    assert asked is not None
    assert (asked.assets, asked.of) == (18, 20)


def test_new_work_is_no_reason_to_lose_more_without_approval(world: World) -> None:
    for _ in range(MANY):
        world.add_asset()
    world.run()
    world.organization.fault("inbound.dataSourceSets", status=503, times=None)
    gone = untag(world, MANY - 2)
    for _ in range(4 * MANY):
        world.add_asset()

    for _ in range(4):
        world.tick()

    assert not retired(world) & set(gone)
    assert question(world) is not None


def test_the_question_is_withdrawn_when_the_assets_are_back(world: World) -> None:
    for _ in range(MANY + 1):  # one stays: a list that falls from several to none proves nothing
        world.add_asset()
    world.tick()
    gone = untag(world, MANY)
    for _ in range(3):
        world.tick()
    assert question(world) is not None

    for asset in gone:
        world.account.tag(asset)
    world.tick()

    assert retired(world) == set()
    assert question(world) is None


def test_another_term_asks_before_it_retires_what_the_former_one_selected(world: World) -> None:
    for _ in range(MANY):
        world.add_asset()
    world.tick()

    world.account.add_term("Another term")
    world.crew.apps = [world.new_app(SYNC_TERM="Another term")]
    for _ in range(4):
        world.tick()
        world.clock.advance(600)

    assert retired(world) == set()
    assert question(world) is not None


def test_a_term_that_someone_deletes_retires_nothing(world: World) -> None:
    for _ in range(3):
        world.add_asset()
    world.tick()

    world.crew.apps = [world.new_app(SYNC_TERM="No such term")]
    for _ in range(4):
        assert not world.tick()

    assert retired(world) == set()


def test_a_discovery_that_was_overtaken_retires_nothing(world: World) -> None:
    world.add_asset()
    world.tick()
    untag(world, 1)
    world.tick()
    slow, other = world.new_app(), world.new_app()
    lease = slow.leases.acquire("discovery", "slow", 45)
    assert isinstance(lease, Lease)
    world.clock.advance(50)
    assert isinstance(other.leases.acquire("discovery", "other", 45), Lease)
    log = RunLog("run", world.clock.now())

    with pytest.raises(ConflictError):
        slow.discover_assets._discover(lease, log)

    assert retired(world) == set()
