"""What stands in the poison queues is taken, whatever it holds: the work it names is woken, the rest is a letter."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from azure.storage.queue import QueueClient, QueueServiceClient

from sync_core.jobs.message import AssetMessage, DataSetMessage
from sync_core.ledger import request_ledger
from sync_core.lineage.record import DataSetStatus
from sync_core.runs.run import RunKind
from sync_core.runs.run_log import RunLog
from sync_core.storage.names import ASSET_QUEUE, LINEAGE_QUEUE, POISON_SUFFIX, QUEUES
from tests.hasty_clock import HastyClock
from tests.kit.lineage_bench import CUSTOMERS, LineageBench

pytestmark = pytest.mark.faults

KEY = "0" * 32


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
        bench.app.drain_poison_queues.run(log)
        assert poison.get_queue_properties().approximate_message_count == 0
    return log


def queued_asset(bench: LineageBench) -> str:
    """Return the key of an asset whose message is under way."""
    bench.sync_asset()
    (record,) = bench.app.assets.all()
    now = datetime.now(UTC)
    assert bench.app.assets.ask_again(record.key, lambda one: one.queued_again(now, "run-1"), "run-1", now)
    return record.key


def sends(bench: LineageBench, key: str) -> int:
    """How many messages of an asset's job were sent."""
    stored = bench.app.asset_jobs.load(key)
    return stored.job.sends if stored else 0


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize(("content", "shown"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_names_no_work_becomes_a_letter_that_shows_it(
    bench: LineageBench, queue: str, content: str, shown: str
) -> None:
    reconcile(bench, queue, content, content)

    (dead_letter,) = bench.dead_letters()
    assert (dead_letter.queue, dead_letter.cause_class, dead_letter.payload, dead_letter.attempts) == (
        queue,
        "unreadable",
        shown,
        2,
    )


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
    message = AssetMessage.of(key).to_json()

    log = reconcile(bench, ASSET_QUEUE, wrap(message))

    assert log.counts["poison_taken"] == 1
    assert sends(bench, key) == 2
    assert bench.dead_letters() == []


def test_an_asset_that_is_not_outstanding_is_left_alone(bench: LineageBench) -> None:
    bench.sync_asset()
    (record,) = bench.app.assets.all()

    reconcile(bench, ASSET_QUEUE, encoded(AssetMessage.of(record.key).to_json()))

    assert list(bench.app.assets.all()) == [record]
    assert (sends(bench, record.key), bench.dead_letters()) == (0, [])


def test_an_asset_that_a_worker_is_at_is_left_to_it(bench: LineageBench) -> None:
    key = queued_asset(bench)
    stored = bench.app.asset_jobs.load(key)
    assert stored is not None
    bench.app.asset_jobs.claim(stored, stored.job, "a worker", None)

    reconcile(bench, ASSET_QUEUE, encoded(AssetMessage.of(key).to_json()))

    assert sends(bench, key) == 1


def test_a_message_of_what_has_no_job_is_dropped(bench: LineageBench) -> None:
    reconcile(bench, ASSET_QUEUE, encoded(AssetMessage.of(KEY).to_json()))

    assert bench.dead_letters() == []


def test_a_job_that_cannot_be_read_is_told_and_not_woken(bench: LineageBench) -> None:
    bench.app.assets.table.merge({"PartitionKey": "assets", "RowKey": f"job:{KEY}", "state": "of a newer app"})

    reconcile(bench, ASSET_QUEUE, encoded(AssetMessage.of(KEY).to_json()))

    (dead_letter,) = bench.dead_letters()
    assert (dead_letter.cause_class, json.loads(dead_letter.payload)["assets"][0]["key"]) == ("state", KEY)


@pytest.fixture
def data_set_id(bench: LineageBench) -> str:
    """A processed data set that was not pushed yet, with one open delivery."""
    found = bench.load(bench.sync_asset(CUSTOMERS))
    bench.deliver(found, eventId="evt_1")
    with QueueServiceClient.from_connection_string(bench.storage) as queues:
        queues.get_queue_client(LINEAGE_QUEUE).clear_messages()
    return found


def message_of(data_set_id: str) -> str:
    return encoded(DataSetMessage(data_set_id=data_set_id).to_json())


def test_a_data_set_whose_message_was_given_up_is_woken(bench: LineageBench, data_set_id: str) -> None:
    reconcile(bench, LINEAGE_QUEUE, message_of(data_set_id))

    assert bench.work() == 1
    assert bench.record(data_set_id).status is DataSetStatus.PUSHED
    assert bench.dead_letters() == []


def test_many_copies_of_a_message_that_was_given_up_do_the_work_once(bench: LineageBench, data_set_id: str) -> None:
    reconcile(bench, LINEAGE_QUEUE, *[message_of(data_set_id)] * 13)
    since = bench.cluedin.log.last_seq

    bench.work()

    assert bench.record(data_set_id).status is DataSetStatus.PUSHED
    assert len([one for one in bench.cluedin.log.since(since) if str(one.operation).endswith("dataSet")]) == 1


def test_a_data_set_whose_work_is_done_is_left_alone(bench: LineageBench, data_set_id: str) -> None:
    bench.push(data_set_id)

    reconcile(bench, LINEAGE_QUEUE, message_of(data_set_id))

    assert not bench.outstanding()
    assert not bench.dead_letters()
    assert bench.work() == 0


def test_a_dead_data_set_is_not_brought_back_by_its_message(bench: LineageBench, data_set_id: str) -> None:
    bench.purview_fault(
        "Entity_BulkCreateOrUpdate", status=400, body={"errorCode": "ATLAS-400-00-01A", "errorMessage": "no"}
    )
    bench.push(data_set_id)
    assert bench.record(data_set_id).status is DataSetStatus.FAILED

    reconcile(bench, LINEAGE_QUEUE, message_of(data_set_id))

    assert not bench.outstanding()
    assert [dead_letter.cause_class for dead_letter in bench.dead_letters()] == ["rejected"]


def test_a_data_set_whose_record_cannot_be_read_is_a_letter_by_its_own_attempt(
    bench: LineageBench, data_set_id: str
) -> None:
    row = {"PartitionKey": "datasets", "RowKey": f"dataset:{data_set_id}", "status": "of a newer app"}
    bench.app.data_sets.table.merge(row)

    reconcile(bench, LINEAGE_QUEUE, message_of(data_set_id))
    bench.work()

    (dead_letter,) = bench.dead_letters()
    assert (dead_letter.cause_class, dead_letter.subject) == ("state", data_set_id)
    assert not bench.outstanding()


def test_many_messages_cost_few_requests(bench: LineageBench) -> None:
    """One request for 32 messages, and for each the reading and the writing of its letter, and its end."""
    with request_ledger() as requests:
        reconcile(bench, ASSET_QUEUE, *[f"message {number}!" for number in range(40)])

    assert requests["storage"] <= 40 * 2 + 6


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
            bench.app.drain_poison_queues.poisons[0].queue.drain(record)
        assert poison.get_queue_properties().approximate_message_count == 1
    assert taken == [b"!0", b"!2"]


def test_a_reconciliation_empties_both_and_sends_what_they_name_at_once(bench: LineageBench, data_set_id: str) -> None:
    message = message_of(data_set_id)
    for queue, content in ((ASSET_QUEUE, "?"), (LINEAGE_QUEUE, message)):
        with poison_of(bench, queue) as poison:
            poison.send_message(content)

    bench.app.reconcile.run()

    (run,) = bench.app.runs.latest(RunKind.RECONCILE, 1)
    assert (run.counts["poison_taken"], run.counts["queued"]) == (2, 1)
    bench.work()
    assert bench.record(data_set_id).status is DataSetStatus.PUSHED


@pytest.mark.parametrize("queue", QUEUES)
def test_more_than_there_is_time_for_is_left_to_the_next_run(bench: LineageBench, queue: str) -> None:
    clock = HastyClock(bench.clock.now, timedelta(seconds=4))
    log = RunLog("run-2", bench.clock.now())
    with poison_of(bench, queue) as poison:
        for number in range(20):
            poison.send_message(f"no work {number}")
        replace(bench.app.drain_poison_queues, clock=clock).run(log)
        assert 0 < log.counts["poison_taken"] < 20
        assert poison.get_queue_properties().approximate_message_count == 20 - log.counts["poison_taken"]
