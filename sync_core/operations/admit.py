"""Whom the app itself lets in where people sign in with Microsoft Entra: then the host asks nobody for a key."""

from collections.abc import Mapping
from http import HTTPStatus

from sync_core.answer import HttpAnswer, problem
from sync_core.operations.actions.signed_in import find_signed_in, is_sign_in_on
from sync_core.operations.dashboard.answer import not_admitted_answer

OFF = (
    "WEB_SIGN_IN is entra, and the platform's sign-in is off: nobody can be told from anybody. Switch App Service "
    "authentication on, or let WEB_SIGN_IN be key."
)
NOBODY = "Nobody is signed in. Sign in with Microsoft Entra ID, or send a token of it: Authorization: Bearer."


def refuse_program(headers: Mapping[str, str], environment: Mapping[str, str]) -> HttpAnswer | None:
    """Return why a request that nobody signed in for is refused, None for one of somebody."""
    if not is_sign_in_on(environment):
        return problem(HTTPStatus.FORBIDDEN, OFF)
    if find_signed_in(headers, environment) is None:
        return problem(HTTPStatus.UNAUTHORIZED, NOBODY, headers={"WWW-Authenticate": "Bearer"})
    return None


def refuse_person(
    headers: Mapping[str, str], query: Mapping[str, str], environment: Mapping[str, str]
) -> HttpAnswer | None:
    """Do the same on a page for people."""
    refusal = refuse_program(headers, environment)
    if refusal is None:
        return None
    return not_admitted_answer(query, refusal, OFF if refusal.status == HTTPStatus.FORBIDDEN else NOBODY)
