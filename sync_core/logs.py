"""Keeps our own log readable and honest: no requests of the libraries, and no line that a name could forge."""

import logging
import traceback
from collections.abc import Callable
from typing import Any

from sync_core.safe_text import safe_text

OURS = "sync_core"
# Their own request logs hold whole URLs, keys and signatures included. Apprise shows a URL that it cannot read even in
# an error; our own error says which entry of the setting it is.
LEVELS = {"azure": logging.WARNING, "urllib3": logging.WARNING, "msal": logging.WARNING, "apprise": logging.CRITICAL}


def protect_logs() -> None:
    """Quieten the libraries, and make what our own lines take from outside safe. May be called again."""
    for name, level in LEVELS.items():
        logging.getLogger(name).setLevel(level)
    factory = logging.getLogRecordFactory()
    if not isinstance(factory, _SafeRecords):
        logging.setLogRecordFactory(_SafeRecords(factory))


class _SafeRecords:
    """Makes log records; those of our own loggers get safe arguments."""

    def __init__(self, factory: Callable[..., logging.LogRecord]) -> None:
        self._factory = factory

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self._factory(*args, **kwargs)
        if not record.name or record.name.partition(".")[0] != OURS:  # `logging.makeLogRecord` names it later
            return record
        if isinstance(record.args, tuple):
            record.args = tuple(_safe(argument) for argument in record.args)
        if record.exc_info:
            lines = "".join(traceback.format_exception(record.exc_info[1])).splitlines()
            record.exc_text = "\n".join(f"  | {safe_text(line)}" for line in lines)  # formatters take what is there
        return record


def _safe(argument: object) -> object:
    return argument if isinstance(argument, int | float) else safe_text(str(argument))
