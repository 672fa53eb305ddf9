"""What it costs to acknowledge a delivery of the webhook, against a bare send to a queue."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from statistics import median, quantiles
from uuid import uuid4

from local.stack import WEBHOOK_SECRET
from sync_core.app import App
from sync_core.jobs.job import Job
from sync_core.jobs.message import DataSetMessage
from sync_core.jobs.wake_up import SendSoon
from sync_core.storage.connection import INTERACTIVE, StorageConnection
from sync_core.storage.queues import WorkQueue
from sync_core.storage.rows import to_row
from sync_core.storage.table import Table, insert
from tests.bench.rig import STORAGE, BenchedApp, Rig

DELIVERIES = 320
WARM_UP = 10
COUNTED = 20
Delivery = tuple[dict[str, str], bytes]
Act = Callable[[Delivery], None]


@dataclass(frozen=True)
class Cost:
    """Times of one kind of call, and its storage operations."""

    name: str
    times_s: Sequence[float]
    storage_operations: float

    @property
    def median_s(self) -> float:
        """Half of the calls were faster."""
        return median(self.times_s)

    @property
    def percentile_95_s(self) -> float:
        """19 of 20 calls were faster."""
        return quantiles(self.times_s, n=20)[-1]


def measure(rig: Rig, callers: int = 1) -> list[Cost]:
    """Time calls of each kind in turns, so that a busy moment hits all alike; of so many callers at once."""
    benched = rig.new_app()
    bare, behind = make_bare_calls(benched), Behind()
    in_all, timed_act = make_acknowledge(benched.app), make_acknowledge(replace(benched.app, wake_up=behind))
    acts = {**bare, "new delivery": timed_act, "the same once more": timed_act}
    counted_acts = {**bare, "new delivery": in_all, "the same once more": in_all}
    rounds = [[new_delivery() for _ in range(callers)] for _ in range(WARM_UP + DELIVERIES // callers)]
    with ThreadPoolExecutor(callers) as pool:
        turns = [[behind.over(pool.map(partial(_time, act), each)) for act in acts.values()] for each in rounds]
    counting = turns[WARM_UP:]
    times = [[each[number][caller] for number in range(len(acts))] for each in counting for caller in range(callers)]
    counted = [new_delivery() for _ in range(COUNTED)]
    operations = [_count(rig, act, counted) for act in counted_acts.values()]
    return [Cost(*cost) for cost in zip(acts, zip(*times, strict=True), operations, strict=True)]


class Behind:
    """Sends messages behind the answers, and is through with them before anything else is timed."""

    def __init__(self) -> None:
        self._soon = SendSoon()

    def __call__(self, queue: WorkQueue, job: Job) -> None:
        self._soon(queue, job)

    def over(self, times_s: Iterable[float]) -> list[float]:
        """Return the times once all is sent."""
        found = list(times_s)
        self._soon.finish()
        self._soon = SendSoon()
        return found


def make_bare_calls(benched: BenchedApp) -> dict[str, Act]:
    """Return what a delivery cannot do without: one message, one transaction; through the same clients."""
    storage = StorageConnection(benched.storage, patience=INTERACTIVE)
    queue, table = WorkQueue(storage.queues, "bench"), Table(storage.tables, "bench")
    message = DataSetMessage(data_set_id=str(uuid4()), delivery_key=uuid4().hex)

    def send(_: Delivery) -> None:
        queue.send(message)

    def transact(_: Delivery) -> None:
        rows = [to_row("bench", f"{name}:{uuid4().hex}", message) for name in ("delivery", "open")]
        table.transact([insert(row) for row in rows])

    return {"bare send to a queue": send, "bare transaction of two rows": transact}


def new_delivery() -> Delivery:
    """Make a signed delivery: headers and body."""
    body = json.dumps({"dataSetId": str(uuid4()), "eventId": f"msg_{uuid4().hex}"}).encode()
    signature = hmac.new(WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "X-CluedIn-Signature": signature}, body


def make_acknowledge(app: App) -> Act:
    """Return what the webhook does with a delivery.

    Raises:
        RuntimeError: when it is called, and the delivery is not taken.
    """
    receive = app.data_set_processed

    def acknowledge(delivery: Delivery) -> None:
        answer = receive.answer(*delivery)
        if answer.status != HTTPStatus.ACCEPTED:
            raise RuntimeError(f"a delivery was answered {answer.status}: {answer.body}")

    return acknowledge


def _time(act: Act, delivery: Delivery) -> float:
    started_s = time.perf_counter()
    act(delivery)
    return time.perf_counter() - started_s


def _count(rig: Rig, act: Act, deliveries: Sequence[Delivery]) -> float:
    with rig.counted() as counts:
        for delivery in deliveries:
            act(delivery)
    return counts[STORAGE] / len(deliveries)
