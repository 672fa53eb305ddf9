"""A term's assignments come in pages: none is skipped, none costs a request too many, also where a server caps them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import parse_qsl, urlencode

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from local.purview import Purview, make_app
from local.simulation import serve
from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.discovery.term_cursor import COMPARE_AFTER
from sync_core.purview.client import PurviewClient
from sync_core.purview.wire import AssignedEntity
from tests.kit.estate import ASSIGNMENTS, Estate, NewEstate

MOVED = "The assignments moved while they were read: no asset counts as missing this time."
NewCappedEstate = Callable[..., Estate]


class CappedPages:
    """A server that gives at most so many assignments at once, whatever limit is asked for, in the order it likes."""

    def __init__(self, app: ASGIApp, largest_page: int, fixed: Mapping[str, str]) -> None:
        self._app, self._largest_page, self._fixed = app, largest_page, fixed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/assignedEntities"):
            query = dict(parse_qsl(scope["query_string"].decode()))
            query["limit"] = str(min(int(query["limit"]), self._largest_page))
            scope = {**scope, "query_string": urlencode({**query, **self._fixed}).encode()}
        await self._app(scope, receive, send)


@pytest.fixture
def new_capped_estate(new_small_estate: NewEstate, purview: Purview) -> Iterator[NewCappedEstate]:
    with ExitStack() as parts:

        def make(largest_page: int, **fixed: str) -> Estate:
            capped = CappedPages(make_app(purview=purview), largest_page, fixed)
            return new_small_estate(PURVIEW_ENDPOINT=parts.enter_context(serve(capped)))

        yield make


def idle_requests(estate: Estate) -> int:
    """Count the requests of a tick in which nothing changed."""
    before = estate.purview.log.last_seq
    assert estate.tick().counts["queued"] == 0
    asked = estate.asked_of_purview(before)
    assert set(asked) == {ASSIGNMENTS}
    return asked[ASSIGNMENTS]


@pytest.mark.parametrize(("assigned", "pages"), [(999, 1), (1000, 2), (1001, 2), (2000, 3)])
def test_every_page_of_assignments_is_read_at_one_request_each(small_estate: Estate, assigned: int, pages: int) -> None:
    small_estate.add_columns(assigned - 3)
    small_estate.act("tag", asset="Products", term=TERM)  # the very last of the list

    run = small_estate.tick()

    assert run.counts["assigned"] == assigned
    assert sorted(record.name for record in small_estate.records()) == ["Customers", "Orders", "Products"]
    assert idle_requests(small_estate) == pages


def test_a_server_that_caps_its_pages_hides_nothing(new_capped_estate: NewCappedEstate) -> None:
    estate = new_capped_estate(100)
    estate.add_columns(347)
    estate.act("tag", asset="Products", term=TERM)

    run = estate.tick()

    assert run.counts["assigned"] == 350
    assert estate.record_of("Products")
    assert idle_requests(estate) == 4


def test_what_a_server_that_caps_its_pages_hides_at_first_is_found_within_minutes(
    new_capped_estate: NewCappedEstate,
) -> None:
    estate = new_capped_estate(100)
    estate.add_columns(98)
    estate.tick()
    estate.act("tag", asset="Products", term=TERM)  # behind a page that looks like the last one

    estate.tick()
    estate.clock.advance(COMPARE_AFTER.total_seconds())
    estate.tick()

    assert estate.record_of("Products")
    assert idle_requests(estate) == 2


def test_a_server_that_gives_the_same_page_again_and_again_is_asked_no_further(
    new_capped_estate: NewCappedEstate,
) -> None:
    estate = new_capped_estate(100, offset="0")
    estate.add_columns(198)

    run = estate.tick()

    assert run.counts["assigned"] == 100
    assert run.notes == [MOVED]


def test_pages_without_a_stable_order_add_assets_and_retire_none(new_small_estate: NewEstate) -> None:
    estate = new_small_estate()
    for number in range(20):
        estate.act("add_asset", name=f"file {number}", terms=[TERM])
    estate.tick()
    assert len(estate.records()) == 22
    late = estate.act("add_asset", name="late", terms=[TERM])
    estate.purview.patch_switches({"assigned_entities_page_limit": 5, "assigned_entities_order": "shuffled"})

    runs = [estate.tick() for _ in range(12)]

    assert estate.record_of(late.guid)
    assert {(record.status, record.absent) for record in estate.records()} == {(AssetStatus.QUEUED, 0)}
    assert {note for run in runs for note in run.notes} == {MOVED}


def test_once_the_order_is_stable_again_an_asset_that_lost_its_tag_is_retired(small_estate: Estate) -> None:
    small_estate.act("tag", asset="Products", term=TERM)
    small_estate.tick()
    small_estate.act("untag", asset="Orders", term=TERM)
    small_estate.purview.patch_switches({"assigned_entities_page_limit": 2, "assigned_entities_order": "shuffled"})
    for _ in range(3):
        small_estate.tick()
    small_estate.purview.patch_switches({"assigned_entities_order": "stable"})

    for _ in range(2):
        small_estate.clock.advance(60)
        small_estate.tick()

    assert small_estate.record_of("Orders").status is AssetStatus.RETIRED
    assert small_estate.record_of("Products").status is AssetStatus.QUEUED


def test_an_order_that_changes_matters_not_where_one_page_holds_all(small_estate: Estate) -> None:
    small_estate.purview.patch_switches({"assigned_entities_order": "shuffled"})
    small_estate.act("tag", asset="Products", term=TERM)
    small_estate.tick()
    small_estate.act("untag", asset="Orders", term=TERM)

    for _ in range(2):
        small_estate.clock.advance(60)
        small_estate.tick()

    assert small_estate.record_of("Orders").status is AssetStatus.RETIRED
    assert idle_requests(small_estate) == 1


@dataclass
class MovingList:
    """Between two pages the first assets of the list lose their term, so that the rows behind them move up."""

    purview: PurviewClient
    lose_first: Callable[[], None]
    pages: int = 0

    def fetch_assigned_entities(self, term_guid: str, offset: int) -> list[AssignedEntity]:
        self.pages += 1
        if self.pages == 2:
            self.lose_first()
        return self.purview.fetch_assigned_entities(term_guid, offset)


def test_a_row_that_moves_up_between_two_pages_is_not_taken_for_missing(small_estate: Estate) -> None:
    for number in range(12):
        small_estate.act("add_asset", name=f"file {number}", terms=[TERM])
    small_estate.tick()
    small_estate.purview.patch_switches({"assigned_entities_page_limit": 5})
    small_estate.clock.advance(COMPARE_AFTER.total_seconds())

    for numbers in ((0, 1), (2, 3)):  # in two runs in a row

        def lose(numbers: tuple[int, ...] = numbers) -> None:
            for number in numbers:
                small_estate.act("untag", asset=f"file {number}", term=TERM)

        moving = MovingList(small_estate.app.purview, lose)
        by_term = small_estate.app.discover_by_term
        source = replace(by_term.lists.lists, purview=cast("PurviewClient", moving))
        by_term = replace(by_term, lists=replace(by_term.lists, lists=source))
        replace(small_estate.app.discover_assets, by_term=by_term).run()

    assert small_estate.last_run().notes == [MOVED]
    assert {record.absent for record in small_estate.records()} == {0}


def test_pages_full_of_deleted_assets_hide_nothing_behind_them(new_capped_estate: NewCappedEstate) -> None:
    estate = new_capped_estate(100, sort="DESC")
    estate.purview.patch_switches({"assigned_entities_include_deleted": True})
    deleted = [estate.act("add_asset", name=f"dropped {number}", terms=[TERM]) for number in range(250)]
    estate.purview.entities.delete([asset.guid for asset in deleted])

    assert estate.tick().counts["assigned"] == 2
    assert len(estate.records()) == 2
    assert idle_requests(estate) == 3
