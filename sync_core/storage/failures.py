"""The one place where a storage failure becomes one of our errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)

from sync_core.errors import ConfigError, ConflictError, SlowAnswerError, StateError, TransientError
from sync_core.json_decoding import decode_or_none
from sync_core.safe_text import mask

STORAGE = "storage"
SHOWN_CHARACTERS = 300
MISSING_CONTAINER_CODES = frozenset({"TableNotFound", "QueueNotFound"})
# By these codes alone storage says that something is there, is not there, or changed. A 404, 409 or 412 without one
# comes from something in its place, e.g. a proxy. Source: Microsoft, "Table service error codes", "Queue service ...".
ABSENCE_CODES = frozenset({"ResourceNotFound", "EntityNotFound", "MessageNotFound", *MISSING_CONTAINER_CODES})
EXISTENCE_CODES = frozenset(
    {"EntityAlreadyExists", "ResourceAlreadyExists", "TableAlreadyExists", "QueueAlreadyExists"}
)
CHANGE_CODES = frozenset({"UpdateConditionNotSatisfied", "ConditionNotMet", "PopReceiptMismatch"})
# How a transaction says that one of its rows is not as expected.
CONFLICT_CODES = frozenset({"EntityAlreadyExists", "ResourceNotFound"}) | CHANGE_CODES
REMEDY = (
    "Check AzureWebJobsStorage and the roles Storage Queue Data Contributor and Storage Table Data Contributor of the "
    "app's identity."
)


def is_missing_container(error: BaseException) -> bool:
    """Whether the table or queue itself is not there, as opposed to one entity."""
    return isinstance(error, HttpResponseError) and _code(error) in MISSING_CONTAINER_CODES


def refuse_foreign_absence(response: Any) -> None:
    """Raise the error of a 404 that is not storage's own: where a row is deleted, the SDK lets each pass."""
    if response.status_code != HTTPStatus.NOT_FOUND:
        return
    error = HttpResponseError(response=response)
    if _is_foreign(response.status_code, _code(error)):
        raise error


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raise storage failures as our errors; absence and existence, told by storage's own code, are left to the caller.

    Raises:
        ConflictError: the row changed since it was read.
        ConfigError: storage refuses our identity or key.
        SlowAnswerError: storage does not answer what it was asked, or its answer broke off or is somebody else's.
        TransientError: storage is out of reach, or asks to slow down.
        StateError: anything else.
    """
    try:
        yield
    except (ResourceNotFoundError, ResourceExistsError) as error:
        if _code(error) in ABSENCE_CODES | EXISTENCE_CODES:
            raise
        raise _to_error(what, error) from error
    except ClientAuthenticationError as error:
        raise ConfigError(f"Storage refused the app at {what}. {REMEDY}") from error
    except HttpResponseError as error:
        raise _to_error(what, error) from error
    except (ServiceRequestError, ServiceResponseError) as error:
        found = f"Storage did not answer at {what}: {type(error).__name__}, {_first_cause(error)}."
        is_lost = isinstance(error, ServiceResponseError)
        # Not chained: the SDK's own error shows the whole URL, which ends with a key where access is by signature.
        raise (SlowAnswerError if is_lost else TransientError)(found, service=STORAGE) from None
    except AzureError as error:
        raise StateError(f"Storage failed at {what}: {type(error).__name__}.") from error
    except (AttributeError, TypeError) as error:
        answer = _at_which_the_sdk_failed(error)
        if answer is None:
            raise
        raise _to_error(what, answer) from error


def _at_which_the_sdk_failed(error: BaseException | None) -> HttpResponseError | None:
    """Return the answer that the SDK's own handling of errors could not take, e.g. one without a body, or None."""
    while error is not None and not isinstance(error, HttpResponseError):
        error = error.__context__
    return error


def _to_error(what: str, error: HttpResponseError) -> Exception:
    status, code = error.status_code or 0, _code(error)
    if code in CONFLICT_CODES:
        return ConflictError(f"Another worker changed {what} first.")
    if status < HTTPStatus.BAD_REQUEST or _is_foreign(status, code):
        # Something answers in storage's place, or the answer broke off.
        found = f"Storage's answer at {what} is none, or broke off: {status}, {type(error).__name__}."
        return SlowAnswerError(found, service=STORAGE)
    if status == HTTPStatus.FORBIDDEN:
        return ConfigError(f"Storage refused the app at {what}. {REMEDY}")
    # A table or queue that was just deleted answers 409 for a while.
    is_passing = status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.CONFLICT}
    if is_passing or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TransientError(f"Storage answered {status} {code} at {what}.", service=STORAGE)
    return StateError(f"Storage answered {status} {code} at {what}: {error.message}")


def _is_foreign(status: int, code: str) -> bool:
    """Whether an answer says what only storage can say, but not as storage says it."""
    is_missing = status == HTTPStatus.NOT_FOUND and code not in ABSENCE_CODES
    return is_missing or (status == HTTPStatus.PRECONDITION_FAILED and code not in CHANGE_CODES)


def _first_cause(error: BaseException) -> str:
    while error.__context__ is not None:
        error = error.__context__
    return mask(str(error))[:SHOWN_CHARACTERS]


def _code(error: BaseException) -> str:
    """Return storage's own error code; some of the SDK's paths decode it, others leave it in the body."""
    code = getattr(error, "error_code", None) or ""
    response = getattr(error, "response", None)
    if code or response is None:
        return str(getattr(code, "value", code))
    return code_in(response.text()) or str(response.headers.get("x-ms-error-code", ""))


def code_in(body: str) -> str:
    """Return storage's own error code in a body, empty without one."""
    match decode_or_none(body):
        case {"odata.error": {"code": str(found)}}:
            return found
        case _:
            return ""
