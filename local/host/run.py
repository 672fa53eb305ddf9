"""One invocation as the host keeps it: when it began, and its end, which the log tells."""

import logging
import threading
import time
import uuid
from concurrent.futures import Future
from dataclasses import dataclass, field

from local.host.worker.messages import HttpAnswer

_log = logging.getLogger("host")


@dataclass(frozen=True)
class Outcome:
    """How an invocation ended, for the trigger that wanted it."""

    error: str | None = None
    answer: HttpAnswer | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the function returned."""
        return self.error is None


@dataclass(eq=False)
class Run:
    """An invocation under way."""

    function: str
    reason: str
    invocation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started_s: float = field(default_factory=time.monotonic)
    future: Future[Outcome] = field(default_factory=Future)
    is_sent: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Log that it begins."""
        message = "Executing 'Functions.%s' (Reason='%s', Id=%s)"
        _log.info(message, self.function, self.reason, self.invocation_id, extra=self._fields())

    def end(self, error: str | None = None, answer: HttpAnswer | None = None) -> None:
        """Log the end and tell the trigger; only the first end counts."""
        with self._lock:
            if self.future.done():
                return
            self._log_end(error)
            self.future.set_result(Outcome(error, answer))

    def _log_end(self, error: str | None) -> None:
        message = "Executed 'Functions.%s' (%s, Id=%s, Duration=%.0fms)"
        duration_ms = (time.monotonic() - self.started_s) * 1000
        values = (self.function, "Failed" if error else "Succeeded", self.invocation_id, duration_ms)
        if error is None:
            _log.info(message, *values, extra=self._fields())
        else:
            _log.error(f"{message}\n%s", *values, error, extra=self._fields())

    def _fields(self) -> dict[str, str]:
        return {"function": self.function, "invocation_id": self.invocation_id}
