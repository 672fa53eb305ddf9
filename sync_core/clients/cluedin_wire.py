"""CluedIn's GraphQL answers, read leniently: ids as numbers or strings, errors beside data at HTTP 200.

Source: facts on the CluedIn API, sections 2 and 3.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sync_core.clients.failures import TRANSIENT_STATUS, Service
from sync_core.errors import ConfigError, NotFoundError, RejectedError, SyncError, TransientError

UNAUTHENTICATED = "UNAUTHENTICATED"
FORBIDDEN = "FORBIDDEN"
# Codes of the GraphQL server itself: our document or variables do not fit this CluedIn version.
DOCUMENT_CODES = frozenset({"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"})
# A back end's failure starts with its status, e.g. "409: Conflict" (facts, 3.2).
LEADING_STATUS = re.compile(r"^\s*([1-5]\d\d)\b")


@dataclass(frozen=True, slots=True)
class DataSource:
    """A data source of a group."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class DataSourceSet:
    """A data source group with its data sources."""

    id: str
    name: str
    data_sources: tuple[DataSource, ...]


def says_unauthenticated(body: Any) -> bool:
    """Whether a GraphQL answer says that the token was refused."""
    return any(_code(error) == UNAUTHENTICATED for error in _errors(body))


def raise_for_errors(service: Service, operation: str, body: Any) -> dict[str, Any]:
    """Return the answer's data; any error in it, also beside data, is a failure.

    Raises:
        ConfigError: the token or the account's rights do not allow the operation.
        TransientError: CluedIn's back end failed, or the answer is no GraphQL at all.
        RejectedError, NotFoundError: CluedIn refuses what was asked.
    """
    errors = _errors(body)
    if errors:
        raise _to_error(service, operation, errors[0])
    if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
        raise TransientError(f"{service.title}'s answer to {operation} is no GraphQL answer.", service=service.name)
    data: dict[str, Any] = body["data"]
    return data


def _to_error(service: Service, operation: str, error: dict[str, Any]) -> SyncError:
    message, code, status = str(error.get("message", "")), _code(error), _status(error)
    found = f"{service.title} answered {code or 'an error'} to {operation}: {message[:300]}"
    if code == UNAUTHENTICATED:
        return ConfigError(f"{found}. {service.credentials_remedy}")
    if code == FORBIDDEN:
        return ConfigError(f"{found}. {service.rights_remedy}")
    if code in DOCUMENT_CODES:
        return RejectedError(f"{found}. This CluedIn version does not know the operation as it is sent.", code=code)
    if status == HTTPStatus.NOT_FOUND:
        return NotFoundError(found, code=str(status))
    if status is None or status in TRANSIENT_STATUS:
        return TransientError(found, service=service.name)
    return RejectedError(found, code=str(status))


def parse_data_source_sets(data: dict[str, Any]) -> tuple[int, list[DataSourceSet]]:
    """Read a page of groups: the total over all pages, and the groups."""
    paged = _member(data, "inbound", "dataSourceSets")
    items = [item for item in paged.get("data") or [] if isinstance(item, dict)]
    total = paged.get("total")
    return (int(total) if total is not None else len(items)), [_parse_group(item) for item in items]


def parse_created_id(data: dict[str, Any], mutation: str) -> str:
    """Read the id of what was made: a bare number or string, or an object with `id`."""
    made = _member(data, "inbound").get(mutation)
    identifier = made.get("id") if isinstance(made, dict) else made
    if identifier is None or identifier == "":
        raise TransientError(f"CluedIn's answer to {mutation} has no id: its outcome is not known.", service="cluedin")
    return str(identifier)


def parse_author_id(data: dict[str, Any]) -> str:
    """Read the caller's user id from `me`, empty where it is not told."""
    client = _member(data, "administration", "me").get("client")
    client = client if isinstance(client, dict) else {}
    return str(client.get("id") or client.get("Id") or "")


def parse_organization_id(data: dict[str, Any]) -> str:
    """Read the organization's guid."""
    identifier = _member(data, "administration", "organization").get("Id")
    if not identifier:
        raise ConfigError("CluedIn tells no organization Id: the service account needs access to Administration.")
    return str(identifier)


def _parse_group(item: dict[str, Any]) -> DataSourceSet:
    sources = [source for source in item.get("dataSources") or [] if isinstance(source, dict)]
    return DataSourceSet(
        id=str(item.get("id", "")),
        name=str(item.get("name") or ""),
        data_sources=tuple(DataSource(str(source.get("id", "")), str(source.get("name") or "")) for source in sources),
    )


def _member(data: dict[str, Any], *path: str) -> dict[str, Any]:
    found: Any = data
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        raise TransientError(f"CluedIn's answer has no {'.'.join(path)}.", service="cluedin")
    return found


def _errors(body: Any) -> list[dict[str, Any]]:
    errors = body.get("errors") if isinstance(body, dict) else None
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _code(error: dict[str, Any]) -> str:
    extensions = error.get("extensions")
    return str(extensions.get("code") or "") if isinstance(extensions, dict) else ""


def _status(error: dict[str, Any]) -> int | None:
    extensions = error.get("extensions")
    response = extensions.get("response") if isinstance(extensions, dict) else None
    status = response.get("status") if isinstance(response, dict) else None
    if isinstance(status, int):
        return status
    leading = LEADING_STATUS.match(str(error.get("message", "")))
    return int(leading.group(1)) if leading else None
