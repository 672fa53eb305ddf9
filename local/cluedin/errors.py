"""Failures of the micro-services behind CluedIn's gateway, as apollo-datasource-rest reports them."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

DATA_SOURCE_SERVICE = "http://datasource:8888/api/"
SERVER = "http://cluedin-server:9000/api/"


@dataclass(frozen=True)
class ServiceError(Exception):
    """A service behind the gateway answered with an error status.

    GraphQL callers see HTTP 200, message "409: Conflict" and the service's answer under `extensions.response`.
    Source: docs/vendors/cluedin.md, 3.2.
    """

    status: HTTPStatus
    body: str
    url: str = DATA_SOURCE_SERVICE

    def __str__(self) -> str:
        return f"{self.status.value}: {self.status.phrase}"

    @property
    def code(self) -> str:
        """Apollo's `extensions.code`."""
        match self.status:
            case HTTPStatus.UNAUTHORIZED:
                return "UNAUTHENTICATED"
            case HTTPStatus.FORBIDDEN:
                return "FORBIDDEN"
            case _:
                return "INTERNAL_SERVER_ERROR"

    def extensions(self) -> dict[str, object]:
        """What Apollo adds to the error: code and response {url, status, statusText, body}."""
        response = {
            "url": self.url,
            "status": self.status.value,
            "statusText": self.status.phrase,
            "body": self.body,
        }
        return {"code": self.code, "response": response}


def unauthorized() -> ServiceError:
    """No token, an expired one, or one of the wrong kind."""
    return ServiceError(HTTPStatus.UNAUTHORIZED, "", SERVER)


def forbidden(operation: str) -> ServiceError:
    """The caller's roles do not cover the operation."""
    return ServiceError(HTTPStatus.FORBIDDEN, f"{operation} needs a role that the user does not have", SERVER)


def not_found(what: str, given: object) -> ServiceError:
    """Nothing has that id."""
    return ServiceError(HTTPStatus.NOT_FOUND, f"{what} {given} does not exist")


def bad_request(reason: str) -> ServiceError:
    """An argument is missing or wrong."""
    return ServiceError(HTTPStatus.BAD_REQUEST, reason)


def conflict(what: str, name: str) -> ServiceError:
    """The name is taken."""
    return ServiceError(HTTPStatus.CONFLICT, f"{what} '{name}' already exists")


def name_too_long(limit: int) -> ServiceError:
    """What SQL Server says when a text does not fit its column."""
    reason = f"String or binary data would be truncated; the column takes {limit} characters."
    return ServiceError(HTTPStatus.INTERNAL_SERVER_ERROR, reason)
