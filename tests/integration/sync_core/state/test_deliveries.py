"""The webhook's deliveries on real storage: each is taken once, and none is forgotten while it is open."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from sync_core.domain.delivery import Delivery, DeliveryStatus, delivery_key
from sync_core.state.deliveries import DeliveryStore
from sync_core.state.table import Table
from tests.unit.sync_core.builders import NOW

DATA_SET = "925268ec-8908-44e2-8d0c-d83fe50937d0"


@pytest.fixture
def deliveries(table: Table) -> DeliveryStore:
    return DeliveryStore(table)


def delivery(delivery_id: str = "msg_1", data_set_id: str = DATA_SET) -> Delivery:
    return Delivery(
        key=delivery_key(delivery_id, data_set_id),
        delivery_id=delivery_id,
        data_set_id=data_set_id,
        is_named=True,
        received_at=NOW,
    )


def open_ids(deliveries: DeliveryStore) -> list[str]:
    return sorted(found.delivery_id for found in deliveries.open())


def test_a_delivery_is_taken_once_and_is_open(deliveries: DeliveryStore) -> None:
    assert [deliveries.add(delivery()) for _ in range(2)] == [True, False]
    assert deliveries.load(delivery().key) == delivery()
    assert open_ids(deliveries) == ["msg_1"]


def test_one_of_many_copies_that_come_at_once_is_taken(deliveries: DeliveryStore) -> None:
    deliveries.add(delivery("other"))
    with ThreadPoolExecutor(16) as pool:
        taken = list(pool.map(lambda _: deliveries.add(delivery()), range(16)))
    assert taken.count(True) == 1


def test_a_delivery_whose_work_is_recorded_is_closed_for_good(deliveries: DeliveryStore) -> None:
    deliveries.add(delivery())
    for _ in range(2):
        deliveries.close(delivery(), "pushed", NOW)
    found = deliveries.load(delivery().key)
    assert found is not None
    assert (found.status, found.result, found.done_at) == (DeliveryStatus.DONE, "pushed", NOW)
    assert (open_ids(deliveries), deliveries.has_open()) == ([], False)
    assert not deliveries.add(delivery())


def test_closing_does_not_take_back_how_often_it_was_put_back(deliveries: DeliveryStore) -> None:
    deliveries.add(delivery())
    read_by_a_worker = deliveries.load(delivery().key)
    assert read_by_a_worker is not None
    for _ in range(3):  # others meanwhile, with copies of its message
        deliveries.postpone(delivery().key, NOW)

    for _ in range(2):
        deliveries.close(read_by_a_worker, "pushed", NOW)
        found = deliveries.load(delivery().key)
        assert found is not None
        assert (found.times_put_back, found.result) == (3, "pushed")


def test_the_same_id_for_another_data_set_is_another_delivery(deliveries: DeliveryStore) -> None:
    assert deliveries.add(delivery())
    assert deliveries.add(delivery(data_set_id="00000000-0000-4000-8000-000000000000"))
    assert delivery_key("a", DATA_SET.upper()) == delivery_key("a", DATA_SET)


def test_only_deliveries_that_were_done_before_a_moment_are_forgotten(deliveries: DeliveryStore) -> None:
    for number, done_after in enumerate((0, 60, 120)):
        one = delivery(f"msg_{number}")
        deliveries.add(one)
        deliveries.close(one, "pushed", NOW + timedelta(seconds=done_after))
    deliveries.add(delivery("still open"))
    assert deliveries.forget_done_before(NOW + timedelta(seconds=90)) == 2
    assert deliveries.load(delivery("msg_0").key) is None
    assert deliveries.load(delivery("msg_2").key) is not None
    assert open_ids(deliveries) == ["still open"]
    assert deliveries.forget_done_before(NOW + timedelta(seconds=90)) == 0


def test_each_time_that_a_message_is_put_back_counts_while_its_delivery_is_open_and_after(
    deliveries: DeliveryStore,
) -> None:
    deliveries.add(delivery())
    times = [deliveries.postpone(delivery().key, NOW + timedelta(minutes=minutes)) for minutes in (1, 2)]
    (open_one,) = deliveries.open()
    deliveries.close(open_one, "failed", NOW)
    times.append(deliveries.postpone(delivery().key, NOW))

    found = deliveries.load(delivery().key)
    assert times == [1, 2, 3]
    assert open_one.due_at == NOW + timedelta(minutes=2)
    assert found is not None
    assert (found.times_put_back, found.status) == (3, DeliveryStatus.DONE)
    assert deliveries.postpone("unknown", NOW) == 0
    assert not deliveries.has_open()
