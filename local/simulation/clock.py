"""A clock that tests can move: real time plus an offset, so that a lag of minutes needs no waiting."""

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """Tells aware UTC time; `advance` moves it forward for everything that asks this clock."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._lock = threading.Lock()  # a server's threads and a test's move it

    @property
    def offset_s(self) -> float:
        """How far this clock is ahead of the machine's."""
        return self._offset.total_seconds()

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC) + self._offset

    def now_ms(self) -> int:
        """Milliseconds since the epoch, as both vendors write times."""
        return int(self.now().timestamp() * 1000)

    def advance(self, seconds: float) -> None:
        """Move forward; time never goes back.

        Raises:
            ValueError: when `seconds` is negative.
        """
        if seconds < 0:
            raise ValueError(f"advance_s must not be negative, it is {seconds}")
        with self._lock:
            self._offset += timedelta(seconds=seconds)

    def reset(self) -> None:
        """Back to the machine's time."""
        self._offset = timedelta()
