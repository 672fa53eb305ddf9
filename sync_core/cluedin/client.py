"""CluedIn's GraphQL API, as far as data sources need it: data source groups, data sources, settings.

The documents lie beside this file in `graphql/`; their names and variables are those of CluedIn's own tools.
Source: docs/vendors/cluedin.md, section 2.
"""

import base64
from dataclasses import dataclass
from functools import cache, cached_property
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from sync_core.cluedin.lists import PAGE_SIZE, ListPage, PagedList
from sync_core.cluedin.wire import (
    GROUPS,
    DataSourceSet,
    Path,
    failed_members,
    parse_author_id,
    parse_configuration,
    parse_created_id,
    parse_data_source_sets,
    parse_organization_id,
    raise_for_errors,
    says_unauthenticated,
)
from sync_core.errors import AddressError, ConfigError, RejectedError, TransientError
from sync_core.http.client import Answer, Call, HttpClient
from sync_core.http.json_reading import text
from sync_core.http.services import CLUEDIN
from sync_core.json_decoding import decode
from sync_core.logs import get_logger
from sync_core.single_flight import Fresh, Once

__all__ = ["CLUEDIN", "CluedInClient"]  # the service beside its client

logger = get_logger(__name__)

ORGANIZATION_KEPT_S = 300.0
# The type of the data sources that CluedIn's own Purview integration makes (docs/vendors/cluedin.md, 2.5).
ENDPOINT = "endpoint"


def is_refused(answer: Answer) -> bool:
    """Whether the token was not accepted, in either shape: by HTTP status, or as an error beside HTTP 200."""
    return answer.status == HTTPStatus.UNAUTHORIZED or says_unauthenticated(answer.json())


@cache
def document_of(operation: str) -> str:
    """Return the document of an operation."""
    return files(__package__).joinpath("graphql", f"{operation}.graphql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Made:
    """What a create call gave: the new id, and our id of the request that made it."""

    id: str
    request_id: str


@dataclass(frozen=True)
class CluedInClient:
    """Typed calls on one CluedIn organization. All errors are those of `HttpClient.send`."""

    http: HttpClient

    def fetch_groups(self, search_name: str) -> PagedList[DataSourceSet]:
        """Return every data source group whose name contains the text (all groups for an empty one), read on iteration.

        How the server compares is not published: the caller checks the exact name. Read straight from the database,
        but a group made within the last second or so may be missing (docs/vendors/cluedin.md, 3.4).
        """

        def fetch(page: int) -> ListPage[DataSourceSet]:
            variables = {"page": page, "pageSize": PAGE_SIZE, "searchName": search_name}
            return parse_data_source_sets(*self.query_members("getAllDataSourceSet", variables, GROUPS))

        return PagedList("data source groups", fetch)

    def fetch_source_name(self, source_id: str) -> str:
        """Return what the data source of that id is called; empty where CluedIn shows none."""
        return text(self.query("getDataSourceById", {"id": source_id}), "inbound", "dataSource", "name")

    def create_group(self, name: str) -> Made:
        """Make a data source group. Not idempotent: look first, and look again when the outcome is not known."""
        data, request_id = self._mutate("createDataSourceSet", self.new_group(name))
        return Made(parse_created_id(data, "createDataSourceSet"), request_id)

    def new_group(self, name: str) -> dict[str, Any]:
        """Return what tells the API of a new group."""
        return {"dataSourceSet": {"name": name, "author": self.author_id()}}

    def create_source(self, group_id: str, name: str) -> Made:
        """Make a data source of type endpoint in a group. Not idempotent, like `create_group`."""
        data, request_id = self._mutate("createDataSource", self.new_source(group_id, name))
        return Made(parse_created_id(data, "createDataSource"), request_id)

    def new_source(self, group_id: str, name: str) -> dict[str, Any]:
        """Return what tells the API of a new source."""
        source = {"author": self.author_id(), "type": ENDPOINT, "name": name}
        return {"dataSourceSetId": group_id, "dataSource": source}

    def fetch_configuration(self) -> dict[str, str]:
        """Return CluedIn's settings as a flat map of strings; keys like `Purview.SyncDataSources.Enabled`."""
        variables = {"id": self._organization.get(), "includeHiddenFromUi": True}
        return parse_configuration(self.query("getConfigurationSettings", variables))

    def organization_id(self) -> str:
        """The organization's guid in lower case, asked again every few minutes: it stays where a host name changes.

        Raises:
            ConfigError: neither CluedIn nor the token tells it.
        """
        return self._organization.get().lower()

    def author_id(self) -> str:
        """The caller's own user id: CluedIn asks for it as the author of what is made."""
        return self._author.get()

    @cached_property
    def _author(self) -> Once[str]:
        return Once(lambda: parse_author_id(self.query("me", {})) or self._claim("Id", "the id of the signed-in user"))

    @cached_property
    def _organization(self) -> Fresh[str]:
        return Fresh(self._fetch_organization_id, ORGANIZATION_KEPT_S)

    def _fetch_organization_id(self) -> str:
        """An account without access to Administration is not told; its token says the same."""
        try:
            return parse_organization_id(self.query("getCurrentOrg", {}))
        except AddressError:  # whatever answers there knows of no organization
            raise
        except (ConfigError, RejectedError) as error:
            logger.info("CluedIn does not tell its organization, the token is read: %s", error)
            return self._claim("OrganizationId", "the organization's id")

    def _claim(self, name: str, what: str) -> str:
        """Read a claim of the token without verifying it: CluedIn, not we, must trust the token.

        Source: docs/vendors/cluedin.md, 1.3.
        """
        token = self.http.tokens.token() if self.http.tokens else ""
        try:
            payload = token.split(".")[1]
            claims = decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            return str(claims[name])
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise ConfigError(
                f"CluedIn does not tell {what}, expected in its answer or as {name} in the token: check that the "
                "service account is a user of this organization."
            ) from error

    def query(self, operation: str, variables: dict[str, Any], *, document: str = "") -> dict[str, Any]:
        """Send one of the documents that only read, and return its data; `document` where one operation has several."""
        return self._execute(operation, variables, idempotent=True, document=document)[0]

    def query_members(
        self, operation: str, variables: dict[str, Any], members: Path, *, document: str = ""
    ) -> tuple[dict[str, Any], frozenset[int]]:
        """Send one of the documents that read a list; an error about one member of it fails that member only.

        Returns the data, and the positions of such members in the list at the path `members`.
        """
        body = self._send(operation, variables, idempotent=True, document=document).json()
        return self.read(operation, body, members), failed_members(body, members)

    def _mutate(self, operation: str, variables: dict[str, Any]) -> tuple[dict[str, Any], str]:
        return self._execute(operation, variables, idempotent=False)

    def _execute(
        self, operation: str, variables: dict[str, Any], *, idempotent: bool, document: str = ""
    ) -> tuple[dict[str, Any], str]:
        answer = self._send(operation, variables, idempotent=idempotent, document=document)
        return self.read(operation, answer.json()), answer.request_id

    def _send(self, operation: str, variables: dict[str, Any], *, idempotent: bool, document: str = "") -> Answer:
        return self.post(operation, document_of(document or operation), variables, idempotent=idempotent)

    def post(self, operation: str, query: str, variables: dict[str, Any], *, idempotent: bool) -> Answer:
        """Send a document and return the answer, whatever errors it tells of."""
        body = {"operationName": operation, "query": query, "variables": variables}
        return self.http.send(Call("POST", "/graphql", json=body, idempotent=idempotent, operation=operation))

    def read(self, operation: str, body: Any, members: Path = ()) -> dict[str, Any]:
        """Return an answer's data; raises what `raise_for_errors` does, and keeps the pause that it asks for."""
        try:
            return raise_for_errors(CLUEDIN, operation, body, members)
        except TransientError as error:
            self.http.note_pause(error)
            raise
