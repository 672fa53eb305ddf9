"""Reads the body of a delivery: only a data set's id can be wrong in it, as nobody needs the rest."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sync_core.errors import RejectedError
from sync_core.guids import to_guid
from sync_core.json_decoding import TooDeepError, decode

SPELLINGS = ("dataSetId", "data_set_id", "DataSetId")
EVENT_ID = "eventId"
BODY = "body"
# Numbers stay the text that they are: nobody counts with them, and some have more digits than Python reads.
# Neither does a line break in a text, which some senders do not escape.
AS_WRITTEN = partial(decode, parse_int=str, parse_float=str, parse_constant=str, strict=False)
AROUND = "\ufeff\x00 \t\r\n"  # what some senders put around their JSON
# Texts, brackets, and all between them.
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]|[^"\[\]{}]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class DeliveryBody:
    """The data set's id in lower case, and the sender's own id of the event, empty where it gave none."""

    data_set_id: str
    event_id: str


def parse_body(body: bytes) -> DeliveryBody:
    """Read a body: JSON, with byte order marks or without. The data set's id counts in the first spelling that is one.

    Raises:
        RejectedError: it is no JSON object, or names no data set; `code` is the field.
    """
    members = _parse_object(body)
    ids = (to_guid(members.get(spelling)) for spelling in SPELLINGS)
    data_set_id = next(filter(None, ids), "")
    if not data_set_id:
        raise _without_data_set(members)
    return DeliveryBody(data_set_id, _to_event_id(members.get(EVENT_ID)))


def _parse_object(body: bytes) -> Mapping[str, Any]:
    # A byte that is no text is replaced: in an id it is found, elsewhere it does not matter.
    try:
        text = body.decode(json.detect_encoding(body), "replace")
        found = _decode(text.strip(AROUND))
    except ValueError as error:
        raise RejectedError(f"{BODY}: no JSON: {_where(error)}.", code=BODY) from None
    if not isinstance(found, dict):
        raise RejectedError(f"{BODY}: expected a JSON object.", code=BODY)
    return found


def _decode(text: str) -> Any:
    try:
        return AS_WRITTEN(text)
    except TooDeepError:
        return AS_WRITTEN(_flattened(text))


def _flattened(text: str) -> str:
    """Put null in the place of each object and list inside: what is nested deeper than Python reads, nobody needs."""
    depth, kept = 0, list[str]()
    for token in TOKEN.findall(text):
        depth -= token in {"]", "}"}
        if depth < 1 or (depth == 1 and token not in {"[", "{", "]", "}"}):
            kept.append(token)
        elif depth == 1 and token in {"[", "{"}:
            kept.append("null")
        depth += token in {"[", "{"}
    return "".join(kept)


def _where(error: ValueError) -> str:
    """What is wrong and where, without anything of the body."""
    return f"{error.msg} at character {error.pos}" if isinstance(error, json.JSONDecodeError) else "not to be decoded"


def _to_event_id(value: Any) -> str:
    """A text, or a number as it was written; anything else is no id. Half of a surrogate pair is spelled out."""
    text = value if isinstance(value, str) and value.strip() else ""
    return text.encode("utf-8", "backslashreplace").decode()


def _without_data_set(members: Mapping[str, Any]) -> RejectedError:
    spelled = sorted((one for one in SPELLINGS if one in members), key=lambda one: members[one] is None)
    field = next(iter(spelled), SPELLINGS[0])
    found = "no GUID" if spelled else "missing"
    return RejectedError(f"{field}: {found}. Expected the data set's id, a GUID.", code=field)
