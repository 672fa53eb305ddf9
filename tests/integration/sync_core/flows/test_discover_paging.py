"""A term's assignments come in pages: none is skipped, none costs a request too many, also where a server caps them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from urllib.parse import parse_qsl, urlencode

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from local.purview import Purview, make_app
from local.simulation import serve
from local.stack import TERM
from sync_core.flows.discover_by_term import COMPARE_AFTER
from tests.integration.sync_core.flows.conftest import NewEstate
from tests.integration.sync_core.flows.estate import ASSIGNMENTS, Estate

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

    assert estate.tick().counts["assigned"] == 100


def test_pages_full_of_deleted_assets_hide_nothing_behind_them(new_capped_estate: NewCappedEstate) -> None:
    estate = new_capped_estate(100, sort="DESC")
    estate.purview.patch_switches({"assigned_entities_include_deleted": True})
    deleted = [estate.act("add_asset", name=f"dropped {number}", terms=[TERM]) for number in range(250)]
    estate.purview.entities.delete([asset.guid for asset in deleted])

    assert estate.tick().counts["assigned"] == 2
    assert len(estate.records()) == 2
    assert idle_requests(estate) == 3
