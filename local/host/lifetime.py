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
        self._reason: End | None = None

    def stop(self) -> None:
        """Somebody asks the host to end: what runs is waited for."""
        self._end("asked")

    def recycle(self) -> None:
        """The worker dies again and again: start the whole host anew."""
        self._end(
            "recycled",
            "Exceeded language worker restart retry count for runtime:python. "
            "Shutting down and proactively recycling the Functions Host to recover",
        )

    def fail(self, error: BaseException) -> None:
        """End at once because of an error that nobody handles: what runs is lost, its messages stay hidden."""
        self._end("failed", "An unhandled exception has occurred. Host is shutting down.", error)

    def wait(self) -> End:
        """Wait for the end."""
        self._ended.wait()
        return self._reason or "asked"

    def _end(self, reason: End, text: str = "", error: BaseException | None = None) -> None:
        with self._lock:
            if self._reason is not None:
                return
            self._reason = reason
        if text:
            _log.error(text, exc_info=error)
        self._ended.set()  # last: the process may be another one a moment later
