"""Metrics: few, and each with few series. `docs/operations.md` tells what they mean; a test keeps both in agreement."""

from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from sync_core import __version__
from sync_core.telemetry.door import SCOPE, Attributes, is_loaded, safe_attributes, safely

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry import metrics


class Metric(Enum):
    """A metric: its name, its instrument, its unit and the names of its attributes.

    Requests are not called as the conventions call them: Azure Monitor takes `http.client.request.duration` for one of
    its own, without the service.
    """

    RUNS = ("sync.runs", "counter", "{run}", ("kind", "outcome"))
    RUN_DURATION = ("sync.run.duration", "histogram", "s", ("kind", "outcome"))
    ASSETS = ("sync.assets", "counter", "{asset}", ("outcome",))
    JOBS = ("sync.jobs", "counter", "{job}", ("kind", "outcome"))
    LINEAGE = ("sync.lineage.pushes", "counter", "{data_set}", ("status",))
    OUTSTANDING = ("sync.jobs.outstanding", "gauge", "{job}", ("kind",))
    OLDEST = ("sync.jobs.oldest", "gauge", "s", ("kind",))
    REQUEST_DURATION = (
        "sync.request.duration",
        "histogram",
        "s",
        ("sync.service", "http.request.method", "http.response.status_code", "error.type"),
    )

    def __init__(self, name: str, instrument: str, unit: str, attributes: tuple[str, ...]) -> None:
        self.metric, self.instrument, self.unit, self.attributes = name, instrument, unit, attributes


def is_measured() -> bool:
    """Whether somebody set up metrics: what costs more than a number is asked for only then."""
    return is_loaded() and bool(safely(lambda: not type(_provider()).__module__.startswith("opentelemetry.metrics")))


def measure(metric: Metric, value: float, attributes: Attributes | None = None) -> None:
    """Add to a counter, record in a histogram, or set a gauge."""
    if is_loaded():
        safely(lambda: _instrument(metric, _provider())(value, safe_attributes(attributes or {})))


@cache
def _instrument(metric: Metric, provider: "metrics.MeterProvider") -> "Callable[[float, Attributes], None]":
    meter = provider.get_meter(SCOPE, __version__)
    match metric.instrument:
        case "counter":
            return meter.create_counter(metric.metric, metric.unit).add
        case "histogram":
            return meter.create_histogram(metric.metric, metric.unit).record
    return meter.create_gauge(metric.metric, metric.unit).set


def _provider() -> "metrics.MeterProvider":
    from opentelemetry import metrics  # noqa: PLC0415  # its other half is loaded already, or nobody comes here

    return metrics.get_meter_provider()
