"""host.json as the Functions host reads it, with the app settings that override it.

Source: azure-sdk-for-net QueuesOptions.cs (defaults, limits); learn.microsoft.com "host.json reference" (overrides, the
default of `functionTimeout` on Flex Consumption). What is refused here was refused by host 4.1037.
"""

import json
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OVERRIDE_PREFIX = "AzureFunctionsJobHost__"
SHORTEST_POLLING_INTERVAL_S = 0.1
DEFAULT_FUNCTION_TIMEOUT_S = 30 * 60.0
STORAGE_CATEGORY = "Azure.Core"
_LOG_LEVEL = "logging:loglevel:"
_LOG_LEVELS = {
    "trace": logging.DEBUG,
    "debug": logging.DEBUG,
    "information": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
    "none": logging.CRITICAL + 1,
}
_TIMESPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2}(?:\.\d{1,7})?)")


class HostJsonError(ValueError):
    """host.json, or a setting that overrides it, cannot be used."""


@dataclass(frozen=True)
class QueueOptions:
    """How queue triggers take, retry and give up messages."""

    batch_size: int = 16
    new_batch_threshold: int = 8
    max_dequeue_count: int = 5
    visibility_timeout_s: float = 0
    max_polling_interval_s: float = 60
    message_encoding: str = "base64"

    @property
    def parallel(self) -> int:
        """Messages under way at once, at most."""
        return self.batch_size + self.new_batch_threshold


@dataclass(frozen=True)
class HostOptions:
    """What the local host takes from host.json."""

    route_prefix: str = "api"
    queues: QueueOptions = QueueOptions()
    function_timeout_s: float | None = DEFAULT_FUNCTION_TIMEOUT_S
    """None: no limit."""
    storage_log_level: int = logging.INFO
    """From which level on the host tells of its own storage requests, category `Azure.Core`."""


def load_host_options(app_dir: Path, environment: Mapping[str, str], cores: int = os.cpu_count() or 1) -> HostOptions:
    """Read host.json of the app folder and lay the `AzureFunctionsJobHost__a__b` settings over it.

    Raises:
        HostJsonError: missing, no JSON, not version 2.0, or a value out of its limits.
    """
    path = app_dir / "host.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise HostJsonError(f"cannot read {path}: {error}") from error
    if document.get("version") != "2.0":
        raise HostJsonError(f"{path}: version must be the string 2.0, it is {document.get('version')!r}")
    values = {**_flatten(document), **_read_overrides(environment)}
    return HostOptions(
        route_prefix=str(values.get("extensions:http:routeprefix", "api")).strip("/"),
        queues=_parse_queue_options(values, cores),
        function_timeout_s=_parse_function_timeout(values),
        storage_log_level=_find_log_level(STORAGE_CATEGORY, values),
    )


def _flatten(node: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(node, dict):
        return {path: node}
    flat: dict[str, Any] = {}
    for key, value in node.items():
        flat |= _flatten(value, f"{path}:{key.lower()}".lstrip(":"))
    return flat


def _read_overrides(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name[len(OVERRIDE_PREFIX) :].replace("__", ":").lower(): value
        for name, value in environment.items()
        if name.startswith(OVERRIDE_PREFIX)
    }


def _find_log_level(category: str, values: Mapping[str, Any]) -> int:
    """The longest prefix of a category counts, then the default."""
    levels = {key.removeprefix(_LOG_LEVEL): str(value) for key, value in values.items() if key.startswith(_LOG_LEVEL)}
    prefixes = sorted((key for key in levels if category.lower().startswith(key)), key=len, reverse=True)
    name = levels[prefixes[0]] if prefixes else levels.get("default", "Information")
    if name.lower() not in _LOG_LEVELS:
        raise HostJsonError(f"host.json logging.logLevel: {name!r} is none of {', '.join(_LOG_LEVELS)}")
    return _LOG_LEVELS[name.lower()]


def _parse_function_timeout(values: Mapping[str, Any]) -> float | None:
    if str(values.get("functiontimeout")) == "-1":
        return None
    return _parse_timespan(values, "functiontimeout", DEFAULT_FUNCTION_TIMEOUT_S)


def _parse_queue_options(values: Mapping[str, Any], cores: int) -> QueueOptions:
    own = {key.rpartition(":")[2]: value for key, value in values.items() if key.startswith("extensions:queues:")}
    batch_size = _parse_int(own, "batchsize", 16, 1, 32)
    encoding = str(own.get("messageencoding", "base64")).lower()
    if encoding not in {"base64", "none"}:
        raise HostJsonError(f"host.json extensions.queues.messageEncoding must be base64 or none, it is {encoding!r}")
    return QueueOptions(
        batch_size=batch_size,
        new_batch_threshold=_parse_int(own, "newbatchthreshold", batch_size // 2 * cores, 0, 1000),
        max_dequeue_count=_parse_int(own, "maxdequeuecount", 5, 1, 1000),
        visibility_timeout_s=_parse_timespan(own, "visibilitytimeout", 0),
        max_polling_interval_s=_parse_polling_interval(own),
        message_encoding=encoding,
    )


def _parse_int(values: Mapping[str, Any], key: str, default: int, low: int, high: int) -> int:
    text = str(values.get(key, default))
    if not text.isdigit() or not low <= int(text) <= high:
        raise HostJsonError(f"host.json extensions.queues.{key} must be a number from {low} to {high}, it is {text!r}")
    return int(text)


def _parse_polling_interval(values: Mapping[str, Any]) -> float:
    interval_s = _parse_timespan(values, "maxpollinginterval", 60)
    if interval_s < SHORTEST_POLLING_INTERVAL_S:
        raise HostJsonError(
            f"host.json extensions.queues.maxPollingInterval must be 100 ms or more, it is {interval_s} s"
        )
    return interval_s


def _parse_timespan(values: Mapping[str, Any], key: str, default_s: float) -> float:
    if key not in values:
        return default_s
    found = _TIMESPAN.fullmatch(str(values[key]))
    if found is None:
        raise HostJsonError(f"host.json {key} must look like 00:00:30, it is {values[key]!r}")
    days, hours, minutes, seconds = found.groups()
    return ((int(days or 0) * 24 + int(hours)) * 60 + int(minutes)) * 60 + float(seconds)
