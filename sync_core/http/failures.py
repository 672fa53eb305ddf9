"""The one place where a service's failure becomes one of our errors.

Purview speaks two error shapes (Atlas and gateway), CluedIn's token endpoint a third, proxies none at all; see
docs/vendors (purview.md, section 3, Errors; cluedin.md, 1.2 and 3), and docs/decisions for why status alone does not
decide.
"""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import requests
from urllib3.exceptions import ReadTimeoutError

from sync_core.errors import (
    AddressError,
    AlreadyExistsError,
    ConfigError,
    CredentialsError,
    ForbiddenError,
    NotFoundError,
    OvertakenError,
    RejectedError,
    SlowAnswerError,
    SyncError,
    ThrottledError,
    TransientError,
)
from sync_core.http.json_reading import text
from sync_core.http.pace import PublishedPace
from sync_core.http.retry_after import parse_retry_after
from sync_core.safe_text import mask

SHOWN_CHARACTERS = 300
LONGEST_CODE = 100
LONGEST_NAME = 40
FEW_NAMES = 5
FEW_BYTES = 1000
NO_SUCH_ADDRESS = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
REQUEST_URI_NOT_FOUND = "RequestUriNotFound"  # what Azure's front says of a path that no service behind it has
TRANSIENT_STATUS = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)}
)
# A gateway that gave up waiting says so with one of these, while the service behind it may go on.
SLOW_STATUS = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT})
# A Purview 404 also stands for bad parameters; only these codes say that a thing is not there.
# Source: docs/vendors/purview.md, section 3, errors; docs/vendors/unified-catalog.md, section 1.
NOT_FOUND_CODES = frozenset(
    {
        "ATLAS-404-00-001",
        "ATLAS-404-00-005",
        "ATLAS-404-00-009",
        "ATLAS-404-00-00A",
        "ATLAS-404-00-012",
        "DataCatalogNotFoundError",
    }
)
# Apollo's words in a GraphQL answer, which come with several statuses (docs/vendors/cluedin.md, 3.2).
UNAUTHENTICATED = "UNAUTHENTICATED"
FORBIDDEN = "FORBIDDEN"


@dataclass(frozen=True, slots=True)
class Service:
    """A service for people: its name, the setting that holds its address, and what to check when it refuses us.

    `written_as` is what that setting should hold. A 404 or 405 with a code that `own_codes`, a regular expression, does
    not match comes from somebody else at that address. `pace` is what it publishes, where it does.
    """

    name: str
    title: str
    url_setting: str
    credentials_remedy: str
    rights_remedy: str
    written_as: str = ""
    own_codes: str = ".*"
    pace: PublishedPace | None = None


class HasAnswer(Protocol):
    """What a translation needs of an answer."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The response's headers; names compare without case."""

    @property
    def body(self) -> bytes:
        """The raw body."""

    def json(self) -> Any:
        """Return the decoded body or None."""


def to_status_error(service: Service, what: str, answer: HasAnswer) -> SyncError | None:
    """Return the error that an answer stands for, or None for a success."""
    if answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return None if _may_be_json(answer) else to_address_error(service, what, describe(answer.body))
    code, message = parse_failure(answer)
    found = f"{service.title} answered {answer.status} {code} to {what}: {message}".replace("  ", " ")
    if answer.status == HTTPStatus.UNAUTHORIZED or code == UNAUTHENTICATED:
        return CredentialsError(f"{found}. {service.credentials_remedy}", service=service.title)
    if answer.status == HTTPStatus.FORBIDDEN or code == FORBIDDEN:
        return ForbiddenError(f"{found}. {service.rights_remedy}")
    if answer.status in TRANSIENT_STATUS:
        kind = transient_kind(answer.status)
        return kind(found, retry_after_s=parse_retry_after(answer.headers), service=service.name)
    if answer.status == HTTPStatus.CONFLICT:
        return AlreadyExistsError(found, code=code or str(answer.status))
    if answer.status == HTTPStatus.PRECONDITION_FAILED:
        return OvertakenError(found, code=code or str(answer.status))
    if answer.status < HTTPStatus.BAD_REQUEST:
        return AddressError(f"{found}. Expected no redirect: {_check_address(service)}")
    if answer.status in NO_SUCH_ADDRESS and not _is_own(service, code):
        return AddressError(f"{found}. Expected the service's API at this address: {_check_address(service)}")
    if answer.status == HTTPStatus.NOT_FOUND and code in NOT_FOUND_CODES:
        return NotFoundError(found, code=code)
    return RejectedError(found, code=code or str(answer.status))


def to_address_error(service: Service, what: str, got: str) -> AddressError:
    """Return the error for a success that is not the service's: whatever answers there, it confirms nothing."""
    return AddressError(
        f"What answers {what} is not {service.title}: got {got}. Expected the service's API at this address: "
        f"{_check_address(service)}"
    )


def to_shape_error(service: Service, expected: str, body: Any) -> SyncError:
    """Return the error for decoded JSON of another shape; what could not be decoded was cut short on its way.

    It must never be taken for "nothing found".
    """
    if body is None:
        return TransientError(f"{service.title}'s answer is not {expected}: it cannot be read.", service=service.name)
    return AddressError(
        f"{service.title}'s answer is not {expected}: got {describe_json(body)}. If that lasts, another service is at "
        f"this address: {_check_address(service)}"
    )


def describe(body: bytes) -> str:
    """Tell what came where JSON was expected."""
    message = _short(body[:FEW_BYTES].decode("utf-8", "replace"))
    if not message:
        return "an empty answer"
    return f"a web page: {message}" if message.startswith("<") else f"no JSON: {message}"


def describe_json(body: Any) -> str:
    """Tell what JSON came, by the names of its members."""
    if isinstance(body, Mapping):
        names = ", ".join(str(name)[:LONGEST_NAME] for name in list(body)[:FEW_NAMES])
        return f"an object with {names}" if names else "an empty object"
    return "a list" if isinstance(body, list) else "a bare value"


def _check_address(service: Service) -> str:
    written = f"; it is written as {service.written_as}" if service.written_as else ""
    return f"check {service.url_setting}{written}."


def _is_own(service: Service, code: str) -> bool:
    return bool(code) and code != REQUEST_URI_NOT_FOUND and re.fullmatch(service.own_codes, code) is not None


def _may_be_json(answer: HasAnswer) -> bool:
    """Whether an answer is an object or a list, as all of both services are to what the app asks.

    No page, no text, and not nothing: no call here is answered 204, so that who does is somebody else.
    """
    start = answer.body[:FEW_BYTES].removeprefix(codecs.BOM_UTF8).lstrip()
    return start[:1] in {b"{", b"["}


def transient_kind(status: int | None) -> type[TransientError]:
    """Return what a passing failure's status says beyond that it passes."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ThrottledError
    return SlowAnswerError if status in SLOW_STATUS else TransientError


def to_connection_error(service: Service, what: str, error: Exception) -> SyncError:
    """Return the error that a failed exchange stands for."""
    if isinstance(error, ValueError):  # what requests and urllib3 call an address that is none
        return ConfigError(f"{service.title} has no valid address: check {service.url_setting}.")
    is_cut = any(isinstance(cause, ReadTimeoutError) for cause in error.args)  # it had begun to answer
    is_slow = is_cut or (isinstance(error, requests.Timeout) and not isinstance(error, requests.ConnectTimeout))
    how = "did not answer in time" if is_slow or isinstance(error, requests.Timeout) else "could not be reached"
    return (SlowAnswerError if is_slow else TransientError)(
        f"{service.title} {how} ({what}: {type(error).__name__}). If this lasts, check {service.url_setting} and the "
        "network between the app and that host.",
        service=service.name,
    )


def parse_failure(answer: HasAnswer) -> tuple[str, str]:
    """Return the error code, empty where there is none, and a short text, from any of the known body shapes."""
    match answer.json():
        case {"errorCode": code, **rest}:
            return _code(code), _short(rest.get("errorMessage", ""))
        case {"error": {"code": code, **rest}}:
            return _code(code), _short(rest.get("message", ""))
        case {"error": str(code), **rest}:
            return _code(code), _short(rest.get("error_description", ""))
        case {"errors": [{"message": message, **rest}, *_]}:
            return _code(text(rest, "extensions", "code")), _short(message)
        case _:
            return "", _short(answer.body.decode("utf-8", "replace")) or "(empty body)"


def _code(code: object) -> str:
    return str(code)[:LONGEST_CODE]


def _short(message: object) -> str:
    # Masked before it is cut: the first half of a token would no longer look like one.
    folded = " ".join(mask(str(message)).split())
    return folded if len(folded) <= SHOWN_CHARACTERS else folded[:SHOWN_CHARACTERS] + "..."
