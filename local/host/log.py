"""The host's log: one line per event, plain as Core Tools prints it or JSON, with the function that was running."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

LogFormat = Literal["plain", "json"]

current_invocation: ContextVar[tuple[str, str] | None] = ContextVar("current_invocation", default=None)
"""Name and invocation id of the function that runs in this context."""

# The worker keeps loggers of these names to itself, so what an app logs there is never seen in Azure.
_HIDDEN = ("azure.functions", "azure_functions_runtime", "azure_functions_worker")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def configure_logging(log_format: LogFormat, level: int = logging.INFO) -> None:
    """Send everything to stdout in the given format."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter() if log_format == "json" else PlainFormatter())
    handler.addFilter(_is_shown)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)


def _is_shown(record: logging.LogRecord) -> bool:
    return not record.name.startswith(_HIDDEN)


class PlainFormatter(logging.Formatter):
    """`[2026-11-22T13:29:00.123Z] message`, errors and warnings marked."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        mark = f"{record.levelname} " if record.levelno >= logging.WARNING else ""
        text = f"[{_format_time(record)}] {mark}{record.getMessage()}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


class JsonFormatter(logging.Formatter):
    """One JSON object per line, with the fields given in `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        function, invocation_id = current_invocation.get() or (None, None)
        line = {
            "time": _format_time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "function": function,
            "invocation_id": invocation_id,
            "exception": self.formatException(record.exc_info) if record.exc_info else None,
            **{name: value for name, value in vars(record).items() if name not in _STANDARD},
        }
        return json.dumps({name: value for name, value in line.items() if value is not None}, default=str)


def _format_time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
