"""When the host ends: asked to, or by itself, after which the platform starts it again."""

import logging
import threading
from typing import Literal

End = Literal["asked", "recycled", "failed"]

_log = logging.getLogger("host")


class Lifetime:
    """The first reason to end counts."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._reason: End = "asked"

    def stop(self) -> None:
        """Somebody asks the host to end: what runs is waited for."""
        self._end("asked")

    def recycle(self) -> None:
        """The worker dies again and again: start the whole host anew."""
        if self._end("recycled"):
            _log.error(
                "Exceeded language worker restart retry count for runtime:python. "
                "Shutting down and proactively recycling the Functions Host to recover"
            )

    def fail(self, error: BaseException) -> None:
        """End at once because of an error that nobody handles: what runs is lost, its messages stay hidden."""
        if self._end("failed"):
            _log.error("An unhandled exception has occurred. Host is shutting down.", exc_info=error)

    def wait(self) -> End:
        """Wait for the end."""
        self._ended.wait()
        return self._reason

    def _end(self, reason: End) -> bool:
        with self._lock:
            is_first = not self._ended.is_set()
            if is_first:
                self._reason = reason
                self._ended.set()
            return is_first
