"""The last exchanges of this process with other services: a line each, without what was sent and answered."""

from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime

from sync_core.safe_text import safe_text

MAX_EXCHANGES = 200
_latest: deque[Mapping[str, str | int]] = deque(maxlen=MAX_EXCHANGES)  # its own operations need no lock


def note_exchange(service: str, what: str, result: int | str, duration_ms: int, request_id: str) -> None:
    """Remember how a request ended: `what` is its method, path and operation, `result` a status or an error's name."""
    line: dict[str, str | int] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "service": service,
        "request": safe_text(what),
        "result": result,
        "durationMs": duration_ms,
        "requestId": request_id,
    }
    _latest.append(line)


def latest_exchanges() -> list[Mapping[str, str | int]]:
    """Return the last exchanges, the oldest first."""
    return list(_latest)
