"""Many senders at once, some of them wrong, some of them twice: nothing is lost and nobody is turned away.

The whole measure, 2,000 deliveries, is taken with `DELIVERIES=2000 pytest -s` on this file; the rates are printed.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

from sync_core.app import App
from sync_core.jobs.message import DataSetMessage
from sync_core.storage.connection import Patience
from tests.kit.lineage_bench import LineageBench

DELIVERIES = int(os.environ.get("DELIVERIES", "300"))
DUPLICATES, MALFORMED = 0.3, 0.1
SENDERS = 32
HEADERS = {"Content-Type": "application/json"}
# The emulator shares a busy machine with the senders; how long it takes is not what is tested here.
PATIENT = Patience(retries=1, backoff_s=0.2, timeout_s=60)


def test_of_many_deliveries_at_once_none_is_lost(bench: LineageBench) -> None:
    bodies = make_bodies(random.Random(4))  # noqa: S311  # the same each time
    app = replace(bench.app, patience=PATIENT)
    receive = app.data_set_processed
    receive.answer(HEADERS, b'{"dataSetId": "00000000-0000-0000-0000-000000000000"}')  # makes table and queue

    started = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as senders:
        answers = list(senders.map(lambda body: receive.answer(HEADERS, body), bodies))
    took_s = time.perf_counter() - started

    statuses = Counter(answer.status for answer in answers)
    assert statuses == {202: DELIVERIES - round(DELIVERIES * MALFORMED), 400: round(DELIVERIES * MALFORMED)}
    accepted = [json.loads(answer.body)["deliveryId"] for answer in answers if '"accepted"' in answer.body]
    expected = {json.loads(body)["eventId"] for body in bodies if b"eventId" in body}
    assert sorted(accepted) == sorted(expected)
    receipts = {"first": "receipt:", "last": "receipt;"}
    rows = bench.app.data_sets.table.rows("RowKey ge @first and RowKey lt @last", receipts)
    kept = {str(row["delivery_id"]) for row in rows}
    assert expected < kept
    assert len(bench.outstanding()) == len({json.loads(body)["dataSetId"] for body in bodies if b"eventId" in body}) + 1
    queued_s = time_bare_sends(app, statuses[202])
    rates = f"{DELIVERIES / took_s:.0f} a second, bare sends {statuses[202] / queued_s:.0f} a second"
    sys.stdout.write(f"\n{DELIVERIES} deliveries, {SENDERS} at once: {rates}\n")


def make_bodies(chance: random.Random) -> list[bytes]:
    """Different events, some of them again, some that no one can read."""
    malformed = round(DELIVERIES * MALFORMED)
    duplicates = round(DELIVERIES * DUPLICATES)
    events = [
        json.dumps({"dataSetId": str(UUID(int=number + 1)), "eventId": f"evt_{number}"}).encode()
        for number in range(DELIVERIES - malformed - duplicates)
    ]
    wrong = (b"{", b"[]", b'{"dataSetId": 7}', b"\xff")
    bodies = [*events, *chance.choices(events, k=duplicates), *(wrong[n % 4] for n in range(malformed))]
    chance.shuffle(bodies)
    return bodies


def time_bare_sends(app: App, count: int) -> float:
    """How long the queue alone takes for as many messages, from as many threads."""
    message = DataSetMessage(data_set_id=str(UUID(int=1)))
    started = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(lambda _: app.lineage_queue.send(message), range(count)))
    return time.perf_counter() - started
