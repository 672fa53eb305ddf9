"""The Unified Catalog's wire format, read leniently: live answers differ from the specification in many ways.

Source: docs/vendors/unified-catalog.md, sections 1 to 6 and 11.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote

from sync_core.catalog.values import Concept, DataAsset, Domain, Kind, Status
from sync_core.errors import AddressError
from sync_core.http.failures import Service
from sync_core.http.json_reading import member, text
from sync_core.http.pace import PublishedPace

CATALOG = Service(
    name="catalog",
    title="Purview's Unified Catalog",
    url_setting="PURVIEW_CATALOG_ENDPOINT",
    credentials_remedy="Check that the app's identity lives in the tenant of the catalog at PURVIEW_CATALOG_ENDPOINT, "
    "and AZURE_CLIENT_ID if that identity is user-assigned.",
    rights_remedy="Give the app's identity the role Global Catalog Reader in the Unified Catalog (Settings > Unified "
    "Catalog > Roles and permissions, or infra/scripts/grant_purview_roles.py), and Data Reader on the root collection "
    "of the Data Map; or set PURVIEW_CATALOG_ENDPOINT to another host of the catalog: one is known to refuse managed "
    "identities. A new role takes some minutes to count.",
    # Requests in 20 s, by the names of the client's operations. Source: docs/vendors/unified-catalog.md.
    pace=PublishedPace(
        per_s=500 / 20,
        most_per_s=500 / 20,
        operations={
            "find_concepts": 800 / 20,
            "fetch_concept": 1500 / 20,
            "fetch_links": 1500 / 20,
            "fetch_assets": 800 / 20,
        },
    ),
)
NO_ID = "00000000-0000-0000-0000-000000000000"  # what the service stores of a link whose body it did not understand
DATA_MAP_SOURCES = frozenset({"", "datamap", "purviewdatamap"})
DELETED = "softdeleted"


Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `following` are the parameters of the next one, empty where the page names none.

    What is no object keeps its place, as an empty one: who counts the entries must not overlook it.
    """

    items: tuple[Item, ...]
    following: Mapping[str, str] = field(default_factory=dict)


def parse_page(body: Any, operation: str, items: str = "value") -> Page:
    """Read a page of a list.

    Raises:
        AddressError: it has no array of items, so that nothing is known, least of all that there is nothing.
    """
    found = member(body, items)
    if not isinstance(found, list):
        raise _unreadable(f"a list with `{items}`", operation, body)
    return Page(tuple(item if isinstance(item, Mapping) else {} for item in found), _following(body, operation))


def _following(body: Any, operation: str) -> dict[str, str]:
    """Only the parameters of a link are taken: following it would send our token wherever it leads."""
    token, link = text(body, "skipToken"), text(body, "nextLink")
    if not link or token:
        return {"skipToken": token} if token else {}
    query = link.partition("?")[2] or f"skipToken={quote(link)}"
    following = {name: value for name, value in parse_qsl(query.replace("+", "%2B")) if name.lower() != "api-version"}
    if not following:
        raise _unreadable("a list whose next page can be asked for", operation, body)
    return following


def parse_domain(item: Any) -> Domain:
    """Read a governance domain."""
    return Domain(_id(item, "id"), text(item, "name"), _status(item))


def parse_concept(item: Any, kind: Kind) -> Concept:
    """Read a term or a data product; its domain is an id, or an object that has one."""
    domain_id = _id(item, "domain", "id") or _id(item, "domain")
    return Concept(kind, _id(item, "id"), text(item, "name"), domain_id, _status(item), _id(item, "parentId"))


def parse_one(body: Any, kind: Kind, concept_id: str) -> Concept:
    """Read the term or data product that was asked for.

    Raises:
        AddressError: it is none, or another one.
    """
    concept = parse_concept(body, kind)
    if concept.id != concept_id.lower():
        raise _unreadable(f"the one of {kind} {concept_id}", "fetch_concept", body)
    return concept


def parse_link(item: Any) -> str:
    """Read the id of what a relationship leads to, empty where there is none; `NO_ID` leads nowhere for sure."""
    return _id(item, "entityId")


def parse_asset(item: Any) -> DataAsset:
    """Read a data asset; one whose source is not the Data Map has no guid."""
    source = member(item, "source")
    is_data_map = text(source, "type").lower() in DATA_MAP_SOURCES
    return DataAsset(
        id=_id(item, "id"),
        guid=_id(source, "assetId") if is_data_map else "",
        type_name=text(source, "assetType"),
        qualified_name=text(source, "fqn"),
        is_deleted=text(item, "systemData", "provisioningState").lower() == DELETED,
    )


def _id(item: Any, *path: str) -> str:
    return text(item, *path).lower()


def _status(item: Any) -> Status:
    try:
        return Status(text(item, "status").lower())
    except ValueError:
        return Status.OTHER


def _unreadable(expected: str, operation: str, body: Any) -> AddressError:
    # Also what a proxy's login page looks like: it must never be taken for "nothing found".
    return AddressError(
        f"{CATALOG.title}'s answer to {operation} is not {expected}: found {type(body).__name__}. Expected the Unified "
        f"Catalog's API at this address: check {CATALOG.url_setting}."
    )
