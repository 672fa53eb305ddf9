"""Answers the webhook, also while the settings are wrong; nothing is imported for it that only others need."""

from collections.abc import Mapping
from http import HTTPStatus

from sync_core.answer import HttpAnswer, problem
from sync_core.app.host_trace import trace_of
from sync_core.app.process import this_process
from sync_core.errors import ConfigError, SyncError
from sync_core.logs import get_logger

__all__ = ["data_set_processed", "trace_of"]

logger = get_logger(__name__)


def data_set_processed(headers: Mapping[str, str], body: bytes) -> HttpAnswer:
    """Answer the webhook; while the settings are wrong, the sender must try again later."""
    try:
        return this_process().webhook().data_set_processed.answer(headers, body)
    except ConfigError:
        logger.exception("A delivery cannot be taken while the settings are wrong")
        detail = "The app is not set up; send the delivery again later."
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": "60"})
    except SyncError:
        logger.exception("A delivery cannot be taken while storage does not answer")
        detail = "The delivery could not be stored; send it again."
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": "10"})
