"""What was asked of a simulator and how it was answered, so that a test can count and order the calls of the app."""

from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

CAPACITY = 100_000
"""Records kept; the oldest go first. Large enough for the longest test, small enough for a laptop."""


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request. `status` is None when the connection was dropped; bodies are None unless `record_bodies` is on."""

    seq: int
    at: str
    """ISO 8601, UTC, by the machine's clock: when the request arrived."""
    method: str
    path: str
    query: str
    operation: str | None
    """The vendor's operation id or the GraphQL operation name."""
    status: int | None
    duration_ms: float
    concurrent: int
    """Requests under way when this one arrived, itself included."""
    fault: int | None = None
    """Id of the fault that changed the answer."""
    request_body: str | None = None
    response_body: str | None = None


class RequestLog:
    """Records in order of arrival of their answers, numbered in order of arrival of the requests."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=capacity)
        self._last_seq = 0
        self._under_way = 0
        self._forgotten_seq = 0

    @property
    def last_seq(self) -> int:
        """The number of the newest request; pass it as `since` to see only what comes later."""
        return self._last_seq

    def arrive(self) -> tuple[int, int]:
        """Number a request; returns its seq and how many are under way with it."""
        self._last_seq += 1
        self._under_way += 1
        return self._last_seq, self._under_way

    def leave(self, record: RequestRecord) -> None:
        """Keep the finished request, unless the log was cleared while it was under way."""
        self._under_way -= 1
        if record.seq > self._forgotten_seq:
            self._records.append(record)

    def since(self, seq: int = 0) -> list[RequestRecord]:
        """The requests numbered above `seq`, in order of their numbers."""
        return sorted((record for record in self._records.copy() if record.seq > seq), key=lambda record: record.seq)

    def clear(self) -> None:
        """Forget all, also what is under way; numbering goes on, so that an old `since` stays valid."""
        self._forgotten_seq = self._last_seq
        self._records.clear()


def format_records(records: Iterable[RequestRecord]) -> list[dict[str, Any]]:
    """As JSON; body fields only where bodies were recorded."""
    optional = ("fault", "request_body", "response_body")
    return [
        {key: value for key, value in asdict(record).items() if value is not None or key not in optional}
        for record in records
    ]
