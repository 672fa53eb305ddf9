"""The buttons with which a person acts on the page: each carries what it asks for, signed.

All of them belong to one form, which asks once who acts: `templates/acting.html` writes both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sync_core.errors import RejectedError
from sync_core.operations.actions.action import Action, to_action
from sync_core.operations.actions.parse import Person
from sync_core.operations.actions.signing import is_signed, sign
from sync_core.runs.action_log import ActionRecord

SIGNATURE = "signature"
MOST_FIELDS = 10
READ: Mapping[str, Callable[[str], Any]] = {"all": lambda _: True, "number": int, "hours": float}
"""A form sends text only; an action takes numbers for what they are."""


@dataclass(frozen=True, slots=True)
class Buttons:
    """Makes the values of buttons for one page, and reads them when one is pressed. `to` is where the form goes.

    A value is empty where no action takes what it would name: a row may hold anything, and its page is shown still.
    """

    key: bytes = field(repr=False)
    now: datetime
    to: str = ""
    signed_in: Person | None = None

    def replay(self, dead_letter_id: str) -> str:
        """Put one dead letter back on its queue."""
        return self._asking("replay", id=dead_letter_id)

    def replay_all(self) -> str:
        """Put all dead letters back."""
        return self._asking("replay", all=True)

    def close(self, dead_letter_id: str) -> str:
        """Set a dead letter aside."""
        return self._asking("close", id=dead_letter_id)

    def approve(self, kind: str, number: int) -> str:
        """Approve what waits for a person."""
        return self._asking("approve", kind=kind, number=number)

    def resync_asset(self, key: str) -> str:
        """Look at an asset again; its record's key names it beyond doubt."""
        return self._asking("resync", asset=key)

    def resync_data_set(self, data_set_id: str) -> str:
        """Push a data set's lineage again."""
        return self._asking("resync", dataSet=data_set_id)

    def _asking(self, action: str, **members: Any) -> str:
        try:
            return self.value(to_action({"action": action, **members}))
        except RejectedError:
            return ""

    def value(self, action: Action) -> str:
        """Return what a button that asks for an action sends."""
        members = action.model_dump(mode="json", by_alias=True, exclude_none=True)
        text = urlencode({name: "true" if value is True else value for name, value in members.items()})
        return f"{text}&{SIGNATURE}={sign(self.key, text, self._person, self.now)}"

    def parse(self, value: str) -> Action | None:
        """Return the action of a button that one of our pages has shown to this person, None for any other text.

        Raises:
            RejectedError: an older version of the app had such an action.
        """
        text, _, signature = value.rpartition(f"&{SIGNATURE}=")
        if not is_signed(self.key, text, signature, self._person, self.now):
            return None
        members = dict(parse_qsl(text, max_num_fields=MOST_FIELDS))
        return to_action({name: READ.get(name, str)(value) for name, value in members.items()})

    @property
    def _person(self) -> str:
        return self.signed_in.name if self.signed_in else ""


@dataclass(frozen=True, slots=True)
class Acting:
    """What a page lets a person do, and what came of what they did last; without buttons it shows commands."""

    buttons: Buttons | None = None
    acted: ActionRecord | None = None


NO_ACTING = Acting()


def parse_form(body: bytes) -> Mapping[str, str]:
    """Return the fields of a form, empty for what is none; of a name that comes twice the first counts."""
    try:
        fields = parse_qsl(body.decode("ascii"), max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        return {}
    return dict(reversed(fields))
