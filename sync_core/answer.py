"""An HTTP answer of ours, before the trigger hands it to the host."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"
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
