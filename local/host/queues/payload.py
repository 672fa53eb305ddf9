"""The payload and metadata of a queue trigger, with the trap that the real host sets: the body overwrites the metadata.

Source: azure-functions-host Utility.ApplyBindingData: the top-level properties of a JSON object are laid over the
trigger's metadata ignoring case; arrays and nulls are skipped, other values become .NET's texts. A `dequeueCount` that
is a number replaces the real one; other texts, and dates, break the run before any code of the app. What cannot be read
as JSON, or is nested too deeply for that, leaves the metadata alone.
"""

import base64
import binascii
import json
import re
import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from azure.storage.queue import QueueMessage

from local.host.worker.messages import Datum, TriggerValue

MAX_DEPTH = 64  # what Json.NET reads by default
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
_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


class UndecodableMessageError(ValueError):
    """The message is not base64: the real host moves it to the poison queue without a run."""


class UnbindableMessageError(ValueError):
    """The message is no text, and its function wants text: it fails in every try before our code."""


def decode_body(content: str, encoding: str) -> bytes:
    """Return the bytes of a message as it lies in the queue; blanks in base64 do not matter.

    Raises:
        UndecodableMessageError: base64 is expected and this is something else.
    """
    if encoding == "none":
        return content.encode()
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UndecodableMessageError(
            "the message is not base64: send it with message_encode_policy=TextBase64EncodePolicy()"
        ) from error


def make_queue_value(message: QueueMessage, body: bytes, *, is_binary: bool = False) -> TriggerValue:
    """Build payload and metadata of a received message; a function binds text unless it asks for binary.

    Raises:
        UnbindableMessageError: the body is not UTF-8 and the function binds text.
    """
    data = Datum(body, "bytes") if is_binary else Datum(_decode_text(body), "string")
    metadata = {
        "QueueTrigger": data,
        "DequeueCount": Datum(json.dumps(message.dequeue_count), "json"),
        "ExpirationTime": _format_time(message.expires_on),
        "Id": Datum(message.id, "string"),
        "InsertionTime": _format_time(message.inserted_on),
        "NextVisibleTime": _format_time(message.next_visible_on),
        "PopReceipt": Datum(message.pop_receipt, "string"),
    }
    return TriggerValue(data, metadata if is_binary else _overwrite(metadata, data.value))


def make_manual_value(text: str) -> TriggerValue:
    """Build payload and metadata for a run that was asked for by hand."""
    now = datetime.now(UTC)
    message = QueueMessage(content=text)
    message.id, message.pop_receipt, message.dequeue_count = str(uuid.uuid4()), "manual", 1
    message.inserted_on, message.expires_on, message.next_visible_on = now, now + timedelta(days=7), now
    return make_queue_value(message, text.encode())


def _decode_text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"[{body[error.start]:02X}] at index {error.start}"
        raise UnbindableMessageError(
            "Microsoft.Azure.WebJobs.Host: Exception binding parameter 'msg'. "
            f"System.Private.CoreLib: Unable to translate bytes {found} from specified code page to Unicode."
        ) from error


def _format_time(moment: datetime | None) -> Datum:
    return Datum(json.dumps(moment.isoformat() if moment else None), "json")


def _overwrite(metadata: Mapping[str, Datum], body: str) -> Mapping[str, Datum]:
    try:
        found = {_FIELDS.get(key.lower(), key): _format_property(value) for key, value in _read_object(body).items()}
    except (ValueError, RecursionError):
        return metadata
    return {**metadata, **found}


def _read_object(body: str) -> dict[str, Any]:
    parsed = json.loads(body)
    if _is_deeper_than(parsed, MAX_DEPTH):  # whether Python reads it depends on its version
        raise ValueError("nested too deeply")
    members = parsed.items() if isinstance(parsed, dict) else ()
    return {key: value for key, value in members if not isinstance(value, list | None)}


def _is_deeper_than(value: object, depth: int) -> bool:
    level: list[object] = [value]
    for _ in range(depth + 1):
        inner = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level = [each for one in inner for each in one]
        if not level:
            return False
    return True


def _format_property(value: object) -> Datum:
    if isinstance(value, dict):
        return Datum(json.dumps(value), "json")
    return Datum(_format_text(value) if isinstance(value, str) else str(value), "string")


def _format_text(value: str) -> str:
    """Write what .NET reads as a time in its own way; a date that is none, e.g. of month 13, is a text to it."""
    if _ISO_TIME.fullmatch(value):
        with suppress(ValueError):
            return datetime.fromisoformat(value[:19]).strftime("%m/%d/%Y %H:%M:%S")
    return value
