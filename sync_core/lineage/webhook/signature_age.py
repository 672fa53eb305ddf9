"""When a delivery of Standard Webhooks says that it was signed: no secret, and apart from what compares secrets."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=5)  # that of Standard Webhooks
HEADER = "webhook-timestamp"


def signed_at(headers: Mapping[str, str]) -> datetime:
    """Return the time in the header.

    Raises:
        ValueError: there is none.
    """
    try:
        return datetime.fromtimestamp(int(headers.get(HEADER, "")), tz=UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(f"{HEADER} is no time of this world.") from error


def is_recent(headers: Mapping[str, str], now: datetime) -> bool:
    """Whether it was signed within the last five minutes; a clock may be as much ahead."""
    age = _age(headers, now)
    return age is not None and abs(age) <= TOLERANCE


def is_old(headers: Mapping[str, str], now: datetime) -> bool:
    """Whether it was signed before the last five minutes."""
    age = _age(headers, now)
    return age is not None and age > TOLERANCE


def _age(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    try:
        return now - signed_at(headers)
    except ValueError:
        return None
