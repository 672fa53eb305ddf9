"""The webhook's deliveries on real storage: each is kept once, with what it asks for, or not at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from sync_core.errors import SlowAnswerError
from sync_core.jobs.job import Job, JobState
from sync_core.ledger import request_ledger
from sync_core.lineage.record import DataSetStatus
from sync_core.lineage.webhook.delivery import Delivery, delivery_key
from sync_core.lineage.webhook.receipts import ReceiptStore
from sync_core.storage.table import Table
from tests.unit.sync_core.builders import NOW, make_data_set, make_data_set_store, make_receipt_store

DATA_SET = "925268ec-8908-44e2-8d0c-d83fe50937d0"


@pytest.fixture
def receipts(table: Table) -> ReceiptStore:
    return make_receipt_store(table)


def delivery(delivery_id: str = "msg_1", data_set_id: str = DATA_SET, **fields: Any) -> Delivery:
    given = {"delivery_id": delivery_id, "data_set_id": data_set_id, "is_named": True, "received_at": NOW}
    return Delivery(key=delivery_key(delivery_id, data_set_id), **{**given, **fields})


def job(receipts: ReceiptStore) -> Job | None:
    stored = receipts.jobs.load(DATA_SET)
    return stored.job if stored else None


def claim(receipts: ReceiptStore) -> None:
    stored = receipts.jobs.load(DATA_SET)
    assert stored is not None
    receipts.jobs.claim(stored, stored.job, "run-1", None)


def test_a_delivery_and_its_job_are_kept_in_one_operation(receipts: ReceiptStore) -> None:
    receipts.receive(delivery("other", "00000000-0000-4000-8000-000000000000"))
    with request_ledger() as requests:
        receipt = receipts.receive(delivery())
    assert requests == {"storage": 1}
    assert receipts.load(delivery().key) == delivery()
    assert (receipt.is_new, receipt.job, job(receipts)) == (True, job(receipts), receipt.job)


def end(receipts: ReceiptStore, status: DataSetStatus) -> None:
    """Do what was asked for, so that the data set ends like this."""
    make_data_set_store(receipts.jobs.table).save(make_data_set(data_set_id=DATA_SET, status=status))
    receipts.jobs.drop(DATA_SET)


LATER = NOW + timedelta(hours=3)


@pytest.mark.parametrize("status", ["pushed", "not_mapped", "not_from_purview"])
def test_the_same_event_again_asks_for_nothing_once_its_work_is_done(
    receipts: ReceiptStore, status: DataSetStatus
) -> None:
    receipts.receive(delivery())
    end(receipts, status)
    again = receipts.receive(delivery(received_at=LATER))
    assert (again.is_new, again.job, job(receipts)) == (False, None, None)


def test_the_same_event_again_asks_for_nothing_while_its_work_is_under_way(receipts: ReceiptStore) -> None:
    receipts.receive(delivery())
    again = receipts.receive(delivery(received_at=LATER))
    assert (again.is_new, again.job) == (False, None)


def test_the_same_event_again_asks_once_more_where_it_led_to_nothing(receipts: ReceiptStore) -> None:
    receipts.receive(delivery())
    end(receipts, DataSetStatus.UNKNOWN)
    assert receipts.receive(delivery(received_at=LATER)).job is not None

    stored = receipts.jobs.load(DATA_SET)
    assert stored is not None
    receipts.jobs.change(stored, stored.job.failed("no", "rejected", NOW).given_up("rejected", NOW))
    assert receipts.receive(delivery(received_at=LATER)).job is not None


def test_an_event_whose_receipt_another_version_wrote_asks_once_more(receipts: ReceiptStore) -> None:
    receipts.receive(delivery())
    end(receipts, DataSetStatus.PUSHED)
    row = {"PartitionKey": "datasets", "RowKey": f"receipt:{delivery().key}", "is_named": "of a newer app"}
    receipts.jobs.table.merge(row)
    again = receipts.receive(delivery(received_at=LATER))
    assert (again.is_new, again.job) == (False, job(receipts))


def test_a_delivery_without_a_name_may_be_a_new_event_that_looks_the_same(receipts: ReceiptStore) -> None:
    receipts.receive(delivery(is_named=False))
    receipts.jobs.drop(DATA_SET)
    again = receipts.receive(delivery(is_named=False, received_at=NOW + timedelta(minutes=3)))
    assert not again.is_new
    assert again.job == job(receipts) != None  # noqa: E711  # there is one


def test_thirteen_deliveries_in_an_outage_are_one_job_and_one_message(receipts: ReceiptStore) -> None:
    found = [receipts.receive(delivery(f"msg_{number}")) for number in range(13)]
    assert [receipt.is_new for receipt in found] == [True] * 13
    assert sum(1 for receipt in found if receipt.job) == 1
    one = job(receipts)
    assert one is not None
    assert one.sends == 1


def test_what_comes_while_a_worker_is_at_the_data_set_is_done_once_more(receipts: ReceiptStore) -> None:
    receipts.receive(delivery())
    claim(receipts)
    assert receipts.receive(delivery("msg_2")).job is None
    one = job(receipts)
    assert one is not None
    assert one.is_asked_again


def test_a_delivery_brings_what_was_given_up_back(receipts: ReceiptStore) -> None:
    receipts.receive(delivery())
    stored = receipts.jobs.load(DATA_SET)
    assert stored is not None
    receipts.jobs.change(stored, stored.job.failed("no", "rejected", NOW).given_up("rejected", NOW))
    found = receipts.receive(delivery("msg_2")).job
    assert found is not None
    assert (found.state, found.attempts, found.sends) == (JobState.PENDING, 0, 2)


def test_one_of_many_copies_that_come_at_once_is_taken(receipts: ReceiptStore) -> None:
    receipts.receive(delivery("other"))
    copies = [delivery(received_at=NOW + timedelta(seconds=number)) for number in range(16)]
    with ThreadPoolExecutor(16) as pool:
        taken = list(pool.map(receipts.receive, copies))
    assert [receipt.is_new for receipt in taken].count(True) == 1


class SlowTable(Table):
    """A table that loses the answer to the first transaction, which it carries out."""

    lost = 1

    def transact(self, operations: Any) -> list[str]:
        done = super().transact(operations)
        if self.lost:
            self.lost -= 1
            raise SlowAnswerError("no answer")
        return done


def test_a_lost_answer_makes_no_duplicate_of_the_first_delivery(table: Table) -> None:
    slow = SlowTable(table._service, table._name)
    receipts = make_receipt_store(slow)
    receipt = receipts.receive(delivery())
    assert receipt.is_new
    assert receipt.job == job(receipts)


def test_the_same_id_for_another_data_set_is_another_delivery(receipts: ReceiptStore) -> None:
    assert receipts.receive(delivery()).is_new
    assert receipts.receive(delivery(data_set_id="00000000-0000-4000-8000-000000000000")).is_new
    assert delivery_key("a", DATA_SET.upper()) == delivery_key("a", DATA_SET)


def test_only_receipts_from_before_a_moment_are_forgotten(receipts: ReceiptStore) -> None:
    for number in range(3):
        receipts.receive(delivery(f"msg_{number}", received_at=NOW + timedelta(minutes=number)))
    moment = NOW + timedelta(seconds=90)
    assert receipts.forget_before(moment) == 2
    assert receipts.load(delivery("msg_0").key) is None
    assert receipts.load(delivery("msg_2").key) is not None
    assert receipts.forget_before(moment) == 0
    assert job(receipts) is not None


def damage(receipts: ReceiptStore, row_key: str, how: str) -> None:
    """Let another version have written a row."""
    table, partition = receipts.jobs.table, receipts.jobs.partition
    if how == "all":
        table.delete(partition, row_key)
    columns = {} if how == "all" else {how: "of a newer app"}
    table.merge({"PartitionKey": partition, "RowKey": row_key, "addedLater": "x", **columns})


@pytest.mark.parametrize("how", ["state", "asked_at", "attempts", "all"])
def test_a_repeated_delivery_whose_job_cannot_be_read_asks_once_more(receipts: ReceiptStore, how: str) -> None:
    receipts.receive(delivery())
    damage(receipts, f"job:{DATA_SET}", how)

    receipt = receipts.receive(delivery(received_at=LATER))

    found = job(receipts)
    assert (receipt.is_new, receipt.job) == (False, found)
    assert found is not None
    assert found.state is JobState.PENDING


@pytest.mark.parametrize("how", ["status", "first_seen_at", "keys", "all"])
def test_a_repeated_delivery_of_a_data_set_whose_record_cannot_be_read_asks_once_more(
    receipts: ReceiptStore, how: str
) -> None:
    receipts.receive(delivery())
    end(receipts, DataSetStatus.PUSHED)
    damage(receipts, f"dataset:{DATA_SET}", how)

    receipt = receipts.receive(delivery(received_at=LATER))

    assert (receipt.is_new, receipt.job) == (False, job(receipts))
    assert receipt.job is not None


def test_a_delivery_whose_answer_was_lost_and_whose_job_cannot_be_read_asks_anew(receipts: ReceiptStore) -> None:
    receipts.receive(delivery())
    damage(receipts, f"job:{DATA_SET}", "state")

    receipt = receipts.receive(delivery())

    assert (receipt.is_new, receipt.job) == (True, job(receipts))
    assert receipt.job is not None
