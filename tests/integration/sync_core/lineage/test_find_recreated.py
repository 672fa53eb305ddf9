"""A round of data sets whose asset was made anew: it ends with its time, and one that fails holds up no other."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import cast

import pytest

from sync_core.errors import TransientError
from sync_core.jobs.message import Message
from sync_core.lineage import find_recreated
from sync_core.lineage.record import DataSetRecord, DataSetStatus
from sync_core.lineage.webhook.delivery import Delivery
from sync_core.lineage.webhook.receipts import Receipt, ReceiptStore
from sync_core.runs.run_log import RunLog
from sync_core.storage.names import LINEAGE_QUEUE
from sync_core.storage.queues import Sendable, WorkQueue
from tests.kit.lineage_bench import LineageBench

IDS = [f"00000000-0000-0000-0000-00000000000{number}" for number in range(5)]


@dataclass
class SlowQueue(WorkQueue):
    """Takes each message; storage takes a while."""

    bench: LineageBench
    takes_s: float = 0.0
    name: str = LINEAGE_QUEUE
    sent: list[str] = field(default_factory=list)

    def send(self, message: Sendable, delay_s: float = 0) -> None:  # noqa: ARG002
        assert isinstance(message, Message)
        self.bench.clock.advance(self.takes_s)
        self.sent.extend(message.sends)


@dataclass(frozen=True)
class FailingReceipts:
    """Keeps what is found, but for one data set."""

    receipts: ReceiptStore
    fails_for: str = ""

    def receive(self, delivery: Delivery) -> Receipt:
        if delivery.data_set_id == self.fails_for:
            raise TransientError("storage is down")
        return self.receipts.receive(delivery)


@pytest.fixture
def recreated(bench: LineageBench) -> LineageBench:
    """Five data sets of an asset that has another guid now."""
    bench.sync_asset()
    (asset,) = bench.app.assets.all()
    for data_set_id in IDS:
        bench.app.data_sets.save(
            DataSetRecord(
                data_set_id=data_set_id,
                status=DataSetStatus.PUSHED,
                first_seen_at=bench.clock.now(),
                guid="g",
                asset_key=asset.key,
                asset_guid="of before",
            )
        )
    return bench


def rounds(bench: LineageBench, queue: SlowQueue, count: int, fails_for: str = "") -> list[int]:
    """Run so many times; return how many were sent until then."""
    sent, receipts = list[int](), FailingReceipts(bench.app.receipts, fails_for)
    find = replace(bench.app.find_recreated, queue=queue, receipts=cast("ReceiptStore", receipts))
    for _ in range(count):
        with suppress(TransientError):
            find.run(RunLog("run", bench.clock.now()))
        sent.append(len(queue.sent))
    return sent


def test_each_is_enqueued_once(recreated: LineageBench) -> None:
    queue = SlowQueue(recreated)
    assert rounds(recreated, queue, 3) == [5, 5, 5]
    assert queue.sent == IDS


@pytest.mark.parametrize("place", [0, 2, 4])
def test_one_that_fails_holds_up_no_other(recreated: LineageBench, place: int) -> None:
    queue = SlowQueue(recreated)
    rounds(recreated, queue, 2, fails_for=IDS[place])
    assert queue.sent == [one for one in IDS if one != IDS[place]]


def test_a_run_ends_with_its_time_and_the_next_one_goes_on(
    recreated: LineageBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_recreated, "FIND_TIME", timedelta(seconds=15))
    queue = SlowQueue(recreated, takes_s=10)
    assert rounds(recreated, queue, 3) == [2, 4, 5]
    assert queue.sent == IDS
