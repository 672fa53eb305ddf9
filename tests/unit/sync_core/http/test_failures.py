"""Which of our errors an answer stands for, from any of the bodies that the services and what is before them send."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from sync_core.errors import (
    AddressError,
    AlreadyExistsError,
    CredentialsError,
    ForbiddenError,
    NotFoundError,
    OvertakenError,
    RejectedError,
    SlowAnswerError,
    SyncError,
    ThrottledError,
    TransientError,
)
from sync_core.http.client import Answer
from sync_core.http.failures import (
    Service,
    parse_failure,
    to_shape_error,
    to_status_error,
)
from sync_core.http.services import CLUEDIN, PURVIEW
from tests.unit.sync_core.strategies import ANY_JSON


def answer(status: int, body: Any = b"", **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(
        status, CaseInsensitiveDict({name.replace("_", "-"): text for name, text in headers.items()}), raw, ""
    )


def atlas(code: str, message: str = "said so") -> dict[str, str]:
    return {"requestId": "r", "errorCode": code, "errorMessage": message}


def test_a_body_is_decoded_once() -> None:
    found = answer(200, {"value": [1]})
    assert found.json() == {"value": [1]}
    assert found.json() is found.json()


def error_of(status: int, body: Any = b"", **headers: str) -> SyncError:
    error = to_status_error(PURVIEW, "fetch_assets", answer(status, body, **headers))
    assert error is not None
    return error


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("body", [b"{}", b"[]", b' \r\n{"a": 1}', b'\xef\xbb\xbf{"a": 1}', b"{cut sho"])
def test_a_success_is_no_error(status: int, body: bytes) -> None:
    assert to_status_error(PURVIEW, "x", answer(status, body)) is None


@pytest.mark.parametrize("service", [PURVIEW, CLUEDIN])
@pytest.mark.parametrize("status", [200, 201, 202, 204, 205])
@pytest.mark.parametrize(
    ("body", "got"),
    [
        (b"", "an empty answer"),
        (b" \n", "an empty answer"),
        (b"<!DOCTYPE html><html><title>Microsoft Purview</title>", "a web page: <!DOCTYPE html>"),
        (b"OK", "no JSON: OK"),
        (b"null", "no JSON: null"),
        (b"\xff\xfe\x00", "no JSON: "),
    ],
)
def test_a_success_that_is_no_json_names_the_setting_what_came_and_what_to_write(
    service: Service, status: int, body: bytes, got: str
) -> None:
    error = to_status_error(service, "fetch_things", answer(status, body))
    assert isinstance(error, AddressError)
    assert f"What answers fetch_things is not {service.title}: got {got}" in str(error)
    assert f"check {service.url_setting}; it is written as {service.written_as}" in str(error)


@pytest.mark.parametrize(
    ("body", "got"),
    [
        ({"statusCode": 200, "message": "hello"}, "an object with statusCode, message"),
        ({}, "an empty object"),
        ([1], "a list"),
        (7, "a bare value"),
    ],
)
def test_json_of_another_shape_names_the_setting_and_its_members(body: Any, got: str) -> None:
    error = to_shape_error(PURVIEW, "a list of terms", body)
    assert isinstance(error, AddressError)
    assert f"is not a list of terms: got {got}. " in str(error)
    assert "check PURVIEW_ENDPOINT" in str(error)


def test_json_that_was_cut_short_is_a_passing_failure() -> None:
    assert type(to_shape_error(PURVIEW, "a list", None)) is TransientError


@pytest.mark.parametrize("status", [404, 405])
@pytest.mark.parametrize(
    ("service", "body"),
    [
        (PURVIEW, {"error": {"code": "RequestUriNotFound", "message": "no such path"}}),
        (PURVIEW, {"error": {"code": "ResourceNotFound", "message": "no such path"}}),
        (PURVIEW, {"errors": [{"message": "x", "extensions": {"code": "NOT_FOUND"}}]}),
        (PURVIEW, {"error": "not_found"}),
        (PURVIEW, {"statusCode": 404, "message": "Resource not found"}),
        (CLUEDIN, {"error": {"code": "RequestUriNotFound", "message": "no such path"}}),
        (CLUEDIN, {"errorCode": "ATLAS-404-00-005", "errorMessage": "not found"}),
        (CLUEDIN, {"status": 404, "title": "Not Found"}),
        (CLUEDIN, b"Cannot POST /graphql"),
    ],
)
def test_a_404_of_somebody_else_names_the_setting(service: Service, status: int, body: Any) -> None:
    error = to_status_error(service, "x", answer(status, body))
    assert type(error) is AddressError
    assert f"check {service.url_setting}; it is written as" in str(error)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, atlas("ATLAS-404-00-005"), NotFoundError),
        (404, atlas("ATLAS-404-00-009"), NotFoundError),
        (404, atlas("ATLAS-404-00-007"), RejectedError),
        (404, {"error": {"code": "NotFound", "message": "no such account"}}, AddressError),
        (404, b"<html>not here</html>", AddressError),
        (404, b"", AddressError),
        (405, b"<html>405 Not Allowed</html>", AddressError),
        (302, b"", AddressError),
        (400, atlas("ATLAS-400-00-029"), RejectedError),
        (409, atlas("ATLAS-409-00-001"), AlreadyExistsError),
        (412, {"error": {"code": "VersionConflict"}}, OvertakenError),
        (412, {}, OvertakenError),
        (409, {"errors": [{"message": "x", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}, AlreadyExistsError),
        (400, b"not json", RejectedError),
        (401, b"", CredentialsError),
        (403, {"error": {"code": "Unauthorized", "message": "Not authorized to access account"}}, ForbiddenError),
        (403, atlas("ATLAS-403-00-001"), ForbiddenError),
        (400, {"errors": [{"message": "x", "extensions": {"code": "UNAUTHENTICATED"}}]}, CredentialsError),
        (500, {"errors": [{"message": "x", "extensions": {"code": "UNAUTHENTICATED"}}]}, CredentialsError),
        (400, {"errors": [{"message": "x", "extensions": {"code": "FORBIDDEN"}}]}, ForbiddenError),
        (400, {"errors": [{"message": "x", "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]}, RejectedError),
        (408, {"error": {"code": "RequestTimeout", "message": "slow"}}, SlowAnswerError),
        (504, b"<html>", SlowAnswerError),
        (429, b"", ThrottledError),
        (503, b"<html>", TransientError),
    ],
)
def test_a_failure_is_known_by_its_code_and_else_by_its_status(
    status: int, body: Any, expected: type[SyncError]
) -> None:
    assert type(error_of(status, body)) is expected


def test_an_unavailable_service_that_asks_for_a_pause_has_failed_all_the_same() -> None:
    error = error_of(503, b"", retry_after="5")
    assert type(error) is TransientError
    assert error.retry_after_s == 5


def test_an_error_says_what_happened_to_which_call() -> None:
    said = str(error_of(404, atlas("ATLAS-404-00-005", "Given instance guid g1 is invalid/not found")))
    assert said == (
        "Microsoft Purview answered 404 ATLAS-404-00-005 to fetch_assets: Given instance guid g1 is invalid/not found"
    )


def test_an_error_without_a_body_says_so() -> None:
    assert "Microsoft Purview answered 503 to fetch_assets: (empty body)" in str(error_of(503))


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(401, "PURVIEW_ENDPOINT"), (403, "Data Reader"), (404, "PURVIEW_ENDPOINT"), (302, "PURVIEW_ENDPOINT")],
)
def test_an_error_for_a_person_names_the_remedy(status: int, remedy: str) -> None:
    assert remedy in str(error_of(status))


def test_a_rejection_carries_the_services_code_or_else_the_status() -> None:
    coded, plain = error_of(400, atlas("ATLAS-400-00-029")), error_of(400, b"no")
    assert isinstance(coded, RejectedError)
    assert isinstance(plain, RejectedError)
    assert (coded.code, plain.code) == ("ATLAS-400-00-029", "400")


def test_a_passing_failure_carries_the_pause_that_was_asked_for() -> None:
    error = error_of(429, b"", retry_after="30")
    assert isinstance(error, TransientError)
    assert (error.retry_after_s, error.service) == (30.0, "purview")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (atlas("ATLAS-400-00-01A", "bad"), ("ATLAS-400-00-01A", "bad")),
        ({"error": {"code": "Unauthorized", "message": "no"}}, ("Unauthorized", "no")),
        ({"error": "invalid_grant", "error_description": "wrong"}, ("invalid_grant", "wrong")),
        ({"errors": [{"message": "Cannot query field"}]}, ("", "Cannot query field")),
        ({"something": "else"}, ("", '{"something": "else"}')),
        (b"", ("", "(empty body)")),
        (b"\xff\xfe", ("", "��")),
        (b"<html>\n  <b>no</b>", ("", "<html> <b>no</b>")),
        (b"[" * 100_000, ("", "[" * 300 + "...")),
    ],
)
def test_code_and_text_are_read_from_every_known_body(body: Any, expected: tuple[str, str]) -> None:
    assert parse_failure(answer(400, body)) == expected


@given(st.integers(100, 599), ANY_JSON | st.binary())
def test_whatever_comes_back_stands_for_one_of_our_errors(status: int, body: Any) -> None:
    error = to_status_error(PURVIEW, "x", answer(status, body))
    assert status < 300 if error is None else isinstance(error, SyncError)
    assert error is not None or body not in (b"", None, "")
    assert len(str(error)) < 1000
