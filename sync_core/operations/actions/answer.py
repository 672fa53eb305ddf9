"""Answers `POST actions`: JSON in, JSON out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from sync_core.answer import HttpAnswer, json_answer, problem, refuse_body
from sync_core.errors import NotFoundError, RejectedError, StateError
from sync_core.operations.actions.parse import Person, parse_json
from sync_core.operations.actions.perform import Done, Perform
from sync_core.runtime import Runtime

MOST_REFUSED = 100
ANSWER_TIME = timedelta(seconds=5)
"""What takes longer is answered in parts: `left` says how much there was no time for, and the same again goes on."""


@dataclass(frozen=True)
class Actions:
    """Takes requests of programs, and of people with a tool of their own."""

    actions: Perform
    runtime: Runtime

    def answer(self, headers: Mapping[str, str], body: bytes, signed_in: Person | None = None) -> HttpAnswer:
        """Answer one POST; `signed_in` is whoever the platform says it is.

        Raises:
            TransientError, ConfigError: storage does not answer.
        """
        refusal = refuse_body({name.lower(): value for name, value in headers.items()}, body)
        if refusal:
            return refusal
        try:
            request, by = parse_json(body, signed_in)
        except RejectedError as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error), field=error.code)
        try:
            return json_answer(tell(self.actions.perform(request, by, answer_time(self.runtime))))
        except NotFoundError as error:
            return problem(HTTPStatus.NOT_FOUND, str(error))
        except (RejectedError, StateError) as error:
            return problem(HTTPStatus.CONFLICT, str(error))


def answer_time(runtime: Runtime) -> Callable[[], bool]:
    """Return what says whether there is time left for somebody who waits for the answer."""
    ends_at = runtime.now() + ANSWER_TIME
    return lambda: runtime.now() < ends_at


def tell(done: Done) -> dict[str, Any]:
    """Return what came of an action as JSON."""
    refused = list(done.refused[:MOST_REFUSED])
    left = {"left": done.left} if done.left else {}
    return {"status": "done", "done": done.done, "refused": refused, **left}
