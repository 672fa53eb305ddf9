"""What stands in the poison queues is taken, whatever it holds: the work it names is woken, the rest is a letter."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from azure.storage.queue import QueueClient, QueueServiceClient

from sync_core.domain.asset import AssetStatus
from sync_core.domain.data_set import DataSetStatus
from sync_core.domain.ledger import request_ledger
from sync_core.domain.message import AssetMessage, DataSetMessage
from sync_core.domain.run import RunKind
from sync_core.flows.run_log import RunLog
from sync_core.state.names import (
    ASSET_QUEUE,
    DATA_SETS_TABLE,
    DELIVERIES_TABLE,
    LINEAGE_QUEUE,
    POISON_SUFFIX,
    QUEUES,
)
from tests.integration.sync_core.lineage.bench import CUSTOMERS, LineageBench

KEY = "0" * 32
DATA_SET = "0b8b2d52-7f5f-4b1c-9d3e-111111111111"


def encoded(body: str | bytes) -> str:
    return base64.b64encode(body.encode() if isinstance(body, str) else body).decode()


# As they stood in the queue, and as the letter shows them.
UNREADABLE = {
    "not base64": ("neither base64 nor JSON!", "neither base64 nor JSON!"),
    "a word that might be base64": ("hello123", "hello123"),
    "empty": ("", ""),
    "not UTF-8": (encoded(b"\xff\xfe\x00"), encoded(b"\xff\xfe\x00")),
    "JSON of others": (encoded('{"dequeueCount": "x"}'), '{"dequeueCount": "x"}'),
    "JSON without base64": ('{"dequeueCount": "x"}', '{"dequeueCount": "x"}'),
    "huge": ("!" * 65_536, "!" * 4_000),
    "huge, encoded": (encoded("!" * 49_000), "!" * 4_000),
    "XML": ("<QueueMessage>&amp;</QueueMessage>", "<QueueMessage>&amp;</QueueMessage>"),
    "emoji": ("😀", "😀"),
}


@contextmanager
def poison_of(bench: LineageBench, queue: str) -> Iterator[QueueClient]:
    with QueueServiceClient.from_connection_string(bench.storage) as queues:
        client = queues.get_queue_client(queue + POISON_SUFFIX)
        if queue + POISON_SUFFIX not in [one.name for one in queues.list_queues()]:
            client.create_queue()
        yield client


def reconcile(bench: LineageBench, queue: str, *contents: str) -> RunLog:
    """Let the host give messages up, and the app take them; nothing may be left."""
    log = RunLog("run-2", datetime.now(UTC))
    with poison_of(bench, queue) as poison:
        for content in contents:
            poison.send_message(content)
        take = bench.app._take_poison
        (take.take_assets if queue == ASSET_QUEUE else take.take_data_sets)(log)
        assert poison.get_queue_properties().approximate_message_count == 0
    return log


def queued_asset(bench: LineageBench) -> str:
    """Return the key of an asset whose message is under way."""
    bench.sync_asset()
    (record,) = bench.app._assets.all()
    bench.app._assets.change(record.key, lambda one: one.queued_again(datetime.now(UTC), "run-1"))
    return record.key


def is_due(bench: LineageBench, key: str) -> bool:
    return key in [stored.todo.key for stored in bench.app._assets.due(datetime.now(UTC))]


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize(("content", "shown"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_names_no_work_becomes_a_letter_that_shows_it(
    bench: LineageBench, queue: str, content: str, shown: str
) -> None:
    reconcile(bench, queue, content, content)

    (letter,) = bench.letters()
    assert (letter.queue, letter.cause_class, letter.payload, letter.attempts) == (queue, "unreadable", shown, 2)


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(encoded, id="as sent"),
        pytest.param(lambda text: text, id="without base64"),
        pytest.param(lambda text: encoded(json.dumps({**json.loads(text), "dequeueCount": "x"})), id="dequeueCount"),
    ],
)
def test_an_asset_whose_message_was_given_up_is_woken(bench: LineageBench, wrap: Callable[[str], str]) -> None:
    key = queued_asset(bench)
    message = AssetMessage(asset_key=key).to_json()
    assert not is_due(bench, key)

    log = reconcile(bench, ASSET_QUEUE, *[wrap(message)] * 13)

    assert log.counts["assets_woken"] == 13
    assert is_due(bench, key)
    assert bench.app._assets.times_put_back(key) == 0
    assert bench.letters() == []


@pytest.mark.parametrize("status", [AssetStatus.SYNCED, AssetStatus.FAILED, AssetStatus.RETIRED, AssetStatus.REJECTED])
def test_an_asset_that_is_not_outstanding_is_left_alone(bench: LineageBench, status: AssetStatus) -> None:
    key = queued_asset(bench)
    record = bench.app._assets.change(key, lambda one: one.model_copy(update={"status": status}))

    reconcile(bench, ASSET_QUEUE, encoded(AssetMessage(asset_key=key).to_json()))

    stored = bench.app._assets.load(key)
    assert stored is not None
    assert stored.record == record
    assert not is_due(bench, key)
    assert bench.letters() == []


def test_an_asset_that_is_not_recorded_is_told(bench: LineageBench) -> None:
    reconcile(bench, ASSET_QUEUE, encoded(AssetMessage(asset_key=KEY).to_json()))

    assert [letter.cause_class for letter in bench.letters()] == ["unknown_asset"]


def test_an_asset_whose_record_cannot_be_read_is_told_and_not_woken(bench: LineageBench) -> None:
    row = {"PartitionKey": "assets", "RowKey": f"record:{KEY}", "key": KEY, "status": "of a newer app"}
    bench.app._assets.table.merge(row)

    reconcile(bench, ASSET_QUEUE, encoded(AssetMessage(asset_key=KEY).to_json()))

    (letter,) = bench.letters()
    assert (letter.cause_class, json.loads(letter.payload)["assetKey"]) == ("state", KEY)
    assert not is_due(bench, KEY)


@pytest.fixture
def data_set_id(bench: LineageBench) -> str:
    """A processed data set that was not pushed yet, with one open delivery."""
    found = bench.load(bench.sync_asset(CUSTOMERS))
    bench.deliver(found, eventId="evt_1")
    with QueueServiceClient.from_connection_string(bench.storage) as queues:
        queues.get_queue_client(LINEAGE_QUEUE).clear_messages()
    return found


def message_of(bench: LineageBench, data_set_id: str) -> str:
    (delivery,) = bench.open_deliveries()
    return encoded(DataSetMessage(data_set_id=data_set_id, delivery_key=delivery.key).to_json())


def resent(bench: LineageBench) -> int:
    """Send what counts as lost, while another message hides that the queue has lost any."""
    bench.app._lineage_queue.send(DataSetMessage(data_set_id=DATA_SET), delay_s=3600)
    log = RunLog("run-3", datetime.now(UTC))
    bench.app._heal.resend_deliveries(log)
    return log.counts["deliveries_resent"]


def test_a_data_set_whose_message_was_given_up_is_woken_once_however_many_there_are(
    bench: LineageBench, data_set_id: str
) -> None:
    assert resent(bench) == 0

    reconcile(bench, LINEAGE_QUEUE, *[message_of(bench, data_set_id)] * 13)

    assert resent(bench) == 1
    bench.work()
    assert bench.record(data_set_id).status is DataSetStatus.PUSHED
    assert bench.letters() == []


def test_a_data_set_whose_delivery_is_done_is_left_alone(bench: LineageBench, data_set_id: str) -> None:
    message = message_of(bench, data_set_id)
    bench.app._heal.resend_deliveries(RunLog("run-3", datetime.now(UTC)))
    bench.work()

    reconcile(bench, LINEAGE_QUEUE, message)

    assert not bench.open_deliveries()
    assert not bench.letters()


def test_a_data_set_whose_delivery_is_lost_is_read_again(bench: LineageBench, data_set_id: str) -> None:
    message = message_of(bench, data_set_id)
    table = bench.app._deliveries.table
    for row in list(table.rows("PartitionKey eq 'deliveries'", {})):
        table.delete("deliveries", str(row["RowKey"]))

    reconcile(bench, LINEAGE_QUEUE, message, message)

    assert len(bench.open_deliveries()) == 1
    assert resent(bench) == 1


def test_a_dead_data_set_is_not_brought_back_by_a_message_without_a_delivery(
    bench: LineageBench, data_set_id: str
) -> None:
    bench.fault("Entity_BulkCreateOrUpdate", status=400, body={"errorCode": "ATLAS-400-00-01A", "errorMessage": "no"})
    bench.app._heal.resend_deliveries(RunLog("run-3", datetime.now(UTC)))
    bench.work()
    assert bench.record(data_set_id).status is DataSetStatus.FAILED

    reconcile(bench, LINEAGE_QUEUE, encoded(DataSetMessage(data_set_id=data_set_id).to_json()))

    assert not bench.open_deliveries()
    assert [letter.cause_class for letter in bench.letters()] == ["rejected"]


@pytest.mark.parametrize("table", [DATA_SETS_TABLE, DELIVERIES_TABLE])
def test_a_data_set_whose_state_cannot_be_read_is_told_and_asked_for_no_more(
    bench: LineageBench, data_set_id: str, table: str
) -> None:
    message = message_of(bench, data_set_id)
    (delivery,) = bench.open_deliveries()
    kind, key = ("datasets", f"dataset:{data_set_id}")
    if table == DELIVERIES_TABLE:
        kind, key = ("deliveries", f"delivery:{delivery.key}")
    bench.app._table(table).merge({"PartitionKey": kind, "RowKey": key, "status": "of a newer app"})

    reconcile(bench, LINEAGE_QUEUE, message)

    (letter,) = bench.letters()
    assert (letter.cause_class, letter.subject) == ("state", data_set_id)
    assert not bench.open_deliveries()


def test_many_messages_cost_few_requests(bench: LineageBench) -> None:
    """One request for 32 messages, and for each the reading and the writing of its letter, and its end."""
    with request_ledger() as requests:
        reconcile(bench, ASSET_QUEUE, *[f"message {number}!" for number in range(40)])

    assert requests["storage"] <= 40 * 3 + 4


def test_one_message_that_cannot_be_kept_does_not_hide_those_behind_it(bench: LineageBench) -> None:
    taken: list[bytes] = []

    def record(body: bytes) -> None:
        if body == b"!1":
            raise ZeroDivisionError
        taken.append(body)

    with poison_of(bench, ASSET_QUEUE) as poison:
        for number in range(3):
            poison.send_message(f"!{number}")
        with pytest.raises(ZeroDivisionError):
            bench.app._take_poison.asset_poison.drain(record)
        assert poison.get_queue_properties().approximate_message_count == 1
    assert taken == [b"!0", b"!2"]


def test_a_reconciliation_empties_both_and_sends_what_they_name_at_once(bench: LineageBench, data_set_id: str) -> None:
    message = message_of(bench, data_set_id)
    for queue, content in ((ASSET_QUEUE, "?"), (LINEAGE_QUEUE, message)):
        with poison_of(bench, queue) as poison:
            poison.send_message(content)

    bench.app.reconcile.run()

    (run,) = bench.app._runs.latest(RunKind.RECONCILE, 1)
    assert (run.counts["poison_taken"], run.counts["deliveries_woken"], run.counts["deliveries_resent"]) == (2, 1, 1)
    bench.work()
    assert bench.record(data_set_id).status is DataSetStatus.PUSHED
