"""Keeps our own log readable and honest: no requests of the libraries, and no line that a name could forge."""

import logging
import traceback

from sync_core.safe_text import safe_text

# Their own request logs hold whole URLs, keys and signatures included. Apprise shows a URL that it cannot read even in
# an error; our own error says which entry of the setting it is.
LEVELS = {"azure": logging.WARNING, "urllib3": logging.WARNING, "msal": logging.WARNING, "apprise": logging.CRITICAL}


def get_logger(name: str) -> logging.Logger:
    """Return a module's logger; what its lines take from outside is made safe."""
    logger = logging.getLogger(name)
    logger.addFilter(_make_safe)
    return logger


def quieten_libraries() -> None:
    """Let the libraries' own loggers tell failures only. May be called again."""
    for name, level in LEVELS.items():
        logging.getLogger(name).setLevel(level)


def _make_safe(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(_safe(argument) for argument in record.args)
    if record.exc_info:
        lines = "".join(traceback.format_exception(record.exc_info[1])).splitlines()
        record.exc_text = "\n".join(f"  | {safe_text(line)}" for line in lines)  # formatters take what is there
    return True


def _safe(argument: object) -> object:
    return argument if isinstance(argument, int | float) else safe_text(str(argument))
