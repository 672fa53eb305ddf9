"""The webhook's handler over a store and a queue that live in memory, and the two ways to sign a delivery."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from pydantic import SecretStr
from standardwebhooks import Webhook

from sync_core.answer import HttpAnswer
from sync_core.jobs.message import Message
from sync_core.lineage.data_set_jobs import look_job, new_job
from sync_core.lineage.webhook.data_set_processed import DataSetProcessed
from sync_core.lineage.webhook.delivery import Delivery
from sync_core.lineage.webhook.empty_bodies import EmptyBodies
from sync_core.lineage.webhook.receipts import Receipt, ReceiptStore
from sync_core.runtime import Runtime
from sync_core.storage.queues import Sendable, WorkQueue
from tests.unit.sync_core.builders import NOW

DATA_SET_ID = "925268ec-8908-44e2-8d0c-d83fe50937d0"
OTHER_ID = "55036a5c-7406-4f21-aea5-4861ec5a58dc"
JSON = {"Content-Type": "application/json"}


class RememberedReceipts(ReceiptStore):
    """Keeps deliveries as the table does: the first of a key wins. Whatever was asked for is done at once."""

    def __init__(self) -> None:
        self.kept: dict[str, Delivery] = {}
        self.failure: Exception | None = None

    def receive(self, delivery: Delivery) -> Receipt:
        if self.failure:
            raise self.failure
        is_new = delivery.key not in self.kept
        self.kept.setdefault(delivery.key, delivery)
        now = delivery.received_at
        job = (look_job(now) if delivery.names_nothing else new_job(delivery.data_set_id, now)).sent(now)
        return Receipt(is_new, job if is_new or not delivery.is_named else None)

    def load(self, key: str) -> Delivery | None:
        if self.failure:
            raise self.failure
        return self.kept.get(key)


class RememberedMessages(WorkQueue):
    """Keeps messages in the order of their arrival."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.failure: Exception | None = None

    def send(self, message: Sendable, delay_s: float = 0) -> None:
        if self.failure:
            raise self.failure
        assert delay_s == 0
        assert isinstance(message, Message)
        self.sent.append(message)


class RememberedTrouble(EmptyBodies):
    """Keeps whether bodies that did not arrive were refused."""

    noted: list[bool]

    def __init__(self) -> None:
        object.__setattr__(self, "noted", [])  # the original is frozen

    def note(self, *, refused: bool) -> None:
        self.noted.append(refused)


@dataclass
class Receiver:
    """A webhook with these secrets, at a time that a test can move."""

    secrets: Sequence[str] = ()
    now: datetime = NOW
    deliveries: RememberedReceipts = field(default_factory=RememberedReceipts)
    queue: RememberedMessages = field(default_factory=RememberedMessages)
    trouble: RememberedTrouble = field(default_factory=RememberedTrouble)
    ids: "count[int]" = field(default_factory=count)

    def post(self, body: bytes, headers: Mapping[str, str] | None = None) -> HttpAnswer:
        """Let a body arrive as it is, its length declared; as JSON where no headers say otherwise."""
        return self.post_raw(body, {"Content-Length": str(len(body)), **(JSON if headers is None else headers)})

    def post_raw(self, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        """Let a body arrive with these headers and no others."""
        secrets = [SecretStr(secret) for secret in self.secrets]
        receive = DataSetProcessed(
            receipts=self.deliveries,
            queue=self.queue,
            secrets=secrets,
            empty_bodies=self.trouble,
            runtime=Runtime(now=lambda: self.now, new_id=lambda: str(next(self.ids))),
        )
        return receive.answer(headers, body)

    def send(self, headers: Mapping[str, str] | None = None, /, **members: Any) -> HttpAnswer:
        """Let an event arrive; it names the data set unless its members do."""
        return self.post(event(**members), {**JSON, **(headers or {})})

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was kept and nothing enqueued."""
        return not self.deliveries.kept and not self.queue.sent


def event(**members: Any) -> bytes:
    """The body of an event; `dataSetId` is there unless another spelling of it is given."""
    named = {name.lower().replace("_", "") for name in members}
    return json.dumps({**({} if "datasetid" in named else {"dataSetId": DATA_SET_ID}), **members}).encode()


def sign_standard(secret: str, body: bytes, message_id: str = "msg_1", at: datetime = NOW) -> dict[str, str]:
    """Sign as Standard Webhooks says, by its own library."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body.decode()),
    }


def sign_now(secret: str, body: bytes, message_id: str = "msg_1") -> dict[str, str]:
    """The same at this moment, for an app whose clock is the machine's."""
    return sign_standard(secret, body, message_id, datetime.now(UTC))


def sign_hex(key: str, body: bytes) -> dict[str, str]:
    """Sign with the hex HMAC of the raw body."""
    return {"X-CluedIn-Signature": hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}


def said(answer: HttpAnswer) -> Any:
    """The answer's body."""
    return json.loads(answer.body)


def refused_field(answer: HttpAnswer) -> str:
    """The field that a refusal names, after a look at the refusal's form (RFC 9457)."""
    assert answer.media_type == "application/problem+json"
    body = said(answer)
    assert body["status"] == answer.status == 400
    assert body["title"] == "Bad Request"
    assert body["type"] == "about:blank"
    assert body["field"] in body["detail"]
    return str(body["field"])
