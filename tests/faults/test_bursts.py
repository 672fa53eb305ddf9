"""Deliveries that come at once: each is stored and answered 202, whatever else is written meanwhile."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from sync_core.jobs.claims import Claim
from sync_core.ledger import request_ledger
from tests.faults.test_look_now import CHUNKED
from tests.faults.world import World

AT_ONCE = 60
JSON = {"content-type": "application/json"}


def send(world: World, data_set: str, number: int) -> int:
    body = json.dumps({"dataSetId": data_set, "eventId": f"event-{number}"}).encode()
    return world.app.data_set_processed.answer(JSON, body).status


def send_chunked(world: World) -> int:
    return world.app.data_set_processed.answer(CHUNKED, b"").status


def answers(call: Callable[[int], int], count: int = AT_ONCE) -> Counter[int]:
    with ThreadPoolExecutor(count) as pool:
        return Counter(pool.map(call, range(count)))


def claim(world: World, key: str) -> Claim:
    """A worker is at a job."""
    jobs = world.app.data_set_jobs
    stored = jobs.load(key)
    assert stored is not None
    return jobs.claim(stored, stored.job, "worker", None)


@pytest.fixture(name="data_set")
def _data_set(world: World) -> str:
    """A data set of an asset that is synced; nobody told of it yet."""
    asset = world.add_asset()
    world.run()
    return world.load(asset).lower()


@pytest.mark.parametrize("count", [30, AT_ONCE])
def test_deliveries_of_one_data_set_at_once_are_all_stored(world: World, data_set: str, count: int) -> None:
    assert answers(lambda number: send(world, data_set, number), count) == {202: count}
    world.crew.drain()
    assert not world.app.data_set_jobs.has_pending()


@pytest.mark.parametrize("count", [30, AT_ONCE])
def test_deliveries_of_one_data_set_that_a_worker_is_at_are_all_stored(world: World, data_set: str, count: int) -> None:
    send(world, data_set, -1)
    held = claim(world, data_set)

    assert answers(lambda number: send(world, data_set, number), count) == {202: count}

    held.done()
    assert held.left is not None  # it is done once more
    for _ in range(3):
        world.run()
    assert not world.app.data_set_jobs.has_pending()


@pytest.mark.parametrize("count", [30, AT_ONCE])
@pytest.mark.usefixtures("data_set")
def test_deliveries_without_a_body_at_once_are_all_stored(world: World, count: int) -> None:
    assert answers(lambda _: send_chunked(world), count) == {202: count}
    for _ in range(3):
        world.run()
    assert not world.app.data_set_jobs.has_pending()


@pytest.mark.parametrize("count", [30, AT_ONCE])
@pytest.mark.usefixtures("data_set")
def test_deliveries_without_a_body_during_a_look_are_all_stored(world: World, count: int) -> None:
    send_chunked(world)
    held = claim(world, "look")

    assert answers(lambda _: send_chunked(world), count) == {202: count}

    held.done()
    assert held.left is not None
    for _ in range(3):
        world.run()
    assert not world.app.data_set_jobs.has_pending()


@pytest.mark.usefixtures("data_set")
def test_a_worker_ends_its_work_in_the_middle_of_a_burst(world: World) -> None:
    send_chunked(world)
    held = claim(world, "look")

    def deliver_or_end(number: int) -> int:
        if number != AT_ONCE // 2:
            return send_chunked(world)
        held.done()
        return 202

    assert answers(deliver_or_end) == {202: AT_ONCE}


def test_a_delivery_that_comes_twice_at_once_is_stored_once(world: World, data_set: str) -> None:
    send(world, data_set, -1)
    claim(world, data_set)

    assert answers(lambda _: send(world, data_set, 7), 8) == {202: 8}

    assert world.app.receipts.forget_before(world.clock.now().replace(year=2999)) == 2


def test_what_adds_nothing_does_not_write_the_job(world: World, data_set: str) -> None:
    send(world, data_set, 0)
    claim(world, data_set)
    send(world, data_set, 1)
    before = world.app.data_set_jobs.load(data_set)

    with request_ledger() as requests:
        assert send(world, data_set, 2) == 202

    after = world.app.data_set_jobs.load(data_set)
    assert before is not None
    assert after is not None
    assert before.etag == after.etag
    assert requests["storage"] == 4
