"""The key with which the dashboard signs its buttons: made once, kept in our storage, the same for all instances."""

import secrets
from collections.abc import Callable

from pydantic import BaseModel, Field

from sync_core.single_flight import Fresh
from sync_core.storage.notes import Notes

PARTITION = "form"
NAME = "form-key"
BYTES = 32
KEPT_S = 60.0


class FormKey(BaseModel):
    """Random, in hexadecimal. To delete its row voids every page that is open."""

    value: str = Field(repr=False, pattern="^[0-9a-f]{64}$")


class FormKeys:
    """Reads the key once a minute, and makes the first one."""

    def __init__(self, notes: Notes, monotonic: Callable[[], float]) -> None:
        self._notes = notes
        self._kept = Fresh[bytes](self._load, KEPT_S, monotonic)

    def current(self) -> bytes:
        """Return the key."""
        return self._kept.get()

    def _load(self) -> bytes:
        """Of two instances that make one at once, the first one's counts."""
        found = self._notes.load(FormKey, NAME)
        if found is None:
            self._notes.add(NAME, FormKey(value=secrets.token_hex(BYTES)))
            found = self._notes.load(FormKey, NAME)
        if found is None:  # another version wrote it
            found = FormKey(value=secrets.token_hex(BYTES))
            self._notes.save(NAME, found)
        return bytes.fromhex(found.value)
