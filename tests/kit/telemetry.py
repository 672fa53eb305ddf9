"""OpenTelemetry's own SDK, set up as a deployer would, keeping in memory what it hears."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.util._once import Once

DELTA: dict[type, AggregationTemporality] = {
    Counter: AggregationTemporality.DELTA,
    Histogram: AggregationTemporality.DELTA,
}


@dataclass
class Heard:
    """The spans and metrics of a test."""

    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)

    def spans(self, name: str = "") -> list[ReadableSpan]:
        """Return the spans that ended, in order; those of one name if it is given."""
        return [each for each in self.exporter.get_finished_spans() if each.name == (name or each.name)]

    def span(self, name: str) -> ReadableSpan:
        """Return the only span of a name."""
        (found,) = self.spans(name)
        return found

    def text(self) -> str:
        """Return all that an exporter would send of the spans."""
        return "\n".join(each.to_json() for each in self.exporter.get_finished_spans())

    def add(self, processor: SpanProcessor) -> None:
        """Let another processor hear, too; it stays for as long as the process lives."""
        _set_up()[0].add_span_processor(processor)

    def points(self) -> dict[str, dict[tuple[Any, ...], float]]:
        """Return the metrics since they were asked for last: by name, for each set of attributes the value.

        That of a histogram is how many values it has.
        """
        found: dict[str, dict[tuple[Any, ...], float]] = {}
        data = _set_up()[1].get_metrics_data()
        for metric in _metrics_in(data):
            for point in metric.data.data_points:
                value = point.count if hasattr(point, "count") else point.value
                found.setdefault(metric.name, {})[tuple((point.attributes or {}).values())] = value
        return found

    def attributes(self) -> dict[str, set[str]]:
        """Return the names of the attributes of each metric since they were asked for last."""
        data = _set_up()[1].get_metrics_data()
        return {
            metric.name: {name for point in metric.data.data_points for name in point.attributes or {}}
            for metric in _metrics_in(data)
        }


@contextmanager
def hearing() -> Iterator[Heard]:
    """Hear what is told in the block; afterwards no SDK is set up, as before."""
    provider, reader = _set_up()
    heard = Heard()
    reader.get_metrics_data()
    provider.add_span_processor(SimpleSpanProcessor(heard.exporter))
    trace.set_tracer_provider(provider)
    metrics.set_meter_provider(_meters())
    try:
        yield heard
    finally:
        heard.exporter.shutdown()
        _forget()


@cache
def _set_up() -> tuple[TracerProvider, InMemoryMetricReader]:
    return TracerProvider(), InMemoryMetricReader(preferred_temporality=DELTA)


@cache
def _meters() -> MeterProvider:
    return MeterProvider(metric_readers=[_set_up()[1]])


def _forget() -> None:
    """Undo what can be done once a process only, as OpenTelemetry's own tests do."""
    trace._TRACER_PROVIDER = None
    trace._TRACER_PROVIDER_SET_ONCE = Once()
    metrics._internal._METER_PROVIDER = None
    metrics._internal._METER_PROVIDER_SET_ONCE = Once()


def _metrics_in(data: Any) -> Iterator[Any]:
    for resource in data.resource_metrics if data else ():
        for scope in resource.scope_metrics:
            yield from scope.metrics
