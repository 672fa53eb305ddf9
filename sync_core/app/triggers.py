"""The app of this process, and its answers over HTTP also while the settings are wrong."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from os import environ

from sync_core.answer import HttpAnswer, problem
from sync_core.app.host_trace import trace_of
from sync_core.app.process import app, this_process
from sync_core.errors import ConfigError, NotFoundError, RejectedError, SyncError, TransientError, UnforeseenError
from sync_core.logs import get_logger
from sync_core.operations import admit
from sync_core.operations.actions.signed_in import find_signed_in
from sync_core.operations.dashboard.answer import unavailable_answer
from sync_core.operations.doctor import wants_examination
from sync_core.operations.health import health_answer
from sync_core.operations.parts import check_question
from sync_core.runs.run import RunKind

__all__ = [
    "act",
    "actions",
    "app",
    "dashboard",
    "discover_assets",
    "health",
    "reconcile",
    "refuse_person",
    "refuse_program",
    "status",
    "this_process",
    "trace_of",
]

logger = get_logger(__name__)
RETRY_S = 10


def discover_assets() -> None:
    """Run the minute tick. Raises what the run raises."""
    this_process().run(RunKind.DISCOVER, lambda app: app.discover_assets.run())


def reconcile() -> None:
    """Run a reconciliation. Raises what the run raises."""
    this_process().run(RunKind.RECONCILE, lambda app: app.reconcile.run())


def refuse_program(headers: Mapping[str, str]) -> HttpAnswer | None:
    """Return why `status` and `actions` answer nothing else, where the host asks for no key; None for who is signed in.

    Asked before the app is built: also what is wrong with its settings is told to nobody else.
    """
    return admit.refuse_program(headers, environ)


def refuse_person(headers: Mapping[str, str], query: Mapping[str, str]) -> HttpAnswer | None:
    """Do the same for `dashboard`."""
    return admit.refuse_person(headers, query, environ)


def status(query: Mapping[str, str]) -> HttpAnswer:
    """Answer `GET status`, or what it asks; while the settings are wrong, tell which and what was expected."""
    try:
        return _asked(query)
    except NotFoundError as error:
        return problem(HTTPStatus.NOT_FOUND, str(error))
    except RejectedError as error:
        return problem(HTTPStatus.BAD_REQUEST, str(error), parameter=error.code)
    except UnforeseenError as error:  # a bug: to ask again would only meet it again
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, str(error), causeClass=error.cause_class)
    except SyncError as error:
        return _later(error)


def _later(error: SyncError) -> HttpAnswer:
    """Nobody could be asked: tell why, of which kind that is, and when to ask again."""
    wait_s = (error.retry_after_s if isinstance(error, TransientError) else None) or RETRY_S
    headers = {"Retry-After": str(math.ceil(wait_s))}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers=headers, causeClass=error.cause_class)


def _asked(query: Mapping[str, str]) -> HttpAnswer:
    asked = [name for name in ("explain", "plan", "bundle") if query.get(name, "").strip()]
    asked += ["examine"] if wants_examination(query) else []
    check_question(asked, query)
    match asked:
        case ["explain"]:
            return app().impatient.explain.answer(query)
        case ["plan"]:
            return app().impatient.plan.answer(query)
        case ["bundle"]:
            return app().bundle.answer(query["bundle"].strip())
        case ["examine"]:
            return app().looking.doctor.answer(query)
        case _:
            return app().impatient.status.answer(query)


def dashboard(headers: Mapping[str, str], query: Mapping[str, str]) -> HttpAnswer:
    """Answer `GET dashboard`; while there is nothing to show, tell why on a page too."""
    try:
        return app().impatient.dashboard.answer(query, find_signed_in(headers, environ))
    except SyncError as error:
        return unavailable_answer(query, error)


def act(headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> HttpAnswer:
    """Answer `POST dashboard`: do what a button asks for."""
    try:
        return app().impatient.act.answer(headers, query, body, find_signed_in(headers, environ))
    except SyncError as error:
        return unavailable_answer(query, error)


def actions(headers: Mapping[str, str], body: bytes) -> HttpAnswer:
    """Answer `POST actions`."""
    try:
        return app().impatient.answer_actions.answer(headers, body, find_signed_in(headers, environ))
    except SyncError as error:
        logger.exception("An action cannot be taken")
        return _later(error)


def health() -> HttpAnswer:
    """Answer `GET health`."""
    try:
        return app().impatient.health.answer()
    except ConfigError:
        logger.exception("The health check found wrong settings")
        return health_answer(["settings"])
    except SyncError:
        logger.exception("The health check cannot read the state")
        return health_answer(["storage"])
