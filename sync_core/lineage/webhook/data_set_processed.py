"""Takes a delivery of the webhook: check it, store it, and only then say so.

The body is a hint. What is written to Purview is read from CluedIn's API, so a forged body can at most cause a harmless
re-read. What it asks for is stored with it, in one transaction: its message is a wake-up, which a tick makes good.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from pydantic import SecretStr

from sync_core.answer import HttpAnswer, json_answer, problem, refuse_body
from sync_core.errors import RejectedError, StateError, SyncError
from sync_core.jobs.wake_up import WakeUp, send_or_leave
from sync_core.lineage.webhook.bodiless import lost_its_body
from sync_core.lineage.webhook.body import DeliveryBody, parse_body
from sync_core.lineage.webhook.delivery import Delivery, bodiless_delivery, delivery_key
from sync_core.lineage.webhook.empty_bodies import EmptyBodies
from sync_core.lineage.webhook.receipts import ReceiptStore
from sync_core.lineage.webhook.signatures import is_id_signed, is_signed, is_signed_long_ago
from sync_core.logs import get_logger
from sync_core.runtime import Runtime
from sync_core.storage.queues import WorkQueue
from sync_core.telemetry.spans import Attribute, span

logger = get_logger(__name__)

RETRY_AFTER_S = "10"
LONGEST_ID = 200  # kept and answered; the key is made of the whole id
# Without an id, the same body within the same hour is taken for the same delivery.
WINDOW_S = 3600


UNVERIFIABLE = (
    "No body arrived, so that no signature can be verified: the Functions host drops a body that is sent with "
    "Transfer-Encoding: chunked. Expected a Content-Length."
)


@dataclass(frozen=True)
class DataSetProcessed:
    """Answers the webhook."""

    receipts: ReceiptStore
    queue: WorkQueue
    secrets: Sequence[SecretStr]
    empty_bodies: EmptyBodies
    runtime: Runtime
    wake_up: WakeUp = send_or_leave

    def answer(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Answer one POST. One storage operation, and the message behind it; nothing is asked of CluedIn or Purview."""
        headers = {name.lower(): value for name, value in headers.items()}
        if lost_its_body(headers, body):
            return self._answer_bodiless()
        refusal = refuse_body(headers, body)
        if refusal:
            return refusal
        if self.secrets and not is_signed(headers, body, self._texts, self.runtime.now()):
            return self._answer_unsigned(headers, body)
        try:
            content = parse_body(body)
        except RejectedError as error:
            return _malformed(error)
        return self._accept(self._new_delivery(headers, body, content))

    @property
    def _texts(self) -> list[str]:
        return [secret.get_secret_value() for secret in self.secrets]

    def _answer_bodiless(self) -> HttpAnswer:
        """A body that the host dropped said what was processed; a look into CluedIn says it, too.

        Of what type it was does not matter: nobody can read it.
        """
        delivery = bodiless_delivery(f"no-body-{self.runtime.new_id()}", self.runtime.now())
        try:
            self.empty_bodies.note(refused=bool(self.secrets))
            if self.secrets:
                return problem(HTTPStatus.UNAUTHORIZED, UNVERIFIABLE)
        except SyncError as error:
            return _not_stored("without a body", error)
        return self._accept(delivery)

    def _answer_unsigned(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Some senders repeat a delivery with its first time: too old is no reason to refuse what we have already.

        It can bring nothing new, so that who replays it gains nothing.
        """
        try:
            known = self._find_known(headers, body)
        except SyncError as error:
            return _not_stored(f"signed as {headers.get('webhook-id', '')[:LONGEST_ID]}", error)
        if known is not None:
            return _taken(known, "duplicate")
        detail = "Expected a valid, recent signature: webhook-signature, or X-CluedIn-Signature."
        return problem(HTTPStatus.UNAUTHORIZED, detail)

    def _find_known(self, headers: Mapping[str, str], body: bytes) -> Delivery | None:
        if not is_signed_long_ago(headers, body, self._texts, self.runtime.now()):
            return None
        try:
            content = parse_body(body)
        except RejectedError:
            return None
        try:
            return self.receipts.load(delivery_key(headers["webhook-id"], content.data_set_id))
        except StateError:  # another version wrote what we have of it
            return self._new_delivery(headers, body, content)

    def _new_delivery(self, headers: Mapping[str, str], body: bytes, content: DeliveryBody) -> Delivery:
        now = self.runtime.now()
        # An id that was not signed must not decide over a signed body.
        is_trusted = not self.secrets or is_id_signed(headers, body, self._texts, now)
        given_id = (headers.get("webhook-id") if is_trusted else "") or content.event_id
        window = int(now.timestamp()) // WINDOW_S
        delivery_id = given_id or f"body-{hashlib.sha256(body).hexdigest()[:32]}-{window}"
        return Delivery(
            key=delivery_key(delivery_id, content.data_set_id),
            delivery_id=delivery_id[:LONGEST_ID],
            data_set_id=content.data_set_id,
            is_named=bool(given_id),
            received_at=now,
        )

    def _accept(self, delivery: Delivery) -> HttpAnswer:
        try:
            with span("take delivery", {Attribute.DATA_SET: delivery.data_set_id}):
                receipt = self.receipts.receive(delivery)
        except SyncError as error:
            return _not_stored(delivery.key, error)
        if receipt.job:
            self.wake_up(self.queue, receipt.job)
        return _taken(delivery, "accepted" if receipt.is_new else "duplicate")


def _taken(delivery: Delivery, status: str) -> HttpAnswer:
    logger.info("Delivery %s for data set %s: %s", delivery.key, delivery.data_set_id, status)
    return json_answer({"status": status, "deliveryId": delivery.delivery_id}, HTTPStatus.ACCEPTED)


def _not_stored(what: str, error: SyncError) -> HttpAnswer:
    logger.error("Delivery %s could not be kept; its sender must send it again", what, exc_info=error)
    detail = "The delivery could not be stored; send it again."
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": RETRY_AFTER_S})


def _malformed(error: RejectedError) -> HttpAnswer:
    return problem(HTTPStatus.BAD_REQUEST, str(error), field=error.code)
