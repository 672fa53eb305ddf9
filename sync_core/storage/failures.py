"""The one place where a storage failure becomes one of our errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
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
# How a transaction says that one of its rows is not as expected.
CONFLICT_CODES = frozenset({"EntityAlreadyExists", "ResourceNotFound", "UpdateConditionNotSatisfied"})
REMEDY = (
    "Check AzureWebJobsStorage and the roles Storage Queue Data Contributor and Storage Table Data Contributor of the "
    "app's identity."
)


def is_missing_container(error: BaseException) -> bool:
    """Whether the table or queue itself is not there, as opposed to one entity."""
    return isinstance(error, HttpResponseError) and _code(error) in MISSING_CONTAINER_CODES


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raise storage failures as our errors; absence and existence are left to the caller.

    Raises:
        ConflictError: the row changed since it was read.
        ConfigError: storage refuses our identity or key.
        SlowAnswerError: storage does not answer what it was asked, or its answer broke off.
        TransientError: storage is out of reach, or asks to slow down.
        StateError: anything else.
    """
    try:
        yield
    except (ResourceNotFoundError, ResourceExistsError):
        raise
    except ResourceModifiedError as error:
        raise ConflictError(f"Another worker changed {what} first.") from error
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


def _to_error(what: str, error: HttpResponseError) -> Exception:
    status = error.status_code or 0
    if status < HTTPStatus.BAD_REQUEST:  # something answers in storage's place, or the answer broke off
        found = f"Storage's answer at {what} is none, or broke off: {status}, {type(error).__name__}."
        return SlowAnswerError(found, service=STORAGE)
    if status == HTTPStatus.PRECONDITION_FAILED or _code(error) in CONFLICT_CODES:
        return ConflictError(f"Another worker changed {what} first.")
    if status == HTTPStatus.FORBIDDEN:
        return ConfigError(f"Storage refused the app at {what}. {REMEDY}")
    # A table or queue that was just deleted answers 409 for a while.
    is_passing = status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.CONFLICT}
    if is_passing or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TransientError(f"Storage answered {status} {_code(error)} at {what}.", service=STORAGE)
    return StateError(f"Storage answered {status} {_code(error)} at {what}: {error.message}")


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
    match decode_or_none(response.text()):
        case {"odata.error": {"code": str(found)}}:
            return found
        case _:
            return str(response.headers.get("x-ms-error-code", ""))
