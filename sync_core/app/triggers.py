"""The app of this process, and its answers over HTTP also while the settings are wrong."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus

from sync_core.answer import HttpAnswer, problem
from sync_core.app.parts import App
from sync_core.app.process import Process
from sync_core.errors import ConfigError, RejectedError, SyncError
from sync_core.logs import get_logger, quieten_libraries
from sync_core.operations.dashboard.answer import unavailable_answer
from sync_core.operations.doctor import wants_examination
from sync_core.operations.health import health_answer
from sync_core.runs.run import RunKind
from sync_core.settings import load_settings
from sync_core.storage.connection import INTERACTIVE

logger = get_logger(__name__)


@cache
def this_process() -> Process:
    """Return what this process keeps; nothing is kept while the settings are wrong."""
    quieten_libraries()
    return Process(App(load_settings(), patience=INTERACTIVE))


def app() -> App:
    """Return the app of this process.

    Raises:
        ConfigError: settings are missing or wrong; nothing is kept, so the next call reads them again.
        TransientError: storage does not answer.
    """
    return this_process().app()


def discover_assets() -> None:
    """Run the minute tick. Raises what the run raises."""
    this_process().run(RunKind.DISCOVER, lambda app: app.discover_assets.run())


def reconcile() -> None:
    """Run a reconciliation. Raises what the run raises."""
    this_process().run(RunKind.RECONCILE, lambda app: app.reconcile.run())


def status(query: Mapping[str, str]) -> HttpAnswer:
    """Answer `GET status`; while the settings are wrong, tell which and what was expected."""
    try:
        return app().doctor.answer() if wants_examination(query) else app().impatient.status.answer(query)
    except RejectedError as error:
        return problem(HTTPStatus.BAD_REQUEST, str(error), parameter=error.code)
    except SyncError as error:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers={"Retry-After": "10"})


def dashboard(query: Mapping[str, str]) -> HttpAnswer:
    """Answer `GET dashboard`; while there is nothing to show, tell why on a page too."""
    try:
        return app().impatient.dashboard.answer(query)
    except SyncError as error:
        return unavailable_answer(query, error)


def data_set_processed(headers: Mapping[str, str], body: bytes) -> HttpAnswer:
    """Answer the webhook; while the settings are wrong, the sender must try again later."""
    try:
        return app().impatient.data_set_processed.answer(headers, body)
    except ConfigError:
        logger.exception("A delivery cannot be taken while the settings are wrong")
        detail = "The app is not set up; send the delivery again later."
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": "60"})
    except SyncError:
        logger.exception("A delivery cannot be taken while storage does not answer")
        detail = "The delivery could not be stored; send it again."
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": "10"})


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
