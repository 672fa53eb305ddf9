"""Microsoft Purview's Data Map, as far as discovery needs it: glossary, assignments, entities, types, search.

Source: docs/vendors/purview.md, sections 0 to 3 (Data Map 2023-09-01).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote

from sync_core.chunks import chunks
from sync_core.errors import AddressError, NotFoundError, TransientError
from sync_core.http.client import Call, HttpClient
from sync_core.http.json_reading import text
from sync_core.http.list_time import FRUITLESS_PAGES, LONGEST_LIST_S, in_time
from sync_core.http.services import PURVIEW
from sync_core.purview.asset import Asset
from sync_core.purview.search_filters import TERM_TYPE
from sync_core.purview.wire import (
    AssignedEntity,
    Collection,
    Details,
    EntityType,
    Glossary,
    SearchPage,
    TermHeader,
    parse_assigned_entities,
    parse_collections,
    parse_details,
    parse_entities,
    parse_entity_type,
    parse_glossaries,
    parse_is_deleted,
    parse_search_page,
    parse_term_headers,
    parse_terms_of,
)
from sync_core.spelling import normalized

__all__ = ["PURVIEW", "PurviewClient"]  # the service beside its client

DATA_MAP = "/datamap/api"
ATLAS = f"{DATA_MAP}/atlas/v2"
API_VERSION = "2023-09-01"
COLLECTIONS_API_VERSION = "2019-11-01-preview"
ENTITIES_A_CALL = 100  # bulk reads fail above 193 guids (Azure/azure-sdk-for-python#39935); one that fails is halved
PAGE_SIZE = 1000  # the search's documented maximum


@dataclass(frozen=True)
class PurviewClient:
    """Typed calls on one Purview account. All errors are those of `HttpClient.send`.

    A list that takes longer than `list_s` raises `TransientError`.
    """

    http: HttpClient
    list_s: float = LONGEST_LIST_S

    def find_term(self, qualified_name: str) -> str | None:
        """Return the guid of the term with that formal name, e.g. `Customer@Glossary`, or None.

        What is told of another name or another type is no such term.
        """
        path = f"{ATLAS}/entity/uniqueAttribute/type/{TERM_TYPE}"
        params = {"attr:qualifiedName": qualified_name, "minExtInfo": "true", "ignoreRelationships": "true"}
        try:
            entities = parse_entities(self._get(path, params, "find_term"))
        except (NotFoundError, AddressError):  # an account that offers no such look-up still lists its terms
            return None
        terms = (one for one in entities if one.type_name in {TERM_TYPE, ""})
        return next((one.guid for one in terms if _is_called(qualified_name, one)), None)

    def fetch_glossaries(self) -> list[Glossary]:
        """Return all glossaries, without the terms that would make a big one time out.

        Source: docs/vendors/purview.md, section 2.
        """
        return parse_glossaries(
            self._get(f"{ATLAS}/glossary", {"ignoreTermsAndCategories": "true"}, "fetch_glossaries")
        )

    def fetch_term_headers(self, glossary_guid: str) -> Iterator[TermHeader]:
        """Yield the headers of all terms of a glossary; a short page may be the server's own limit and not the end."""
        path = f"{ATLAS}/glossary/{quote(glossary_guid, safe='')}/terms/headers"
        check = in_time(PURVIEW, "fetch_term_headers", self.list_s)
        seen: set[TermHeader] = set()
        offset = 0
        while True:
            check()
            params = {"limit": PAGE_SIZE, "offset": offset, "sort": "ASC"}
            page = parse_term_headers(self._get(path, params, "fetch_term_headers"))
            fresh = [header for header in page if header not in seen]
            if not fresh:
                return
            yield from fresh
            seen.update(fresh)
            offset += len(page)

    def fetch_assigned_entities(self, term_guid: str, offset: int, limit: int = PAGE_SIZE) -> list[AssignedEntity]:
        """Return one page of the entities that carry the term, straight from the store, not from the search index.

        Columns are among them. The list is not the whole set when it is as long as `limit`.
        """
        path = f"{ATLAS}/glossary/terms/{quote(term_guid, safe='')}/assignedEntities"
        params = {"limit": limit, "offset": offset, "sort": "ASC"}
        return parse_assigned_entities(self._get(path, params, "fetch_assigned_entities"), offset)

    def fetch_few(self, guids: Sequence[str]) -> list[Asset]:
        """Return what Purview tells of these guids, with one call, of a hundred at most.

        Name and qualified name are empty where Purview has none: the caller decides what that means. That a guid is
        left out is no proof that it is gone. What nobody asked for is left out; guids are written as they were asked.

        Raises:
            NotFoundError: one of them is gone; the others may be there.
        """
        params = {"guid": list(guids), "minExtInfo": "true", "ignoreRelationships": "true"}
        assets = parse_entities(self._get(f"{ATLAS}/entity/bulk", params, "fetch_assets"))
        asked = {guid.lower(): guid for guid in guids}
        return [replace(one, guid=asked[one.guid.lower()]) for one in assets if one.guid.lower() in asked]

    def fetch_assets(self, guids: Sequence[str], has_time: Callable[[], bool] = lambda: True) -> Iterator[Asset]:
        """Yield what Purview knows of any number of guids; a guid that is gone is left out.

        Raises:
            TransientError: there was no time to find out which one of several is gone.
        """
        for chunk in chunks(guids, ENTITIES_A_CALL):
            yield from self._fetch_chunk(chunk, has_time)

    def _fetch_chunk(self, guids: Sequence[str], has_time: Callable[[], bool]) -> Iterable[Asset]:
        try:
            return self.fetch_few(guids)
        except NotFoundError as error:
            # One unknown guid fails the whole call: halve until it is alone.
            if len(guids) == 1:
                return []
            if not has_time():
                raise TransientError(f"There was no time to find out which of {len(guids)} assets is gone.") from error
            half = len(guids) // 2
            return [*self._fetch_chunk(guids[:half], has_time), *self._fetch_chunk(guids[half:], has_time)]

    def is_gone(self, guid: str) -> bool:
        """Whether the store says beyond doubt that an entity is gone: it knows no such guid, or has it as deleted.

        Raises:
            ConfigError, RejectedError: it does not tell.
        """
        try:
            return parse_is_deleted(self._get_entity(guid, {"ignoreRelationships": "true"}, "is_gone"))
        except NotFoundError:
            return True

    def fetch_terms_of(self, guid: str) -> set[str]:
        """Return the guids of the glossary terms that an entity itself names.

        Raises:
            NotFoundError: the store knows no such entity.
            TransientError: the answer is none of an entity.
        """
        return parse_terms_of(self._get_entity(guid, {}, "fetch_terms_of"))

    def fetch_details(self, guid: str) -> Details:
        """Return all that the store tells of one entity.

        Raises:
            NotFoundError: the store knows no such entity.
            ForbiddenError: it refuses to show it: a role is missing at its collection.
        """
        return parse_details(self._get_entity(guid, {}, "fetch_details"))

    def find_asset(self, qualified_name: str) -> Asset | None:
        """Return the data asset of a qualified name, whatever its type, straight from the store; None if there is none.

        Of several types that have one of that name, it is any one.
        """
        path = f"{ATLAS}/entity/uniqueAttribute/type/DataSet"
        params = {"attr:qualifiedName": qualified_name, "minExtInfo": "true", "ignoreRelationships": "true"}
        try:
            found = parse_entities(self._get(path, params, "find_asset"))
        except NotFoundError:
            return None
        return next((one for one in found if _is_called(qualified_name, one)), None)

    def fetch_entity_type(self, name: str) -> EntityType | None:
        """Return a type's definition, or None where Purview knows no such type.

        Raises:
            SyncError: it does not tell, or tells of another type: that is no knowledge about this one.
        """
        path = f"{ATLAS}/types/typedef/name/{quote(name, safe='')}"
        try:
            found = parse_entity_type(self._get(path, {}, "fetch_entity_type"))
        except NotFoundError:
            return None
        if found.name != name:
            raise TransientError(f"Microsoft Purview was asked for the type {name} and told of {found.name}.")
        return found

    def fetch_collections(self) -> Iterator[Collection]:
        """Yield all collections that the app's identity may see (docs/vendors/purview.md, section 7).

        A page without news is not the end yet, some in a row are: a list may name another next page for ever.
        """
        params = {"api-version": COLLECTIONS_API_VERSION}
        check = in_time(PURVIEW, "fetch_collections", self.list_s)
        asked: list[dict[str, str]] = []
        seen: set[Collection] = set()
        fruitless = 0
        while params not in asked and fruitless < FRUITLESS_PAGES:
            check()
            asked.append(params)
            call = Call("GET", "/account/collections", params, operation="fetch_collections")
            collections, next_link = parse_collections(self.http.send(call).json())
            fresh = [collection for collection in collections if collection not in seen]
            fruitless = 0 if fresh else fruitless + 1
            seen.update(fresh)
            yield from fresh
            # Only the parameters of the link are taken: following it would send our token wherever it leads.
            # A `+` in it is itself: Purview reads queries so, and its tokens may be base64.
            params = {**params, **dict(parse_qsl(next_link.partition("?")[2].replace("+", "%2B")))}

    def fetch_roots(self) -> list[str]:
        """Return the names of the root collections among them: one as a rule, called as the account is."""
        return [collection.name for collection in self.fetch_collections() if not collection.parent]

    def search(
        self,
        search_filter: dict[str, Any],
        *,
        limit: int,
        token: str = "",
        orderby: str = "",
        keywords: str | None = None,
    ) -> SearchPage:
        """Return one page of a search, without keywords as a rule.

        The whole body is the same for each page but for the token, which seems tied to it.
        Source: docs/vendors/purview.md, section 1.
        """
        body: dict[str, Any] = {"keywords": keywords, "limit": limit, "filter": search_filter}
        if orderby:
            field, _, direction = orderby.partition(" ")
            body["orderby"] = [{field: direction or "ASC"}]
        if token:
            body["continuationToken"] = token
        call = Call("POST", f"{DATA_MAP}/search/query", {"api-version": API_VERSION}, json=body, operation="search")
        return parse_search_page(self.http.send(call).json())

    def _get_entity(self, guid: str, params: dict[str, Any], operation: str) -> Any:
        """Return what the store answers about one entity.

        Raises:
            TransientError: it tells of another one, which is no knowledge about this one.
        """
        path = f"{ATLAS}/entity/guid/{quote(guid, safe='')}"
        body = self._get(path, {"minExtInfo": "true", **params}, operation)
        told = text(body, "entity", "guid")
        if told and told.lower() != guid.lower():
            raise TransientError(f"Microsoft Purview was asked for the entity {guid} and told of {told}.")
        return body

    def _get(self, path: str, params: dict[str, Any], operation: str) -> Any:
        return self.http.send(Call("GET", path, {"api-version": API_VERSION, **params}, operation=operation)).json()


def _is_called(qualified_name: str, told: Asset) -> bool:
    """Whether an answer is about what was asked for by that name; one that tells no name may be."""
    names = {normalized(name).casefold() for name in (qualified_name, told.qualified_name) if name}
    return len(names) == 1
