"""How long an answer asks to be left alone."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_RETRY_AFTER_S = 3600.0
SECONDS = re.compile(r"[0-9]+(\.[0-9]*)?")


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a Retry-After header asks for, given as seconds or as a date, at most an hour.

    A date counts from when the service answered, by the service's own clock: ours may be minutes off.
    """
    value = headers.get("Retry-After", "").strip()
    seconds = float(value) if SECONDS.fullmatch(value) else _seconds_between(headers.get("Date", ""), value)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_RETRY_AFTER_S)


def _seconds_between(answered: str, until: str) -> float | None:
    try:
        return _moment(until).timestamp() - (_moment(answered) if answered else datetime.now(UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _moment(date: str) -> datetime:
    moment = parsedate_to_datetime(date)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
