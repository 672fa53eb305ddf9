"""Work that was given up, kept with its cause so that a person, or a healed cause, can bring it back."""

import hashlib
from datetime import datetime

from pydantic import BaseModel, ConfigDict

UNKNOWN_ASSET = "unknown_asset"
"""The cause class of a message whose asset is not recorded."""


def letter_id(queue: str, work: str) -> str:
    """Identify a letter by queue and work, so that the same work dying again is the same letter."""
    return hashlib.sha256(f"{queue}\n{work}".encode()).hexdigest()[:24]


class DeadLetter(BaseModel):
    """One piece of work that did not succeed.

    `letter_id` is derived from queue and work, so that the same work dying twice is one letter with a later
    `last_seen_at`. `payload` is the message as it was on the queue. A replay leaves it open; work that then succeeds
    closes it. `set_aside_at` is when a person said that it is to be left alone.
    """

    model_config = ConfigDict(frozen=True)

    letter_id: str
    queue: str
    subject: str
    cause_class: str
    cause: str
    payload: str
    first_seen_at: datetime
    last_seen_at: datetime
    attempts: int
    replays: int = 0
    replayed_at: datetime | None = None
    set_aside_at: datetime | None = None
