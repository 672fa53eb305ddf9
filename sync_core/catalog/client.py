"""The Unified Catalog's REST API, as far as discovery needs it: domains, terms, data products, links, data assets.

Source: docs/vendors/unified-catalog.md (2026-03-20-preview).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sync_core.catalog.paging import PAGE_SIZE, Parameters, follow, skip_through
from sync_core.catalog.values import Concept, DataAsset, Domain, Kind, Links
from sync_core.catalog.wire import CATALOG, NO_ID, Item, parse_asset, parse_concept, parse_domain, parse_link, parse_one
from sync_core.chunks import chunks
from sync_core.each_request import about_the_service
from sync_core.errors import ForbiddenError, RejectedError, ThrottledError
from sync_core.http.client import Call, HttpClient
from sync_core.http.list_time import LONGEST_LIST_S
from sync_core.spelling import normalized

API_VERSION = "2026-03-20-preview"  # the first with data assets, and a superset of the one before
BASE = "/datagovernance/catalog"
ASSETS_A_CALL = 50  # neither a maximum nor paging is documented
DATA_ASSET = "DATAASSET"
LINKED_AS = {Kind.TERM: "TERM", Kind.PRODUCT: "DATAPRODUCT"}


@dataclass(frozen=True)
class CatalogClient:
    """Typed calls on one tenant's catalog. All errors are those of `HttpClient.send`, and these two.

    `AddressError`: an answer is no list where one is expected. `TransientError`: a list could not be read to its end.
    `wait_s` says for how long the service asked to be left alone: meanwhile each call raises `ThrottledError` unasked.
    `list_s` is how long one list may take.
    """

    http: HttpClient
    wait_s: Callable[[], float] = lambda: 0.0
    list_s: float = LONGEST_LIST_S

    def fetch_domains(self) -> list[Domain]:
        """Return the governance domains that the app's identity may see."""
        items = self._list("/businessdomains", {}, "fetch_domains")
        return [domain for item in items if (domain := parse_domain(item)).id]

    def find_concepts(self, kind: Kind, name: str) -> list[Concept]:
        """Return the terms or data products of exactly that name, in any domain and any status that is shown.

        What the service takes for a match is not documented, and neither is the case of a status in a query: both are
        checked here.
        """
        return [concept for concept in self._query_concepts(kind, {"nameKeyword": name}) if is_called(name, concept)]

    def fetch_concepts(self, kind: Kind) -> list[Concept]:
        """Return all terms or data products that are shown: what looks like a name need not be a match for it."""
        return list(self._query_concepts(kind, {}))

    def fetch_concept(self, kind: Kind, concept_id: str) -> Concept:
        """Return one term or data product.

        Raises:
            NotFoundError: the service shows none; a draft may look the same.
        """
        return parse_one(self._get(_path(kind, concept_id), {}, "fetch_concept"), kind, concept_id)

    def fetch_links(self, kind: Kind, concept_id: str) -> Links:
        """Return the ids of the catalog's data assets that a term or data product is linked with.

        One request, unless the service pages. The list says nothing of the status: a draft's may be half edited.
        """
        path = f"{_path(kind, concept_id)}/relationships"
        found = [parse_link(item) for item in self._list(path, {"entityType": DATA_ASSET}, "fetch_links")]
        return Links(tuple(dict.fromkeys(each for each in found if each not in {"", NO_ID})), found.count(""))

    def fetch_assets(self, ids: Sequence[str]) -> Iterator[DataAsset]:
        """Yield the data assets of these catalog ids, in chunks; one that the catalog does not show is left out."""
        for chunk in chunks([each.lower() for each in ids], ASSETS_A_CALL):
            yield from (asset for asset in self._query_assets({"ids": [*chunk]}) if asset.id in chunk)

    def fetch_assets_of(self, guids: Sequence[str]) -> Iterator[DataAsset]:
        """Yield the data assets of these guids of the Data Map; one that is not registered is left out."""
        for chunk in chunks([each.lower() for each in guids], ASSETS_A_CALL):
            yield from (asset for asset in self._query_assets({"sourceAssetIds": [*chunk]}) if asset.guid in chunk)

    def fetch_concepts_of(self, kind: Kind, asset_id: str) -> list[str]:
        """Return the ids of the terms or data products that a data asset is linked with, as the asset tells.

        Those that the app's identity may not see are left out, or their ids lead to nothing.
        """
        path = f"/dataAssets/{quote(asset_id, safe='')}/relationships"
        items = self._list(path, {"entityType": LINKED_AS[kind]}, "fetch_links")
        return [each for each in dict.fromkeys(map(parse_link, items)) if each not in {"", NO_ID}]

    def check(self) -> None:
        """Ask for an asset that nobody has: who answers that is well, whatever becomes of other questions.

        Raises:
            SyncError: the service does not answer at all, or none of us.
        """
        with about_the_service(), suppress(RejectedError, ForbiddenError):
            list(self._query_assets({"ids": [NO_ID]}))

    def _query_assets(self, wanted: dict[str, list[str]]) -> Iterator[DataAsset]:
        body = {**wanted, "includingOrphans": True}

        def ask(following: Parameters) -> Any:
            return self._post("/dataAssets/query", body, following, "fetch_assets")

        return (parse_asset(item) for item in follow(ask, "fetch_assets", within_s=self.list_s))

    def _query_concepts(self, kind: Kind, wanted: dict[str, str]) -> Iterator[Concept]:
        def ask(skip: int, following: Parameters) -> Any:
            body = {**wanted, "skip": skip, "top": PAGE_SIZE}
            return self._post(f"/{kind}/query", body, following, "find_concepts")

        return (parse_concept(item, kind) for item in skip_through(ask, "find_concepts", self.list_s))

    def _list(self, path: str, params: Parameters, operation: str) -> Iterator[Item]:
        def ask(following: Parameters) -> Any:
            return self._get(path, {**params, **following}, operation)

        return follow(ask, operation, within_s=self.list_s)

    def _get(self, path: str, params: Parameters, operation: str) -> Any:
        return self._send(Call("GET", BASE + path, {**params, "api-version": API_VERSION}, operation=operation))

    def _post(self, path: str, body: Any, params: Parameters, operation: str) -> Any:
        versioned = {**params, "api-version": API_VERSION}
        return self._send(Call("POST", BASE + path, versioned, json=body, operation=operation))

    def _send(self, call: Call) -> Any:
        if pause_s := self.wait_s():
            raise ThrottledError(
                f"{CATALOG.title} asked to be left alone for {pause_s:.0f} s more.",
                retry_after_s=pause_s,
                service=CATALOG.name,
            )
        return self.http.send(call).json()


def is_called(name: str, concept: Concept) -> bool:
    """Whether a term or data product has a name, however it is written."""
    return normalized(concept.name) == normalized(name)


def _path(kind: Kind, concept_id: str) -> str:
    return f"/{kind}/{quote(concept_id, safe='')}"
