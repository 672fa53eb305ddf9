"""Calls our webhook as CluedIn would: a connection test, signed POSTs, retries; and keeps a log of all that."""

from __future__ import annotations

import binascii
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Self
from uuid import uuid4

import requests
from pydantic import BaseModel, ConfigDict, Field, model_validator
from standardwebhooks.webhooks import EmptyWebhookSecretError

from local.cluedin.behaviour.signatures import sign

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.simulation import Clock

DATA_SET_PROCESSED = "data_set.processed"
_POLL_S = 0.02


class WebhookTarget(BaseModel):
    """Where and how to call. Source for time-out, HEAD and repeats: docs/vendors/cluedin.md, 4.4."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = None
    """With `?code=...` where the receiver wants a function key; None: nobody is called."""
    authorization: str | None = None
    """Sent verbatim as the Authorization header, as CluedIn's HTTP export target does."""
    secrets: tuple[str, ...] = ()
    signatures: tuple[Literal["standard", "cluedin"], ...] = ("standard", "cluedin")
    """Which schemes to sign with, when there are secrets."""
    timeout_s: float = Field(default=10.0, gt=0)
    retry_delays_s: tuple[float, ...] = (0.2, 0.5, 1.0)
    connection_test: bool = True
    """HEAD on the URL, without an Authorization header, before the first delivery."""

    @model_validator(mode="after")
    def _secrets_can_sign(self) -> Self:
        try:
            sign(b"", "msg", datetime.now(UTC), self.secrets, self.signatures)
        except (EmptyWebhookSecretError, binascii.Error) as error:
            raise ValueError(f"secrets must be base64, with or without whsec_ before it: {error}") from error
        return self


class DeliveryState(StrEnum):
    """How a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class Attempt:
    """One request to the receiver: its status, or the error that came in its place."""

    method: Literal["HEAD", "POST"]
    at: str
    duration_ms: float
    status: int | None = None
    error: str | None = None

    @property
    def is_success(self) -> bool:
        """Only 2xx counts."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - the range of HTTP success


@dataclass
class Delivery:
    """One event on its way to the receiver."""

    id: str
    body: bytes
    not_before: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: list[Attempt] = field(default_factory=list)

    def dump(self) -> dict[str, Any]:
        """{id, state, body, attempts: [{method, at, duration_ms, status, error}]}."""
        return {
            "id": self.id,
            "state": self.state.value,
            "body": self.body.decode(errors="replace"),
            "attempts": [vars(attempt) for attempt in self.attempts],
        }


def compose_event(data_set_id: str, event_id: str, processed_at: datetime) -> bytes:
    """The body: {"dataSetId", "event", "eventId", "processedAt"}. Source: docs/lineage.md, The webhook."""
    event = {
        "dataSetId": data_set_id,
        "event": DATA_SET_PROCESSED,
        "eventId": event_id,
        "processedAt": processed_at.isoformat(),
    }
    return json.dumps(event).encode()


class Webhook:
    """Delivers events in the background, up to four at once."""

    def __init__(self, clock: Clock, target: WebhookTarget) -> None:
        self._clock = clock
        self._first_target = self.target = target
        self._start()

    def reset(self) -> None:
        """Give up what is under way, forget the log, go back to the first target."""
        self.close()
        self.target = self._first_target
        self._start()

    def close(self) -> None:
        """Give up what is under way and wait for the workers to end."""
        self._stopped.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def deliver(self, body: bytes, *, delivery_id: str | None = None, not_before: datetime | None = None) -> Delivery:
        """Send a body in the background, not before a time of the simulator's clock; the same id may be sent again."""
        delivery = Delivery(delivery_id or f"msg_{uuid4().hex}", body, not_before or self._clock.now())
        self.deliveries.append(delivery)
        if self.target.url is not None:
            self._pool.submit(self._run, delivery, self.target, self._stopped)
        return delivery

    def test_connection(self) -> Attempt:
        """Send the HEAD which CluedIn's connection test sends.

        Raises:
            ValueError: when no URL is set.
        """
        if self.target.url is None:
            raise ValueError("no webhook url is set")
        return self._send("HEAD", self.target.url, self.target, {}, None)

    def wait_until_idle(self, timeout_s: float = 10.0) -> bool:
        """Wait until nothing is pending; False when the time is over first."""
        deadline = time.monotonic() + timeout_s
        while self._is_busy():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_S)
        return True

    def _start(self) -> None:
        self.deliveries: list[Delivery] = []
        self._stopped = threading.Event()
        self._tested_url: str | None = None
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="cluedin-webhook")

    def _is_busy(self) -> bool:
        return self.target.url is not None and any(
            delivery.state is DeliveryState.PENDING for delivery in self.deliveries
        )

    def _run(self, delivery: Delivery, target: WebhookTarget, stopped: threading.Event) -> None:
        while self._clock.now() < delivery.not_before and not stopped.wait(_POLL_S):
            """Processing is still under way."""
        for delay_s in (0.0, *target.retry_delays_s):
            if stopped.wait(delay_s):
                return
            if self._attempt(delivery, target):
                delivery.state = DeliveryState.DELIVERED
                return
        delivery.state = DeliveryState.FAILED

    def _attempt(self, delivery: Delivery, target: WebhookTarget) -> bool:
        url = str(target.url)
        if target.connection_test and self._tested_url != url:
            test = self._send("HEAD", url, target, {}, None)
            delivery.attempts.append(test)
            if not test.is_success:
                return False
            self._tested_url = url
        headers = {"Content-Type": "application/json", **self._sign(delivery, target)}
        if target.authorization is not None:
            headers["Authorization"] = target.authorization
        post = self._send("POST", url, target, headers, delivery.body)
        delivery.attempts.append(post)
        return post.is_success

    def _sign(self, delivery: Delivery, target: WebhookTarget) -> dict[str, str]:
        """Sign anew for each attempt, by the machine's clock: it is the receiver's clock that judges the time."""
        return sign(delivery.body, delivery.id, datetime.now(UTC), target.secrets, target.signatures)

    def _send(
        self,
        method: Literal["HEAD", "POST"],
        url: str,
        target: WebhookTarget,
        headers: dict[str, str],
        body: bytes | None,
    ) -> Attempt:
        at, started = self._clock.now().isoformat(), time.perf_counter()
        status, error = _call(
            lambda: requests.request(
                method,
                url,
                data=body,
                headers=headers,
                timeout=target.timeout_s,
                allow_redirects=False,
            )
        )
        return Attempt(method, at, round((time.perf_counter() - started) * 1000, 2), status, error)


def _call(send: Callable[[], requests.Response]) -> tuple[int | None, str | None]:
    """Send; a time-out or a refused connection is an outcome here, told by its kind (its text holds the URL's key)."""
    try:
        return send().status_code, None
    except requests.RequestException as error:
        return None, type(error).__name__
