"""The one way to OpenTelemetry: not even imported unless somebody has set it up, and never the cause of a failure."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from sync_core.logs import get_logger
from sync_core.safe_text import safe_text

logger = get_logger(__name__)

Value: TypeAlias = str | int | float | Sequence[str]
Attributes: TypeAlias = Mapping[str, Value]
T = TypeVar("T")

SCOPE = "sync_core"
LONGEST_VALUE = 256


def is_loaded() -> bool:
    """Whether anybody in this process uses OpenTelemetry: an SDK cannot be set up without loading its API."""
    return "opentelemetry.trace" in sys.modules


def safely(do: Callable[[], T]) -> T | None:
    """Return what is done, or None where it fails: the SDK and its processors are other people's, the work is ours."""
    try:
        return do()
    except Exception as error:  # noqa: BLE001  # whatever it is, no run may fail of it
        logger.debug("Telemetry failed: %s", error)
        return None


def safe_attributes(attributes: Attributes) -> dict[str, Value]:
    """Return attributes without what is empty; texts hold no secret and no control character, and have a bound."""
    return {str(name): _safe(value) for name, value in attributes.items() if value not in ("", None)}


def _safe(value: Value) -> Value:
    if isinstance(value, str):
        return safe_text(value)[:LONGEST_VALUE]
    if isinstance(value, Sequence):
        return [safe_text(one)[:LONGEST_VALUE] for one in value]
    return value
