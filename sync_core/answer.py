"""An HTTP answer of ours, before the trigger hands it to the host."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"
LARGEST_BODY_BYTES = 64 * 1024
LARGEST_PAGE = 1000
"""So many items of a kind are in one answer at most."""
# No cache keeps an answer, and no browser takes JSON for a page, whatever the names in it look like.
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status, body and headers."""

    status: int
    body: str
    media_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def json_answer(body: Any, status: int = HTTPStatus.OK) -> HttpAnswer:
    """Answer with JSON that no cache keeps."""
    return HttpAnswer(status, json.dumps(body, ensure_ascii=False), headers=dict(HEADERS))


def problem(status: int, detail: str, *, headers: dict[str, str] | None = None, **members: Any) -> HttpAnswer:
    """Answer with a problem (RFC 9457); `detail` tells what was wrong and what was expected."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status), "detail": detail}
    headers = {**HEADERS, **(headers or {})}
    return HttpAnswer(int(status), json.dumps({**body, **members}, ensure_ascii=False), PROBLEM_JSON, headers)


def refuse_body(headers: Mapping[str, str], body: bytes) -> HttpAnswer | None:
    """Return why a body is not even read, None for JSON that is not too large. Names of headers are in lower case."""
    if len(body) > LARGEST_BODY_BYTES:
        detail = f"The body has {len(body)} bytes; at most {LARGEST_BODY_BYTES} are taken."
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    if not _is_json(media_type_of(headers)):
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Expected Content-Type: application/json.")
    return None


def media_type_of(headers: Mapping[str, str]) -> str:
    """Return the media type of a body without its parameters, in lower case."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_json(media_type: str) -> bool:
    return media_type == JSON or media_type.endswith("+json")
