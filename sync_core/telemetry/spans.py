"""Spans: what the app does, how long it takes, and what led to it.

Without an SDK a span is one look into a dictionary. With one, each begins under what is current, or goes on with a
trace that was carried here; then what was current is linked. No error's text is in it, which the log has: its class is.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from sync_core import __version__
from sync_core.telemetry.door import SCOPE, Attributes, is_loaded, safe_attributes, safely
from sync_core.telemetry.traceparent import well_formed

if TYPE_CHECKING:
    from opentelemetry import trace
    from opentelemetry.context import Context


class Kind(StrEnum):
    """What a span is to others, by the names of OpenTelemetry's `SpanKind`."""

    INTERNAL = "INTERNAL"
    CLIENT = "CLIENT"
    CONSUMER = "CONSUMER"


class Attribute(StrEnum):
    """What spans tell. `docs/operations.md` says what each means; a test keeps both in agreement.

    Those without `sync.` are OpenTelemetry's own; the request id is called as Azure's SDKs call it.
    Source: https://opentelemetry.io/docs/specs/semconv/, http/http-spans and messaging/messaging-spans.
    """

    RUN = "sync.run"
    RUN_KIND = "sync.run.kind"
    RUN_OUTCOME = "sync.run.outcome"
    JOB_KIND = "sync.job.kind"
    JOB_ATTEMPTS = "sync.job.attempts"
    JOB_OUTCOME = "sync.job.outcome"
    ASSET = "sync.asset"
    ASSETS = "sync.assets"
    ASSETS_FAILED = "sync.assets.failed"
    DATA_SET = "sync.data_set"
    DATA_SET_STATUS = "sync.data_set.status"
    SERVICE = "sync.service"
    OPERATION = "sync.operation"

    ERROR_TYPE = "error.type"
    HTTP_METHOD = "http.request.method"
    HTTP_STATUS = "http.response.status_code"
    HTTP_RESENDS = "http.request.resend_count"
    SERVER_ADDRESS = "server.address"
    SERVER_PORT = "server.port"
    REQUEST_ID = "az.client_request_id"
    MESSAGING_SYSTEM = "messaging.system"
    MESSAGING_DESTINATION = "messaging.destination.name"
    MESSAGING_OPERATION = "messaging.operation.name"
    MESSAGING_TYPE = "messaging.operation.type"


class Span:
    """A piece of work that goes on; one that nobody hears of takes everything and does nothing."""

    __slots__ = ("_span", "has_failed")

    def __init__(self, span: "trace.Span | None" = None) -> None:
        self._span = span
        self.has_failed = False

    @property
    def is_heard(self) -> bool:
        """Whether anybody hears of it: what takes time to tell is worth it only then."""
        span = self._span
        return span is not None and bool(safely(span.is_recording))

    def tell(self, attributes: Attributes) -> None:
        """Add attributes."""
        span = self._span
        if span is not None:
            safely(lambda: span.set_attributes(safe_attributes(attributes)))

    def fail(self, error_type: str) -> None:
        """Mark it as failed, also where its caller goes on; what is told first counts."""
        span = self._span
        if span is not None and not self.has_failed:
            self.has_failed = True
            safely(lambda: _mark_failed(span, error_type))

    def link(self, traceparent: str | None) -> None:
        """Link what led to it, where that is known by now only."""
        span = self._span
        if span is not None and traceparent:
            safely(lambda: _add_link(span, traceparent))


UNHEARD = Span()


@contextmanager
def span(
    name: str,
    attributes: Attributes | None = None,
    *,
    kind: Kind = Kind.INTERNAL,
    parent: str | None = None,
    links: Sequence[str | None] = (),
) -> Iterator[Span]:
    """Tell of the work in the block; an error that leaves it marks it as failed, and goes on its way.

    `parent` and `links` are trace contexts that were carried here; what is none of them counts for nothing, and a link
    within the trace would say nothing.
    """
    begun = safely(lambda: _begin(name, attributes or {}, kind, parent, links)) if is_loaded() else None
    if begun is None:
        yield UNHEARD
        return
    from opentelemetry import context, trace  # noqa: PLC0415  # it is loaded already, or nobody comes here

    told = Span(begun)
    token = context.attach(trace.set_span_in_context(begun))
    try:
        yield told
    except BaseException as error:
        told.fail(type(error).__name__)
        raise
    finally:
        context.detach(token)
        safely(begun.end)


@contextmanager
def going_on(traceparent: object) -> Iterator[None]:
    """Let the work in the block be a part of a trace that another process began; of none where this is none."""
    under = safely(lambda: _under(well_formed(traceparent))) if is_loaded() else None
    if under is None:
        yield
        return
    from opentelemetry import context  # noqa: PLC0415

    token = context.attach(under)
    try:
        yield
    finally:
        context.detach(token)


def current_span() -> Span:
    """Return the span of the work that goes on."""
    return safely(_current_span) or UNHEARD if is_loaded() else UNHEARD


def current_traceparent() -> str | None:
    """Return the trace context of the work that goes on, for who goes on with it elsewhere; None where none is told."""
    return safely(_current) if is_loaded() else None


def _begin(
    name: str, attributes: Attributes, kind: Kind, parent: str | None, links: Sequence[str | None]
) -> "trace.Span | None":
    from opentelemetry import trace  # noqa: PLC0415

    current, linked = _current_context(), _contexts(links)
    if carried := _contexts([parent]):
        linked, current = [current, *linked], carried[0]
    return trace.get_tracer(SCOPE, __version__).start_span(
        name,
        context=_under(parent),
        kind=trace.SpanKind[kind],
        attributes=safe_attributes(attributes),
        links=[trace.Link(one) for one in linked if one.is_valid and one.trace_id != current.trace_id],
    )


def _under(traceparent: str | None) -> "Context | None":
    from opentelemetry import trace  # noqa: PLC0415

    carried = _contexts([traceparent])
    return trace.set_span_in_context(trace.NonRecordingSpan(carried[0])) if carried else None


def _contexts(traceparents: Sequence[str | None]) -> "list[trace.SpanContext]":
    from opentelemetry import trace  # noqa: PLC0415

    found = [one.split("-") for one in map(well_formed, traceparents) if one]
    return [
        trace.SpanContext(
            int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=trace.TraceFlags(int(flags, 16))
        )
        for _, trace_id, span_id, flags in found
    ]


def _current_span() -> Span:
    from opentelemetry import trace  # noqa: PLC0415

    return Span(trace.get_current_span())


def _current_context() -> "trace.SpanContext":
    from opentelemetry import trace  # noqa: PLC0415

    return trace.get_current_span().get_span_context()


def _current() -> str | None:
    context = _current_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}" if context.is_valid else None


def _add_link(span: "trace.Span", traceparent: str) -> None:
    for context in _contexts([traceparent]):
        span.add_link(context)


def _mark_failed(span: "trace.Span", error_type: str) -> None:
    from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415

    span.set_attribute(Attribute.ERROR_TYPE.value, error_type)
    span.set_status(Status(StatusCode.ERROR))
