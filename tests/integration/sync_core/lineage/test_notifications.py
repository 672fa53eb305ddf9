"""Who is told that lineage stands in Purview, how often, and what a receiver that fails spoils: nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.simulation import serve
from sync_core.lineage.record import DataSetStatus
from sync_core.notifications.announcement import LastNotification
from tests.kit.lineage_bench import CUSTOMERS, ORDERS, WRITE, LineageBench, NewBench
from tests.kit.parts import with_parts

if TYPE_CHECKING:
    from sync_core.lineage.announce_data_sets import AnnounceDataSets

# One of Apprise's plugins imports it; not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

TITLE = "Data set synced to Purview"
FAILED = "Data sets could not be synced to Purview"


@dataclass
class Receiver:
    """Takes what any webhook would; answers with `status`."""

    url: str = ""
    status: int = 200
    received: list[tuple[str, str]] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        body = await request.json()
        if body["title"] in {TITLE, FAILED}:
            self.received.append((body["title"], body["message"]))
        return Response(status_code=self.status)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    with serve(Starlette(routes=[Route("/{path:path}", receiver.take, methods=["POST"])])) as address:
        receiver.url = address.replace("http://", "json://")
        yield receiver


@pytest.fixture
def loud(new_bench: NewBench, receiver: Receiver) -> LineageBench:
    """An app that notifies the receiver."""
    return new_bench(NOTIFY_URLS=receiver.url)


def told(*names: str) -> list[tuple[str, str]]:
    return [(TITLE, f"Data Set '{name}' synced to Purview") for name in names]


def test_one_push_is_told_once_however_often_its_event_comes(loud: LineageBench, receiver: Receiver) -> None:
    data_set_id = loud.load(loud.sync_asset())

    for _ in range(2):
        loud.deliver(data_set_id, eventId="evt_1")
        loud.work()
    loud.push(data_set_id)

    assert receiver.received == told("Customers.csv")


def test_the_link_of_one_data_set_opens_the_page_of_its_asset(new_bench: NewBench, receiver: Receiver) -> None:
    bench = new_bench(NOTIFY_URLS=receiver.url, WEBSITE_HOSTNAME="sync.contoso.com")
    bench.push(bench.load(bench.sync_asset()))

    ((_, body),) = receiver.received
    link = urlsplit(body.rpartition(" ")[2])
    assert (link.scheme, link.netloc, link.path) == ("https", "sync.contoso.com", "/api/dashboard")
    page = bench.app.dashboard.answer(dict(parse_qsl(link.query)))
    assert page.status == 200
    assert f'id="{link.fragment}"' in page.body
    assert "Lineage of data set Customers.csv written to Purview" in page.body


def test_each_change_is_told_and_so_is_a_data_set_without_a_mapping(loud: LineageBench, receiver: Receiver) -> None:
    data_set_id = loud.load(loud.sync_asset(), mapping={})
    loud.push(data_set_id)
    loud.remap(data_set_id, {"Email": "customer.email"})
    loud.push(data_set_id)

    assert receiver.received == told("Customers.csv", "Customers.csv")


def test_several_pushes_are_collected_until_no_delivery_is_open(loud: LineageBench, receiver: Receiver) -> None:
    source = loud.sync_asset()
    ids = [loud.load(source, name, mapping={}) for name in ("a.csv", "b.csv", "c.csv")]
    for data_set_id in ids:
        loud.deliver(data_set_id)
    loud.push(ids[0])
    assert receiver.received == []

    loud.work()

    assert receiver.received == [(TITLE, "3 data sets have been synced to Purview (a.csv, b.csv, c.csv)")]


def test_a_last_delivery_that_fails_does_not_keep_the_others_from_being_told(
    loud: LineageBench, receiver: Receiver
) -> None:
    well, ill = loud.load(loud.sync_asset(CUSTOMERS), "well.csv"), loud.load(loud.sync_asset(ORDERS), "ill.csv")
    loud.deliver(well)
    loud.deliver(ill)
    loud.delete(ORDERS)

    loud.work()

    assert loud.record(ill).status is DataSetStatus.FAILED
    assert receiver.received[:-1] == told("well.csv")
    assert receiver.received[-1][0] == FAILED


class Silent:
    """What a worker that dies still tells."""

    is_on = True

    def if_done(self) -> None:
        """Tell nobody."""


def test_what_a_worker_could_not_tell_before_it_died_is_told_by_the_next(
    loud: LineageBench, new_bench: NewBench, receiver: Receiver
) -> None:
    data_set_id = loud.load(loud.sync_asset())
    loud.deliver(data_set_id, eventId="evt_1")
    bench = new_bench(NOTIFY_URLS=receiver.url)
    silent = replace(bench.app.lineage_work, announce=cast("AnnounceDataSets", Silent()))
    dying = replace(bench, app=with_parts(bench.app, lineage_work=silent))
    assert dying.push(data_set_id).status is DataSetStatus.PUSHED
    assert receiver.received == []

    loud.work()

    assert receiver.received == told("Customers.csv")


@pytest.mark.parametrize("trouble", ["refuses", "is away"])
def test_a_receiver_that_fails_spoils_nothing_and_is_noted(
    new_bench: NewBench, receiver: Receiver, trouble: str
) -> None:
    receiver.status = 500
    bench = new_bench(NOTIFY_URLS=receiver.url if trouble == "refuses" else "json://127.0.0.1:9/")
    data_set_id = bench.load(bench.sync_asset())
    bench.deliver(data_set_id)

    bench.work()

    assert bench.record(data_set_id).status is DataSetStatus.PUSHED
    assert not bench.outstanding()
    last = bench.app.notes("notification").load(LastNotification, "data_set_synced")
    assert last is not None
    assert last.error


def test_pushes_that_are_given_up_are_told_once_with_their_reason_and_the_next_step(
    loud: LineageBench, receiver: Receiver
) -> None:
    source = loud.sync_asset()
    loud.purview_fault(
        WRITE, times=None, status=400, body={"errorCode": "ATLAS-400-00-01A", "errorMessage": "no such thing"}
    )
    for name in ("a.csv", "b.csv"):
        loud.deliver(loud.load(source, name))

    loud.work()

    ((title, body),) = receiver.received
    assert title == FAILED
    assert body.startswith("The lineage of 2 data sets is not in Purview: 'a.csv' (Microsoft Purview answered 400")
    assert "'b.csv' (" in body
    assert "no such thing" in body
    assert "python -m sync_core dead-letters" in body


def test_a_push_that_is_tried_again_is_no_news(loud: LineageBench, receiver: Receiver) -> None:
    data_set_id = loud.load(loud.sync_asset())
    loud.purview_fault(WRITE, times=None, status=503)
    loud.deliver(data_set_id)

    loud.push_failing(data_set_id)

    assert receiver.received == []
