"""Keys that sort upwards while time goes down: a query begins with what is newest."""

import re
from datetime import UTC, datetime

LAST_MILLISECOND = 10**14


def newest_first_key(moment: datetime, own_id: str) -> str:
    """Return the key of what happened at a moment."""
    return f"{_countdown(moment):014d}-{own_id}"


def first_key_before(moment: datetime) -> str:
    """Return the key with which all that happened before a moment begins."""
    return f"{_countdown(moment) + 1:014d}"


def parse_key(key: str) -> tuple[datetime, str]:
    """Return what a key tells: the moment, to the millisecond, and the id; a key that tells no moment is of 1970."""
    countdown, _, own_id = key.partition("-")
    past_ms = LAST_MILLISECOND - int(countdown) if re.fullmatch("[0-9]{14}", countdown) else 0
    return datetime.fromtimestamp(past_ms / 1000, UTC), own_id


def _countdown(moment: datetime) -> int:
    return LAST_MILLISECOND - round(moment.timestamp() * 1000)
