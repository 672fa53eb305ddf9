"""The payload and metadata of a queue trigger, with the trap that the real host sets: the body overwrites the metadata.

Source: azure-functions-host WorkerFunctionInvoker.ApplyBindingData: the top-level properties of a JSON object are laid
over the trigger's metadata ignoring case; arrays and nulls are skipped, other values become strings.
"""

import base64
import binascii
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from azure.storage.queue import QueueMessage

from local.host.bindings import Datum, TriggerValue

_FIELDS = {
    name.lower(): name
    for name in (
        "QueueTrigger",
        "DequeueCount",
        "ExpirationTime",
        "Id",
        "InsertionTime",
        "NextVisibleTime",
        "PopReceipt",
    )
}
_BREAKING = {"dequeuecount", "expirationtime", "insertiontime", "nextvisibletime"}


class UndecodableMessageError(ValueError):
    """The message is not base64; the real host moves it to the poison queue without a run."""


class MetadataOverwrittenError(ValueError):
    """The body has properties that break the message's metadata; the real host fails such a message in every try."""


def decode_body(content: str, encoding: str) -> str:
    """Return the text of a message as it lies in the queue.

    Raises:
        UndecodableMessageError: base64 is expected and this is something else.
    """
    if encoding == "none":
        return content
    try:
        return base64.b64decode(content, validate=True).decode("utf-8", errors="replace")
    except binascii.Error as error:
        raise UndecodableMessageError(
            "the message is not base64: send it with message_encode_policy=TextBase64EncodePolicy()"
        ) from error


def make_queue_value(message: QueueMessage, body: str) -> TriggerValue:
    """Build payload and metadata of a received message.

    Raises:
        MetadataOverwrittenError: the body would break the metadata.
    """
    metadata = {
        "QueueTrigger": Datum(body, "string"),
        "DequeueCount": Datum(json.dumps(message.dequeue_count), "json"),
        "ExpirationTime": _format_time(message.expires_on),
        "Id": Datum(message.id, "string"),
        "InsertionTime": _format_time(message.inserted_on),
        "NextVisibleTime": _format_time(message.next_visible_on),
        "PopReceipt": Datum(message.pop_receipt, "string"),
    }
    return TriggerValue(Datum(body, "string"), _overwrite(metadata, body))


def make_manual_value(body: str) -> TriggerValue:
    """Build payload and metadata for a run that was asked for by hand."""
    now = datetime.now(UTC)
    message = QueueMessage(content=body)
    message.id, message.pop_receipt, message.dequeue_count = str(uuid.uuid4()), "manual", 1
    message.inserted_on, message.expires_on, message.next_visible_on = now, now + timedelta(days=7), now
    return make_queue_value(message, body)


def _format_time(moment: datetime | None) -> Datum:
    return Datum(json.dumps(moment.isoformat() if moment else None), "json")


def _overwrite(metadata: Mapping[str, Datum], body: str) -> Mapping[str, Datum]:
    properties = {key: value for key, value in _read_object(body).items() if not isinstance(value, list | None)}
    broken = sorted(key for key in properties if key.lower() in _BREAKING)
    if broken:
        raise MetadataOverwrittenError(
            f"the message's top-level properties {broken} overwrite its metadata (the host ignores case), "
            "so this message fails in every try: name them differently"
        )
    return {**metadata, **{_FIELDS.get(key.lower(), key): _format_property(value) for key, value in properties.items()}}


def _read_object(body: str) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        return {}  # a message that is no JSON leaves its metadata alone
    return parsed if isinstance(parsed, dict) else {}


def _format_property(value: object) -> Datum:
    if isinstance(value, dict):
        return Datum(json.dumps(value), "json")
    return Datum(value if isinstance(value, str) else str(value), "string")
