"""What storage answered: which answers the host expects, which it waits out, and which end it.

Measured on Storage.Queues 5.3.10: throttling, 5xx and broken connections are tried again for about 25 s; a queue that
is missing or being deleted and a message that is gone are expected; anything else ends the whole host.
"""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from azure.core.exceptions import AzureError, HttpResponseError

T = TypeVar("T")
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.4, 4.0
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


def call_patiently(call: Callable[[], T], patience_s: float) -> T:
    """Make a call, again and again for that long where its failure may pass.

    Raises:
        AzureError: the last failure, or the first one that does not pass.
    """
    deadline, pause_s = time.monotonic() + patience_s, _FIRST_PAUSE_S
    while True:
        try:
            return call()
        except AzureError as error:
            if not _may_pass(error) or time.monotonic() + pause_s > deadline:
                raise
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


def is_missing_queue(error: AzureError) -> bool:
    """Whether the queue is not there."""
    return _code(error) in {"QueueNotFound", "QueueBeingDeleted", "QueueDisabled"}


def is_lost_message(error: AzureError) -> bool:
    """Whether the message is gone, or somebody else's."""
    return _code(error) in {"MessageNotFound", "PopReceiptMismatch"} or is_missing_queue(error)


def is_sick_server(error: AzureError) -> bool:
    """Whether the service answered that it is not well."""
    return _status(error) >= HTTPStatus.INTERNAL_SERVER_ERROR


def _may_pass(error: AzureError) -> bool:
    return _status(error) in {0, *_PASSING} or is_sick_server(error)


def _status(error: AzureError) -> int:
    """0: there was no answer."""
    return (error.status_code or 0) if isinstance(error, HttpResponseError) else 0


def _code(error: AzureError) -> str:
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code))
