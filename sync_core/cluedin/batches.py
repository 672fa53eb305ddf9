"""Several calls of one kind in one GraphQL request: each under an alias of its own, with an answer of its own.

Each alias stands at the top, where GraphQL carries out mutations one after the other. An error beside the data is that
of its alias alone. Source: GraphQL specification, 2.7 and 6.2.2; docs/vendors/cluedin.md, 2.3 to 2.5.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar

from sync_core.cluedin.client import CluedInClient, Made, document_of
from sync_core.cluedin.lists import PAGE_SIZE, ListPage
from sync_core.cluedin.wire import (
    DOCUMENT_CODES,
    GROUPS,
    DataSourceSet,
    alias_of,
    errors_of,
    failed_members,
    parse_created_id,
    parse_data_source_sets,
    raise_for_errors,
)
from sync_core.errors import RejectedError, SyncError, TransientError
from sync_core.http.json_reading import member
from sync_core.http.services import CLUEDIN

Found = TypeVar("Found")
Part = Callable[[dict[str, Any]], Found]  # reads the answer of one alias, as if it were the only one
HEADER = re.compile(r"^(?P<kind>query|mutation) (?P<name>\w+)\((?P<variables>[^)]*)\) \{(?P<body>.*)\}\s*$", re.DOTALL)
VARIABLE = re.compile(r"\$(\w+)")
NO_ALIASES = "NO_ALIASES"
NAMESPACE = re.compile(r"\binbound \{")


@dataclass(frozen=True)
class CluedInBatches:
    """Sends batches. What a call raises is about the whole batch; an alias that fails has its error as its answer.

    RejectedError says that the server does not take several calls in one request, or not so many.
    """

    cluedin: CluedInClient

    def fetch_first_pages(self, search_names: Sequence[str]) -> list[ListPage[DataSourceSet] | SyncError]:
        """Return, for each text, the first page of the groups whose names contain it."""
        operation = "getAllDataSourceSet"
        calls = [{"page": 0, "pageSize": PAGE_SIZE, "searchName": name} for name in search_names]

        def parse(body: dict[str, Any]) -> ListPage[DataSourceSet]:
            data = raise_for_errors(CLUEDIN, operation, body, GROUPS)
            return parse_data_source_sets(data, failed_members(body, GROUPS))

        return self._send(operation, calls, parse, idempotent=True)[0]

    def create_groups(self, names: Sequence[str]) -> list[Made | SyncError]:
        """Make groups. Not idempotent, like `CluedInClient.create_group`."""
        return self._create("createDataSourceSet", [self.cluedin.new_group(name) for name in names])

    def create_sources(self, sources: Sequence[tuple[str, str]]) -> list[Made | SyncError]:
        """Make a source in each of the groups: group id, and the source's name. Not idempotent."""
        return self._create("createDataSource", [self.cluedin.new_source(group_id, name) for group_id, name in sources])

    def _create(self, operation: str, calls: Sequence[dict[str, Any]]) -> list[Made | SyncError]:
        def parse(body: dict[str, Any]) -> str:
            return parse_created_id(raise_for_errors(CLUEDIN, operation, body), operation)

        found, request_id = self._send(operation, calls, parse, idempotent=False)
        ids = [one for one in found if isinstance(one, str)]
        return [_made(one, ids, request_id) if isinstance(one, str) else one for one in found]

    def _send(
        self, operation: str, calls: Sequence[Mapping[str, Any]], parse: Part[Found], *, idempotent: bool
    ) -> tuple[list[Found | SyncError], str]:
        variables = {f"{name}_{number}": value for number, call in enumerate(calls) for name, value in call.items()}
        answer = self.cluedin.post(operation, aliased(operation, len(calls)), variables, idempotent=idempotent)
        body = answer.json()
        aliases = [_alias(number) for number in range(len(calls))]
        of_all = [error for error in errors_of(body) if alias_of(error) not in aliases]
        if of_all or not isinstance(member(body, "data"), dict):
            self.cluedin.read(operation, {**body, "errors": of_all} if isinstance(body, dict) and of_all else body)
        if not any(alias in body["data"] for alias in aliases):
            text = f"CluedIn's answer to several {operation} in one request names none of them."
            raise RejectedError(text, code=NO_ALIASES)
        return [_part(body, alias, parse) for alias in aliases], answer.request_id


def is_about_the_batch(error: RejectedError) -> bool:
    """Whether a refusal is surely about several calls in one request, and not about what one of them asks for."""
    return error.code in {*DOCUMENT_CODES, NO_ALIASES, str(HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value)}


def _made(identifier: str, ids: Sequence[str], request_id: str) -> Made | SyncError:
    if ids.count(identifier) > 1:
        return TransientError(f"CluedIn gave the id {identifier} twice in one answer.", service=CLUEDIN.name)
    return Made(identifier, request_id)


def _alias(number: int) -> str:
    return f"a{number}"


def _part(body: Mapping[str, Any], alias: str, parse: Part[Found]) -> Found | SyncError:
    errors = [
        {**error, "path": ["inbound", *error["path"][1:]]} for error in errors_of(body) if alias_of(error) == alias
    ]
    found = {"data": {"inbound": body["data"].get(alias)}, **({"errors": errors} if errors else {})}
    try:
        return parse(found)
    except SyncError as error:
        return error


@cache
def aliased(operation: str, count: int) -> str:
    """Return the document of one call, repeated under aliases, each with variables of its own."""
    found = HEADER.match(document_of(operation))
    if found is None:
        raise ValueError(f"the document of {operation} cannot be repeated")
    numbers = range(count)
    numbered = [VARIABLE.sub(rf"$\1_{number}", found["body"]) for number in numbers]
    bodies = [NAMESPACE.sub(f"{_alias(number)}: inbound {{", body) for number, body in enumerate(numbered)]
    variables = ", ".join(VARIABLE.sub(rf"$\1_{number}", found["variables"]) for number in numbers)
    return f"{found['kind']} {found['name']}({variables}) {{{''.join(bodies)}}}"
