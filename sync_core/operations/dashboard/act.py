"""Answers `POST dashboard`: a person pressed a button. It is done, and the page says what came of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from sync_core.answer import HEADERS, LARGEST_BODY_BYTES, HttpAnswer, media_type_of
from sync_core.errors import RejectedError
from sync_core.operations.actions.answer import answer_time
from sync_core.operations.actions.form_key import FormKeys
from sync_core.operations.actions.parse import BY, Person, to_person
from sync_core.operations.actions.perform import Perform
from sync_core.operations.actions.same_origin import is_of_another_page
from sync_core.operations.dashboard.answer import not_done_answer
from sync_core.operations.dashboard.buttons import Acting, Buttons, parse_form
from sync_core.operations.dashboard.links import ACTED, Links
from sync_core.runtime import Runtime

FORM = "application/x-www-form-urlencoded"
DO = "do"
KEY = re.compile(r"[0-9]{14}-[A-Za-z0-9-]{1,100}")
FORGED = (
    "This was not sent by a page that the app has shown to you within eight hours. Open the dashboard anew, and press "
    "the button there."
)


@dataclass(frozen=True)
class Act:
    """Does what a button asks for, if one of our pages has shown it."""

    actions: Perform
    keys: FormKeys
    runtime: Runtime

    def offer(self, query: Mapping[str, str], signed_in: Person | None) -> Acting:
        """Return what the page of a GET lets this person do, and what came of the action that the query names."""
        buttons = Buttons(self.keys.current(), self.runtime.now(), Links(query).here(), signed_in)
        key = query.get(ACTED, "")
        return Acting(buttons, self.actions.log.look_up(key) if KEY.fullmatch(key) else None)

    def answer(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes, signed_in: Person | None = None
    ) -> HttpAnswer:
        """Answer one POST; `signed_in` is whoever the platform says it is. What is refused as forged writes nothing.

        Raises:
            TransientError, ConfigError: storage does not answer.
        """
        headers = {name.lower(): value for name, value in headers.items()}
        if len(body) > LARGEST_BODY_BYTES:
            return not_done_answer(query, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The form is too large.")
        if media_type_of(headers) != FORM:
            return not_done_answer(query, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Expected Content-Type: {FORM}.")
        if is_of_another_page(headers):
            return not_done_answer(query, HTTPStatus.FORBIDDEN, FORGED)
        return self._act(query, parse_form(body), signed_in)

    def _act(self, query: Mapping[str, str], fields: Mapping[str, str], signed_in: Person | None) -> HttpAnswer:
        buttons = Buttons(self.keys.current(), self.runtime.now(), signed_in=signed_in)
        try:
            action = buttons.parse(fields.get(DO, ""))
            if action is None:
                return not_done_answer(query, HTTPStatus.FORBIDDEN, FORGED)
            by = signed_in or to_person(fields.get(BY))
        except RejectedError as error:
            return not_done_answer(query, HTTPStatus.BAD_REQUEST, str(error))
        key = self.actions.attempt(action, by, answer_time(self.runtime))
        return _see(Links(query).here(**{ACTED: key}))


def _see(link: str) -> HttpAnswer:
    """Lead to the page by GET: to reload it does nothing again."""
    return HttpAnswer(HTTPStatus.SEE_OTHER, "", headers={**HEADERS, "Location": link, "Referrer-Policy": "no-referrer"})
