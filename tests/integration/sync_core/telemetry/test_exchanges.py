"""What is told of each exchange with a service, and what never is."""

import pytest
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode
from starlette.responses import JSONResponse, Response

from sync_core.errors import TransientError
from sync_core.http.client import Call
from tests.kit.scripted import NumberedTokens, Scripted, make_door
from tests.kit.telemetry import Heard

CALL = Call("GET", "/books/a-secret-name", {"title": "a secret title"}, operation="find_books")
NAME = "GET find_books"


def test_each_try_is_a_span_that_tells_service_operation_status_and_how_often_it_was_sent(
    service: Scripted, heard: Heard
) -> None:
    service.answers = [Response("down", 503), JSONResponse({})]
    answer = make_door(service).send(CALL)

    failed, again = heard.spans(NAME)
    host, _, port = service.url.removeprefix("http://").partition(":")
    asked = {"sync.service": "library", "sync.operation": "find_books", "http.request.method": "GET"}
    server = {"server.address": host, "server.port": int(port)}
    assert failed.kind is SpanKind.CLIENT
    assert failed.status.status_code is StatusCode.ERROR
    assert dict(failed.attributes or {}) == {
        **asked,
        **server,
        "az.client_request_id": service.asked[0].headers["x-ms-client-request-id"],
        "http.response.status_code": 503,
        "error.type": "503",
    }
    assert dict(again.attributes or {}) == {
        **asked,
        **server,
        "az.client_request_id": answer.request_id,
        "http.response.status_code": 200,
        "http.request.resend_count": 1,
    }


def test_a_token_that_is_refused_is_a_try_too(service: Scripted, heard: Heard) -> None:
    service.answers = [Response("", 401), JSONResponse({})]
    make_door(service, tokens=NumberedTokens()).send(CALL)

    first, second = heard.spans(NAME)
    assert (first.attributes or {})["error.type"] == "401"
    assert (second.attributes or {})["http.request.resend_count"] == 1


def test_a_connection_that_breaks_is_told_by_the_name_of_its_error(service: Scripted, heard: Heard) -> None:
    service.answers = [None]
    with pytest.raises(TransientError):
        make_door(service).send(Call("POST", "/books", json={}, operation="add", idempotent=False))

    told = heard.span("POST add").attributes or {}
    assert told["error.type"] == "ConnectionError"
    assert "http.response.status_code" not in told


def test_no_path_query_body_header_or_token_is_told(service: Scripted, heard: Heard) -> None:
    service.answers = [Response("s33d-answer", 403)]
    call = Call("POST", "/books/s33d-path", {"q": "s33d-query"}, json={"x": "s33d-body"}, operation="add")
    with pytest.raises(Exception, match="403"):
        make_door(service, tokens=NumberedTokens()).send(call)

    assert heard.spans("POST add")
    assert "s33d" not in heard.text()
    assert "token-1" not in heard.text()


def test_no_trace_context_goes_out_to_a_service(service: Scripted, heard: Heard) -> None:
    with trace.get_tracer("the host").start_as_current_span("timer"):
        make_door(service, tokens=NumberedTokens()).send(CALL)

    assert heard.spans(NAME)
    assert {"traceparent", "tracestate", "baggage"} & service.asked[0].headers.keys() == set()


def test_requests_are_measured_by_service_method_and_status(service: Scripted, heard: Heard) -> None:
    service.answers = [Response("down", 503), JSONResponse({})]
    make_door(service).send(CALL)

    assert heard.points()["sync.request.duration"] == {
        ("library", "GET", 503, "503"): 1,
        ("library", "GET", 200): 1,
    }
