"""Reads what was sent: the action, and who asks for it where the platform does not know that."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from sync_core.absence.approval import LONGEST_BY
from sync_core.errors import RejectedError
from sync_core.operations.actions.action import Action, to_action
from sync_core.safe_text import safe_text

BODY = "body"
BY = "by"
HOLDER = "a holder of the function key"
"""Who acts where a program gives no name. A form asks for one."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts. `is_signed_in`: the platform says so; otherwise it is what they call themselves."""

    name: str
    is_signed_in: bool = False


def parse_json(body: bytes, signed_in: Person | None = None) -> tuple[Action, Person]:
    """Read a JSON body; `by` in it counts only where nobody is signed in, and may be left out.

    Raises:
        RejectedError: it is no action; `code` is the field.
    """
    members = dict(_parse_object(body))
    by = members.pop(BY, HOLDER)
    return to_action(members), signed_in or to_person(by)


def to_person(by: Any) -> Person:
    """Return whoever calls themselves so.

    Raises:
        RejectedError: that is no name.
    """
    name = safe_text(" ".join(by.split())) if isinstance(by, str) else ""
    if not name or len(name) > LONGEST_BY:
        found = "missing" if by is None else "no name"
        detail = f"{BY}: {found}. Expected who does it, a text of 1 to {LONGEST_BY} characters."
        raise RejectedError(detail, code=BY)
    return Person(name)


def _parse_object(body: bytes) -> Mapping[str, Any]:
    if not body.strip():
        why = "none arrived. Expected a JSON object, sent with its Content-Length: the host drops what comes chunked."
        raise RejectedError(f"{BODY}: {why}", code=BODY)
    try:
        found = from_json(body.decode(json.detect_encoding(body)).lstrip("\ufeff"))
    except ValueError:
        raise RejectedError(f"{BODY}: no JSON.", code=BODY) from None
    if not isinstance(found, dict):
        raise RejectedError(f"{BODY}: expected a JSON object.", code=BODY)
    return found
