"""The way of an asset as traces: from the tick over the queue to the worker, and from the delivery to the lineage."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

from sync_core.app.triggers import trace_of
from sync_core.assets.record import AssetStatus
from sync_core.errors import ConfigError
from sync_core.jobs import message
from sync_core.jobs.message import MAX_ASSETS, AssetMessage
from sync_core.lineage.record import DataSetStatus
from sync_core.runs.run import RunOutcome
from sync_core.storage.names import ASSET_QUEUE, LINEAGE_QUEUE
from tests.kit.estate import Estate
from tests.kit.lineage_bench import LineageBench
from tests.kit.telemetry import Heard

HOSTILE = ["", "00-1-2-03", f"00-{'0' * 32}-{'1' * 16}-01", f"00-{'1' * 32}-{'0' * 16}-01", 7, {"a": 1}, "x" * 9999]


def ids(span: ReadableSpan) -> tuple[int, int]:
    """Return the trace and the id of a span."""
    context = span.get_span_context()
    assert context is not None
    return context.trace_id, context.span_id


def parent(span: ReadableSpan) -> tuple[int, int] | None:
    return (span.parent.trace_id, span.parent.span_id) if span.parent else None


def links(span: ReadableSpan) -> list[tuple[int, int]]:
    return [(link.context.trace_id, link.context.span_id) for link in span.links]


def told(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def test_the_way_of_assets_from_the_tick_over_the_queue_to_the_worker_is_one_trace(
    small_estate: Estate, heard: Heard
) -> None:
    run = small_estate.sync()

    tick, message, jobs = heard.span("discover run"), heard.span(f"process {ASSET_QUEUE}"), heard.span("asset jobs")
    assert told(tick) == {"sync.run": run.run_id, "sync.run.kind": "discover", "sync.run.outcome": "succeeded"}
    assert (parent(tick), parent(message), parent(jobs)) == (None, ids(tick), ids(message))
    assert message.kind is SpanKind.CONSUMER
    assert told(message)["messaging.destination.name"] == ASSET_QUEUE
    assert told(jobs)["sync.run"] == run.run_id
    assert sorted(told(jobs)["sync.assets"]) == sorted(record.key for record in small_estate.records())
    created = [each for each in heard.spans() if told(each).get("sync.operation") == "createDataSourceSet"]
    assert [parent(each) for each in created] == [ids(jobs)] * len(created)
    assert created


@pytest.mark.parametrize("at_once", [1, MAX_ASSETS])
def test_assets_go_on_with_the_trace_of_their_tick_also_when_a_later_tick_wakes_them(
    small_estate: Estate, heard: Heard, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(message, "MAX_ASSETS", at_once)
    small_estate.tick()
    small_estate.clear_queue()
    small_estate.clock.advance(1000)
    small_estate.sync()

    first, later = heard.spans("discover run")
    jobs = heard.spans("asset job" if at_once == 1 else "asset jobs")
    assert {ids(each)[0] for each in jobs} == {ids(first)[0]}
    assets = [key for each in jobs for key in told(each).get("sync.assets", [told(each).get("sync.asset")])]
    assert sorted(assets) == sorted(record.key for record in small_estate.records())
    assert ids(later)[0] != ids(first)[0]


def test_the_lineage_goes_on_with_the_delivery_and_is_linked_with_the_sync_of_its_asset(
    small_estate: Estate, heard: Heard
) -> None:
    small_estate.sync()
    record = small_estate.record_of("Customers")
    bench = LineageBench(
        small_estate.app, small_estate.cluedin, small_estate.purview, small_estate.storage, small_estate.clock
    )
    data_set_id = bench.load(record.source_id)
    bench.deliver(data_set_id)
    bench.work()

    delivery, message, job = (
        heard.span("take delivery"),
        heard.span(f"process {LINEAGE_QUEUE}"),
        heard.span("data_set job"),
    )
    assert parent(message) == ids(delivery)
    assert parent(job) == ids(message)
    assert told(job) == {
        "sync.job.kind": "data_set",
        "sync.job.attempts": 0,
        "sync.job.outcome": "done",
        "sync.data_set": data_set_id,
        "sync.data_set.status": DataSetStatus.PUSHED.value,
        "sync.asset": record.key,
    }
    assert links(job) == [ids(heard.span("asset jobs"))]


def test_what_the_host_has_begun_is_the_parent_of_a_run_and_linked_by_a_message(
    small_estate: Estate, heard: Heard
) -> None:
    tracer = trace.get_tracer("the host")
    with tracer.start_as_current_span("timer"):
        small_estate.tick()
    (message,) = small_estate.messages()
    with tracer.start_as_current_span("queue"):
        small_estate.app.create_data_source_group.handle(message.to_json().encode())

    assert parent(heard.span("discover run")) == ids(heard.span("timer"))
    assert links(heard.span(f"process {ASSET_QUEUE}")) == [ids(heard.span("queue"))]
    assert parent(heard.span(f"process {ASSET_QUEUE}")) == ids(heard.span("discover run"))


def test_the_trace_that_the_host_gives_an_invocation_goes_on_in_a_run(small_estate: Estate, heard: Heard) -> None:
    given = SimpleNamespace(trace_context=SimpleNamespace(trace_parent=f"00-{'a' * 32}-{'1' * 16}-01"))
    with trace_of(given):
        small_estate.tick()
    with trace_of(SimpleNamespace(trace_context=None)):
        small_estate.tick()

    first, second = heard.spans("discover run")
    assert parent(first) == (int("a" * 32, 16), int("1" * 16, 16))
    assert parent(second) is None


@pytest.mark.parametrize("traceparent", HOSTILE, ids=lambda value: str(value)[:20])
def test_a_message_with_a_trace_context_that_is_none_does_its_work(
    small_estate: Estate, heard: Heard, traceparent: object
) -> None:
    small_estate.tick()
    (message,) = small_estate.messages()
    small_estate.app.create_data_source_group.handle(with_traceparent(message, traceparent))

    assert {record.status for record in small_estate.records()} == {AssetStatus.SYNCED}
    assert parent(heard.span(f"process {ASSET_QUEUE}")) is None


def with_traceparent(message: AssetMessage, traceparent: object) -> bytes:
    """Return the message as whoever may write to the queue could send it."""
    return json.dumps({**json.loads(message.to_json()), "traceparent": traceparent}).encode()


def test_a_run_that_fails_tells_the_class_of_its_error_and_not_its_text(small_estate: Estate, heard: Heard) -> None:
    small_estate.purview.patch_switches({"access": "gateway_403"})
    run = small_estate.failing_tick(ConfigError)

    tick = heard.span("discover run")
    assert tick.status.status_code is StatusCode.ERROR
    assert told(tick)["error.type"] == "ForbiddenError"
    assert told(tick)["sync.run.outcome"] == "failed"
    assert (tick.status.description, tick.events) == (None, ())
    assert run.error


def test_a_job_that_is_tried_again_is_marked_as_failed(small_estate: Estate, heard: Heard) -> None:
    small_estate.tick()
    small_estate.clear_queue()
    key = small_estate.record_of("Orders").key
    small_estate.cluedin_fault("createDataSourceSet|inbound", status=500, times=None)
    small_estate.deliver(key)

    job = heard.span("asset job")
    assert (told(job)["sync.job.outcome"], job.status.status_code) == ("later", StatusCode.ERROR)
    assert told(job)["error.type"].endswith("Error")
    assert links(job) == [ids(heard.span("discover run"))]  # its message was no tick's


@pytest.mark.parametrize("point", ["on_start", "on_end"])
def test_a_processor_or_exporter_that_fails_fails_no_run(small_estate: Estate, heard: Heard, point: str) -> None:
    class Failing(SpanProcessor):
        is_on = True

        def on_start(self, span: Any, parent_context: Any = None) -> None:  # noqa: ARG002
            if self.is_on and point == "on_start":
                raise RuntimeError(span)

        def on_end(self, span: Any) -> None:
            if self.is_on and point == "on_end":
                raise RuntimeError(span)

    failing = Failing()
    heard.add(failing)
    try:
        run = small_estate.sync()
    finally:
        failing.is_on = False

    assert run.outcome is RunOutcome.SUCCEEDED
    assert {record.status for record in small_estate.records()} == {AssetStatus.SYNCED}
