"""CluedIn's GraphQL answers, read leniently: ids as numbers or strings, errors beside data at HTTP 200.

Source: docs/vendors/cluedin.md, sections 2 and 3.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sync_core.cluedin.lists import ListPage
from sync_core.errors import (
    AlreadyExistsError,
    ConfigError,
    CredentialsError,
    NotFoundError,
    RejectedError,
    SyncError,
    TransientError,
)
from sync_core.http.failures import (
    FORBIDDEN,
    LONGEST_CODE,
    SHOWN_CHARACTERS,
    TRANSIENT_STATUS,
    UNAUTHENTICATED,
    Service,
    to_shape_error,
    transient_kind,
)
from sync_core.http.json_reading import integer, member, objects, text
from sync_core.safe_text import mask

# Codes of the GraphQL server itself: our document or variables do not fit this CluedIn version.
DOCUMENT_CODES = frozenset({"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"})
Path = tuple[str, ...]
ALIAS = re.compile(r"a\d+")  # see `CluedInBatches`
GROUPS: Path = ("inbound", "dataSourceSets", "data")
SUBMISSIONS: Path = ("preparation", "getAnnotationSubmissions", "data")
# A back end's failure starts with its status, e.g. "409: Conflict" (docs/vendors/cluedin.md, 3.2).
LEADING_STATUS = re.compile(r"^\s*([1-5]\d\d)\b")
# CluedIn's own Toolkit looks for the number anywhere in the message (the same section).
TAKEN = re.compile(r"\b409\b|already exists", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DataSource:
    """A data source of a group; `is_empty` says that it is known to have no data set."""

    id: str
    name: str
    is_empty: bool = False
    data_set_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataSourceSet:
    """A data source group with its data sources, and how many more it has that cannot be read."""

    id: str
    name: str
    data_sources: tuple[DataSource, ...]
    unreadable_sources: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether it has no source, for certain."""
        return not self.data_sources and not self.unreadable_sources


def says_unauthenticated(body: Any) -> bool:
    """Whether a GraphQL answer says that the token was refused."""
    return any(_code(error) == UNAUTHENTICATED for error in errors_of(body))


def alias_of(error: Mapping[str, Any]) -> str | None:
    """Return the alias of a batch that an error is about; None for one about the whole."""
    path = error.get("path")
    first = path[0] if isinstance(path, list) and path else None
    return first if isinstance(first, str) and ALIAS.fullmatch(first) else None


def failed_members(body: Any, members: Path) -> frozenset[int]:
    """Return the positions in the list at the path `members` of those that an error beside the data is about."""
    found = (_member(error, members) for error in errors_of(body))
    return frozenset(position for position in found if position is not None)


def raise_for_errors(service: Service, operation: str, body: Any, members: Path = ()) -> dict[str, Any]:
    """Return the answer's data; any error in it, also beside data, is a failure.

    With `members`, the path of a list, an error about one member of it is none: see `failed_members`.

    Raises:
        ConfigError: the token or the account's rights do not allow the operation.
        TransientError: CluedIn's back end failed.
        AddressError: the answer is no GraphQL at all.
        RejectedError, NotFoundError, AlreadyExistsError: CluedIn refuses what was asked.
    """
    errors = [error for error in errors_of(body) if _member(error, members) is None]
    if errors:
        raise _to_error(service, operation, errors[0])
    if not isinstance(body, dict) or not {"data", "errors"} & body.keys():
        raise to_shape_error(service, f"GraphQL's to {operation}", body)
    if not isinstance(body.get("data"), dict):
        raise TransientError(f"{service.title}'s answer to {operation} has no data.", service=service.name)
    data: dict[str, Any] = body["data"]
    return data


def _to_error(service: Service, operation: str, error: dict[str, Any]) -> SyncError:
    code, status = _code(error), _status(error)
    said = mask(text(error, "message"))[:SHOWN_CHARACTERS]
    found = f"{service.title} answered {code or 'an error'} to {operation}: {said}"
    if code == UNAUTHENTICATED:
        return CredentialsError(f"{found}. {service.credentials_remedy}", service=service.title)
    if code == FORBIDDEN:
        return ConfigError(f"{found}. {service.rights_remedy}")
    if code in DOCUMENT_CODES:
        return RejectedError(f"{found}. This CluedIn version does not know the operation as it is sent.", code=code)
    if status == HTTPStatus.CONFLICT or (status not in TRANSIENT_STATUS and TAKEN.search(text(error, "message"))):
        return AlreadyExistsError(found, code=str(HTTPStatus.CONFLICT.value))
    if status == HTTPStatus.NOT_FOUND:
        return NotFoundError(found, code=str(status))
    if status is None or status in TRANSIENT_STATUS:
        return transient_kind(status)(found, service=service.name)
    return RejectedError(found, code=str(status))


def parse_data_source_sets(data: dict[str, Any], failed: Container[int] = ()) -> ListPage[DataSourceSet]:
    """Read a page of groups; `failed` are the positions of those that an error is about.

    Raises:
        TransientError: it is no page of groups. Taking it for an empty one would make groups anew that are there.
    """
    page = member(data, *GROUPS[:-1])
    if not isinstance(page, dict):
        raise _unreadable("inbound.dataSourceSets")
    items = _items(page, GROUPS[-1])
    found = [_parse_group(item, has_failed=position in failed) for position, item in enumerate(items)]
    groups = {group.id: group for group in found if group is not None}
    return ListPage(integer(page, "total"), groups, found.count(None))


def parse_created_id(data: dict[str, Any], mutation: str) -> str:
    """Read the id of what was made: a bare number or string, or an object with `id`."""
    identifier = text(data, "inbound", mutation) or text(data, "inbound", mutation, "id")
    if not identifier:
        raise TransientError(f"CluedIn's answer to {mutation} has no id: its outcome is not known.", service="cluedin")
    return identifier


def parse_author_id(data: dict[str, Any]) -> str:
    """Read the caller's user id from `me`, empty where it is not told."""
    client = member(data, "administration", "me", "client")
    return text(client, "id") or text(client, "Id")


def parse_organization_id(data: dict[str, Any]) -> str:
    """Read the organization's guid."""
    identifier = text(data, "administration", "organization", "Id")
    if not identifier:
        raise ConfigError("CluedIn tells no organization Id: the service account needs access to Administration.")
    return identifier


def parse_configuration(data: dict[str, Any]) -> dict[str, str]:
    """Read the settings, a flat map of strings."""
    settings = member(data, "administration", "configurationSettings")
    if not isinstance(settings, dict):
        raise ConfigError(
            "CluedIn gave no settings, expected a map of keys: the service account needs access to Administration > "
            "Settings, or set SYNC_SETTINGS_SOURCE=app."
        )
    return {key: "" if value is None else str(value) for key, value in settings.items()}


def _parse_group(item: Any, *, has_failed: bool) -> DataSourceSet | None:
    """Read a group; None where it cannot be told from another. One that failed in part may have more sources."""
    identifier = text(item, "id")
    if not identifier:
        return None
    listed = _items(item, "dataSources")
    sources = tuple(_parse_source(one) for one in listed if text(one, "id"))
    return DataSourceSet(identifier, text(item, "name"), sources, max(len(listed) - len(sources), int(has_failed)))


def _parse_source(item: Any) -> DataSource:
    """Read a source of a group. Where its data sets cannot be read, it may hold some."""
    data_set_ids = tuple(text(one, "id") for one in objects(item, "dataSets") if text(one, "id"))
    return DataSource(text(item, "id"), text(item, "name"), member(item, "dataSets") == [], data_set_ids)


def _items(item: Any, name: str) -> list[Any]:
    found = member(item, name)
    if not isinstance(found, list | None):
        raise _unreadable(name)
    return found or []


def _unreadable(what: str) -> TransientError:
    return TransientError(f"CluedIn's answer has no {what} that can be read.", service="cluedin")


def errors_of(body: Any) -> list[dict[str, Any]]:
    """Return the errors that an answer tells of."""
    found = member(body, "errors") or []
    errors = found if isinstance(found, list) else [found]
    return [error if isinstance(error, dict) else {"message": str(error)} for error in errors]


def _member(error: dict[str, Any], members: Path) -> int | None:
    """The position of the member of a list that an error is about; a refused token is about all of them."""
    path = error.get("path")
    if not members or not isinstance(path, list) or tuple(path[: len(members)]) != members:
        return None
    position = path[len(members)] if len(path) > len(members) else None
    return position if type(position) is int and _code(error) != UNAUTHENTICATED else None


def _code(error: dict[str, Any]) -> str:
    return text(error, "extensions", "code")[:LONGEST_CODE]


def _status(error: dict[str, Any]) -> int | None:
    leading = LEADING_STATUS.match(text(error, "message"))
    return integer(error, "extensions", "response", "status") or (int(leading.group(1)) if leading else None)
